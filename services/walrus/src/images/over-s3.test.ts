import { createHash, randomBytes } from 'node:crypto';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CreateBucketCommand, DeleteObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { signEuca2Rest } from '@mallee/aws-signatures';
import { createLogger, Metrics } from '@mallee/daemon';
import { bundleImage } from '@mallee/image-bundle';
import { makeIdentity, scratchDirectory, type ScratchDirectory } from '@mallee/testing';
import type { ImageService } from '../image-service.js';
import { Keyring } from '../storage/encryption.js';
import { createObjectReplacer } from '../storage/replace-content.js';
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
    objects: createObjectReader(walrus.pool, walrus.blobs),
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

  test('with a part deleted gives the code in an error document and leaves no plain text', async () => {
    await service.walrusHandlers.FlushCachedImage?.(
      { location: 'images/tiny.manifest.xml', accountId: alice.accountId },
      { peerCertificate: '', correlationId: '', dialect: 'mallee' },
    );
    await s3.send(new DeleteObjectCommand({ Bucket: 'images', Key: parts[1] }));
    const reply = await fetchAs(node);
    expect([reply.status, reply.code]).toEqual([404, 'Image.PartMissing']);
    expect(await readdir(join(scratch.path, 'cache'))).toEqual([]);
  });
});
