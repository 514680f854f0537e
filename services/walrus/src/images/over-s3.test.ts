import { createHash, randomBytes } from 'node:crypto';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { signEuca2Rest } from '@mallee/aws-signatures';
import { createLogger, Metrics } from '@mallee/daemon';
import { bundleImage } from '@mallee/image-bundle';
import { makeIdentity, scratchDirectory, type ScratchDirectory } from '@mallee/testing';
import type { ImageService } from '../image-service.js';
import { Keyring } from '../storage/encryption.js';
import { createObjectReplacer } from '../storage/replace-content.js';
import type { ObjectReader } from '../storage/object-reader.js';
import { createObjectReader } from '../storage/postgres-object-reader.js';
import { sdk, send, startFixture, type Fixture, type Reply } from '../test-support/fixture.js';
import { alice } from '../test-support/serve.js';
import { createImageService, IMAGE_HASH_HEADER, type RunningImageService } from './index.js';

const image = Buffer.concat([randomBytes(300_000), Buffer.alloc(700_000)]);

let scratch: ScratchDirectory;
let walrus: Fixture;
let s3: S3Client;
let service: RunningImageService;
let node: { privateKeyPem: string; certificatePem: string };
let parts: readonly string[];
const opened: string[] = [];
let whenOpened: (key: string) => Promise<void> = async () => undefined;

/** Uploads with the SDK, fetches as a node does: the whole of Walrus but the CLC is real. */
beforeAll(async () => {
  scratch = scratchDirectory();
  node = await makeIdentity('node');
  const images = {
    walrusHandlers: {},
    handleRest: (...request: Parameters<ImageService['handleRest']>) => service.handleRest(...request),
    close: () => undefined,
  };
  walrus = await startFixture({ trustedNodes: [node.certificatePem], images });
  const [user, cloud] = [await makeIdentity('alice'), await makeIdentity('cloud')];
  const at = (name: string) => join(scratch.path, name);
  await writeFile(at('key.pem'), cloud.privateKeyPem);
  await writeFile(at('cert.pem'), cloud.certificatePem);
  await writeFile(at('disk'), image);
  service = createImageService({
    objects: watched(createObjectReader(walrus.pool, walrus.blobs)),
    replaceObject: createObjectReplacer(walrus.pool, walrus.blobs, new Keyring(randomBytes(32))),
    nodeCertificates: () => [node.certificatePem],
    accounts: { certificatesOf: async (id) => (id === alice.accountId ? [user.certificatePem] : []) },
    config: {
      imageCacheDirectory: at('cache'),
      imageCacheMaxBytes: 10_000_000,
      imageKey: { privateKey: at('key.pem'), certificate: at('cert.pem') },
    },
    logger: createLogger({ name: 'walrus-test', level: 'fatal' }),
    metrics: new Metrics(),
    minFreeBytes: 0,
  });
  s3 = sdk(walrus.port);
  await s3.send(new CreateBucketCommand({ Bucket: 'images' }));
  const bundled = await bundleImage({
    source: at('disk'),
    kind: 'machine',
    name: 'tiny',
    accountId: alice.accountId,
    userCertificatePem: user.certificatePem,
    userPrivateKeyPem: user.privateKeyPem,
    cloudCertificatePem: cloud.certificatePem,
    output: async (Key, Body) => void (await s3.send(new PutObjectCommand({ Bucket: 'images', Key, Body }))),
    partBytes: 100_000,
  });
  parts = bundled.partNames;
}, 120_000);
afterAll(async () => {
  s3?.destroy();
  service?.close();
  await walrus?.stop();
  scratch.remove();
}, 60_000);

async function fetchAs(who: typeof node, more: Record<string, string> = {}): Promise<Reply> {
  const target = '/services/Walrus/images/tiny.manifest.xml';
  const headers = { host: `127.0.0.1:${walrus.port}`, eucaoperation: 'GetDecryptedImage', ...more };
  const added = signEuca2Rest({ method: 'GET', rawPath: target, rawQuery: '', headers }, who, new Date());
  return send(walrus.port, { target, headers: { ...headers, ...added } });
}

async function flush(): Promise<void> {
  await service.walrusHandlers.FlushCachedImage?.(
    { location: 'images/tiny.manifest.xml', accountId: alice.accountId },
    { peerCertificate: '', correlationId: '', dialect: 'mallee' },
  );
}

/** The objects of Walrus; notes what is opened, and lets a test do something right after it. */
function watched(objects: ObjectReader): ObjectReader {
  return {
    statObject: (bucket, key) => objects.statObject(bucket, key),
    openObject: async (bucket, key) => {
      const object = await objects.openObject(bucket, key);
      opened.push(key);
      await whenOpened(key);
      return object;
    },
  };
}

describe('an image uploaded over S3', () => {
  test('reaches a registered node decrypted, whole or in part, and nobody else', async () => {
    const reply = await fetchAs(node);
    expect(reply.status).toBe(200);
    expect(reply.body.equals(image)).toBe(true);
    expect(reply.headers[IMAGE_HASH_HEADER]).toBe(createHash('sha256').update(image).digest('hex'));
    const rest = await fetchAs(node, { range: 'bytes=999990-' });
    expect([rest.status, rest.body.length]).toEqual([206, 10]);
    expect((await fetchAs(await makeIdentity('stranger'))).code).toBe('AccessDenied');
  });

  test('is decrypted once for nodes that ask at the same time, and each gets the whole of it', async () => {
    await flush();
    opened.length = 0;
    const replies = await Promise.all(Array.from({ length: 4 }, () => fetchAs(node)));
    for (const reply of replies) expect([reply.status, reply.body.equals(image)]).toEqual([200, true]);
    expect(opened.filter((key) => key === parts[0])).toHaveLength(1);
  });

  test('with a part that is replaced while the image is read is the one that was signed, or none', async () => {
    await flush();
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'images', Key: parts[2] }));
    const good = Buffer.from(await Body!.transformToByteArray());
    const put = async (content: Buffer) =>
      void (await s3.send(new PutObjectCommand({ Bucket: 'images', Key: parts[2], Body: content })));
    // Once after it was opened: what was opened is read to its end.
    whenOpened = async (key) => (key === parts[2] ? await put(randomBytes(good.length)) : undefined);
    expect((await fetchAs(node)).body.equals(image)).toBe(true);
    // Once before.
    await flush();
    whenOpened = async (key) => (key === parts[1] ? await put(randomBytes(good.length)) : undefined);
    const reply = await fetchAs(node);
    expect(reply.code).toBe('Image.DigestMismatch');
    whenOpened = async () => undefined;
    await put(good);
    expect((await fetchAs(node)).body.equals(image)).toBe(true);
  });

  test('with a part deleted gives the code in an error document and leaves no plain text', async () => {
    await flush();
    await s3.send(new DeleteObjectCommand({ Bucket: 'images', Key: parts[1] }));
    const reply = await fetchAs(node);
    expect([reply.status, reply.code]).toEqual([404, 'Image.PartMissing']);
    expect(await readdir(join(scratch.path, 'cache'))).toEqual([]);
  });
});
