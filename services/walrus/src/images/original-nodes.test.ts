import { createHash, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { signEuca2Rest, signEucaRsaSha1 } from '@mallee/aws-signatures';
import { createLogger, Metrics } from '@mallee/daemon';
import { bundleImage, parseManifest, verifyManifestSignature } from '@mallee/image-bundle';
import { makeIdentity, scratchDirectory, type ScratchDirectory, type TestIdentity } from '@mallee/testing';
import type { ImageService } from '../image-service.js';
import { Keyring } from '../storage/encryption.js';
import { createObjectReader } from '../storage/postgres-object-reader.js';
import { createObjectReplacer } from '../storage/replace-content.js';
import { sdk, send, startFixture, type Fixture, type Reply } from '../test-support/fixture.js';
import { alice } from '../test-support/serve.js';
import { createImageService, type RunningImageService } from './index.js';

const image = Buffer.concat([randomBytes(300_000), Buffer.alloc(700_000)]);
let scratch: ScratchDirectory;
let walrus: Fixture;
let s3: S3Client;
let service: RunningImageService;
let [node, user, cloud]: TestIdentity[] = [];

/** What the C code of 2.0 puts into Date: ctime without the line end, local time. */
function ctime(at: Date): string {
  const [weekday, month, day, year] = at.toDateString().split(' ');
  return `${weekday} ${month} ${String(Number(day)).padStart(2)} ${at.toTimeString().slice(0, 8)} ${year}`;
}

beforeAll(async () => {
  scratch = scratchDirectory();
  [node, user, cloud] = await Promise.all(['node', 'alice', 'cloud'].map((name) => makeIdentity(name)));
  const images = {
    walrusHandlers: {},
    handleRest: (...request: Parameters<ImageService['handleRest']>) => service.handleRest(...request),
    close: () => undefined,
  };
  walrus = await startFixture({ trustedNodes: [node!.certificatePem], images });
  const at = (name: string) => join(scratch.path, name);
  await writeFile(at('key.pem'), cloud!.privateKeyPem);
  await writeFile(at('cert.pem'), cloud!.certificatePem);
  await writeFile(at('disk'), image);
  service = createImageService({
    objects: createObjectReader(walrus.pool, walrus.blobs),
    replaceObject: createObjectReplacer(walrus.pool, walrus.blobs, new Keyring(randomBytes(32))),
    nodeCertificates: () => [node!.certificatePem],
    accounts: { certificatesOf: async (id) => (id === alice.accountId ? [user!.certificatePem] : []) },
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
  await upload('tiny', user!);
  await upload('running', node!);
}, 120_000);
afterAll(async () => {
  s3?.destroy();
  service?.close();
  await walrus?.stop();
  scratch.remove();
}, 60_000);

async function upload(name: string, signer: TestIdentity): Promise<void> {
  await bundleImage({
    source: join(scratch.path, 'disk'),
    kind: 'machine',
    name,
    accountId: alice.accountId,
    userCertificatePem: signer.certificatePem,
    userPrivateKeyPem: signer.privateKeyPem,
    cloudCertificatePem: cloud!.certificatePem,
    output: async (Key, Body) =>
      void (await s3.send(new PutObjectCommand({ Bucket: 'images', Key, Body, Metadata: { by: 'alice' } }))),
    partBytes: 100_000,
  });
}

/** A request of a 2.0 node: these headers and no others. */
async function as20(
  target: string,
  more: Record<string, string> = {},
  who = node!,
  date = ctime(new Date()),
  method = 'GET',
): Promise<Reply> {
  const [rawPath = '', rawQuery = ''] = splitOnce(target);
  const added = signEucaRsaSha1({ method, rawPath, rawQuery }, who, date);
  return send(walrus.port, { method, target, headers: { host: `walrus:${walrus.port}`, ...added, ...more } });
}

function splitOnce(target: string): string[] {
  const mark = target.indexOf('?');
  return mark < 0 ? [target] : [target.slice(0, mark), target.slice(mark + 1)];
}

/** As a node of 3.x: the header EucaOperation, Date and Host are signed. */
async function as3x(target: string, operation?: string, who = node!, at = new Date()): Promise<Reply> {
  const [rawPath = '', rawQuery = ''] = splitOnce(target);
  const headers: Record<string, string> = { host: `127.0.0.1:${walrus.port}` };
  if (operation !== undefined) headers['eucaoperation'] = operation;
  const added = signEuca2Rest({ method: 'GET', rawPath, rawQuery, headers }, who, at);
  return send(walrus.port, { target, headers: { ...headers, ...added } });
}

/** What the inflate loop of the original keeps (it stops at the end of the first member), and how much it leaves. */
function firstMemberOnly(bytes: Buffer): { content: Buffer; rest: number } {
  expect([...bytes.subarray(0, 4)]).toEqual([0x1f, 0x8b, 8, 0]); // no optional fields: a header of 10 bytes
  const body = bytes.subarray(10);
  const { buffer, engine } = inflateRawSync(body, { info: true }) as unknown as {
    buffer: Buffer;
    engine: { bytesWritten: number };
  };
  const trailer = 8;
  return { content: buffer, rest: body.length - engine.bytesWritten - trailer };
}

const MANIFEST = '/services/Walrus/images/tiny.manifest.xml';

describe('a node of Eucalyptus 2.0', () => {
  test('reads the manifest, then the image, as it comes or in one gzip member', async () => {
    const manifest = await as20(MANIFEST);
    expect(manifest.status).toBe(200);
    expect(parseManifest(manifest.body).size).toBe(image.length);
    const plain = await as20(MANIFEST, { EucaOperation: 'GetDecryptedImage' });
    expect([plain.status, plain.body.equals(image)]).toEqual([200, true]);
    const packed = await as20(`${MANIFEST}?IsCompressed=true`, { EucaOperation: 'GetDecryptedImage' });
    expect(packed.headers['content-length']).toBeUndefined();
    const { content, rest } = firstMemberOnly(packed.body);
    expect([content.equals(image), rest]).toEqual([true, 0]);
  });

  test('is held to the image that was registered, also behind its own query', async () => {
    const { digest } = parseManifest((await as20(MANIFEST)).body);
    const ask = (query: string) => as20(`${MANIFEST}?${query}`, { EucaOperation: 'GetDecryptedImage' });
    expect((await ask(`digest=${digest}`)).status).toBe(200);
    expect((await ask(`digest=${digest}?IsCompressed=true`)).headers['content-length']).toBeUndefined();
    const other = createHash('sha1').update('x').digest('hex');
    expect((await ask(`digest=${other}?IsCompressed=true`)).code).toBe('Image.Changed');
    expect((await ask('digest=none')).code).toBe('InvalidArgument');
  });

  test('must be registered, in time, and may nothing else', async () => {
    const operation = { EucaOperation: 'GetDecryptedImage' };
    expect((await as20(MANIFEST, operation, await makeIdentity('stranger'))).code).toBe('AccessDenied');
    expect((await as20(MANIFEST, operation, node, ctime(new Date(Date.now() - 16 * 60_000)))).code).toBe(
      'RequestTimeTooSkewed',
    );
    expect((await as20('/services/Walrus/images/tiny.part.00')).code).toBe('AccessDenied');
    expect((await as20(MANIFEST, {}, node, ctime(new Date()), 'DELETE')).code).toBe('MethodNotAllowed');
    expect((await as20(MANIFEST, {}, node, ctime(new Date()), 'PUT')).code).toBe('MethodNotAllowed');
    expect((await as20(MANIFEST, { EucaOperation: 'StoreSnapshot' })).code).toBe('NotImplemented');
    // It does not become the user it names.
    const asAlice = { EucaEffectiveUserId: alice.accessKeyId, AWSAccessKeyId: alice.accessKeyId };
    expect((await as20('/services/Walrus/images/tiny.part.00', asAlice)).code).toBe('AccessDenied');
  });
});

describe('both generations of signatures', () => {
  type Ask = (target: string, operation?: string, options?: { who?: TestIdentity; at?: Date }) => Promise<Reply>;
  const older: Ask = (target, operation, { who = node!, at = new Date() } = {}) =>
    as20(target, operation === undefined ? {} : { EucaOperation: operation }, who, ctime(at));
  const newer: Ask = (target, operation, { who = node!, at = new Date() } = {}) => as3x(target, operation, who, at);

  test.each([
    ['EucaRSA-SHA1', older],
    ['EUCA2-RSA-SHA256', newer],
  ])('%s: each operation is for registered nodes, within 15 minutes', async (_name, ask) => {
    const stranger = await makeIdentity('stranger');
    for (const operation of [undefined, 'GetDecryptedImage', 'ValidateImage']) {
      expect([operation, (await ask(MANIFEST, operation)).status]).toEqual([operation, 200]);
      expect((await ask(MANIFEST, operation, { who: stranger })).code).toBe('AccessDenied');
      for (const minutes of [-16, 16]) {
        const at = new Date(Date.now() + minutes * 60_000);
        expect((await ask(MANIFEST, operation, { at })).code).toBe('RequestTimeTooSkewed');
      }
      expect([404, 403]).toContain((await ask('/services/Walrus/images/none.manifest.xml', operation)).status);
    }
    const packed = await ask(`${MANIFEST}?IsCompressed=true`, 'GetDecryptedImage');
    const { content, rest } = firstMemberOnly(packed.body);
    expect([content.equals(image), rest]).toEqual([true, 0]);
  });
});

describe('ValidateImage', () => {
  test('puts the signature of the cloud in place of that of a registered node', async () => {
    const path = '/services/Walrus/images/running.manifest.xml';
    expect((await as3x(path, 'GetDecryptedImage')).body.equals(image)).toBe(true);
    const before = await (
      await s3.send(new GetObjectCommand({ Bucket: 'images', Key: 'running.manifest.xml' }))
    ).Body!.transformToByteArray();
    expect((await as3x(path, 'ValidateImage', await makeIdentity('stranger'))).code).toBe('AccessDenied');
    const reply = await as3x(path, 'ValidateImage');
    expect([reply.status, reply.body.toString()]).toEqual([200, expect.stringContaining('<success>true</success>')]);
    const object = await s3.send(new GetObjectCommand({ Bucket: 'images', Key: 'running.manifest.xml' }));
    const after = Buffer.from(await object.Body!.transformToByteArray());
    expect(object.Metadata).toEqual({ by: 'alice' });
    expect(object.ETag).toBe(`"${createHash('md5').update(after).digest('hex')}"`);
    const { manifest } = verifyManifestSignature(after, [cloud!.certificatePem]);
    expect(manifest.signedBytes.equals(parseManifest(Buffer.from(before)).signedBytes)).toBe(true);
    expect((await as3x(path, 'validateimage')).status).toBe(200); // again: nothing left to do
    expect((await as3x(path, 'GetDecryptedImage')).body.equals(image)).toBe(true);
  });

  test('leaves alone what the user signed, and refuses what is not whole', async () => {
    const read = async () =>
      Buffer.from(
        await (
          await s3.send(new GetObjectCommand({ Bucket: 'images', Key: 'tiny.manifest.xml' }))
        ).Body!.transformToByteArray(),
      );
    const before = await read();
    expect((await as20(MANIFEST, { EucaOperation: 'ValidateImage' })).status).toBe(200);
    expect((await read()).equals(before)).toBe(true);
    const stranger = await makeIdentity('stranger');
    await upload('foreign', stranger);
    const reply = await as20('/services/Walrus/images/foreign.manifest.xml', { EucaOperation: 'ValidateImage' });
    expect(reply.code).toBe('Image.SignatureInvalid');
  });
});
