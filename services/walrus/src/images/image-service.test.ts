import { createHash, randomBytes } from 'node:crypto';
import { readdir, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Readable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createLogger, Metrics } from '@mallee/daemon';
import { isMalleeError } from '@mallee/errors';
import { bundleImage } from '@mallee/image-bundle';
import { makeIdentity, scratchDirectory, type ScratchDirectory } from '@mallee/testing';
import type { ObjectReader } from '../storage/object-reader.js';
import { createImageService, IMAGE_HASH_HEADER, type RunningImageService } from './index.js';

const ALICE = '000000000001';
const BOB = '000000000002';
const logger = createLogger({ name: 'test', level: 'silent' });
const image = Buffer.concat([randomBytes(150_000), Buffer.alloc(150_000)]);
const imageHash = createHash('sha256').update(image).digest('hex');

let scratch: ScratchDirectory;
let user: { privateKeyPem: string; certificatePem: string };
let cloud: typeof user;
let bundle: Map<string, Buffer>;
/** `bucket/key` -> content, owner and whether a stream of it is open. */
let store: Map<string, { content: Buffer; owner: string }>;
let opened: string[];
let service: RunningImageService;
let server: Server;
let base: string;

const objects: ObjectReader = {
  statObject: async (bucket, key) => {
    const found = store.get(`${bucket}/${key}`);
    if (found === undefined) return undefined;
    return {
      bucket,
      key,
      size: found.content.length,
      etag: 'e',
      lastModified: new Date(0),
      ownerAccountId: found.owner,
    };
  },
  openObject: async (bucket, key) => {
    const [stat, found] = [await objects.statObject(bucket, key), store.get(`${bucket}/${key}`)];
    if (stat === undefined || found === undefined) return undefined;
    opened.push(key);
    return {
      ...stat,
      stream: () => Readable.from([found.content], { objectMode: false }),
      close: async () => undefined,
    };
  },
};

beforeAll(async () => {
  scratch = scratchDirectory();
  user = await makeIdentity('alice');
  cloud = await makeIdentity('cloud');
  await writeFile(join(scratch.path, 'key.pem'), cloud.privateKeyPem);
  await writeFile(join(scratch.path, 'cert.pem'), cloud.certificatePem);
  await writeFile(join(scratch.path, 'disk'), image);
  bundle = new Map();
  await bundleImage({
    source: join(scratch.path, 'disk'),
    kind: 'machine',
    name: 'tiny',
    accountId: ALICE,
    userCertificatePem: user.certificatePem,
    userPrivateKeyPem: user.privateKeyPem,
    cloudCertificatePem: cloud.certificatePem,
    kernelId: 'eki-00000001',
    output: async (name, content) => void bundle.set(name, content),
    partBytes: 50_000,
  });
});
afterAll(() => scratch.remove());

let run = 0;
beforeEach(async () => {
  store = new Map([...bundle].map(([name, content]) => [`images/${name}`, { content, owner: ALICE }]));
  opened = [];
  service = createImageService({
    objects,
    replaceObject: () => Promise.reject(new Error('nothing is written here')),
    nodeCertificates: () => [],
    accounts: { certificatesOf: async (account) => (account === ALICE ? [user.certificatePem] : []) },
    config: {
      imageCacheDirectory: join(scratch.path, `cache${run++}`),
      imageCacheMaxBytes: 1_000_000,
      imageKey: { privateKey: join(scratch.path, 'key.pem'), certificate: join(scratch.path, 'cert.pem') },
    },
    logger,
    metrics: new Metrics(),
    minFreeBytes: 0,
  });
  server = createServer((request, response) => {
    const [, bucket = '', key = ''] = /^\/([^/]*)\/([^?]*)/.exec(request.url ?? '') ?? [];
    const operation = String(request.headers['eucaoperation']);
    service.handleRest(request, response, { bucket, key, operation }).catch((error: unknown) => {
      response
        .writeHead(isMalleeError(error) ? error.status : 500)
        .end(isMalleeError(error) ? error.code : String(error));
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  service.close();
  server.closeAllConnections();
  server.close();
});

const cached = () => readdir(join(scratch.path, `cache${run - 1}`));
const get = (headers: Record<string, string> = {}, path = '/images/tiny.manifest.xml') =>
  fetch(base + path, { headers: { eucaoperation: 'GetDecryptedImage', ...headers } });
const context = { peerCertificate: '', correlationId: '', dialect: 'mallee' };
const call = async (operation: 'CheckImage' | 'CacheImage' | 'FlushCachedImage', location: string, accountId = ALICE) =>
  service.walrusHandlers[operation]?.({ location, accountId }, context);
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'nothing',
    (error: unknown) => (isMalleeError(error) ? error.code : `untyped: ${String(error)}`),
  );
const LOCATION = 'images/tiny.manifest.xml';

describe('GetDecryptedImage', () => {
  test('gives the image with length, hash and ETag, decrypted once', async () => {
    const answers = await Promise.all([get(), get()]);
    for (const answer of answers) {
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-length')).toBe(String(image.length));
      expect(answer.headers.get(IMAGE_HASH_HEADER)).toBe(imageHash);
      expect(answer.headers.get('etag')).toBe(`"${imageHash}"`);
      expect(Buffer.from(await answer.arrayBuffer()).equals(image)).toBe(true);
    }
    expect(opened.filter((key) => key === 'tiny.part.00')).toHaveLength(1);
  });

  test('gives a part of it, so that a broken transfer goes on', async () => {
    const answer = await get({ range: 'bytes=100000-', 'if-range': `"${imageHash}"` });
    expect(answer.status).toBe(206);
    expect(answer.headers.get('content-range')).toBe(`bytes 100000-${image.length - 1}/${image.length}`);
    expect(Buffer.from(await answer.arrayBuffer()).equals(image.subarray(100_000))).toBe(true);
    expect((await get({ range: 'bytes=5-', 'if-range': '"other"' })).status).toBe(200);
    expect((await get({ range: `bytes=${image.length}-` })).status).toBe(416);
    expect((await get({ 'if-none-match': `"${imageHash}"` })).status).toBe(304);
  });

  test('compresses as one gzip member, chunked', async () => {
    const answer = await fetch(`${base}/images/tiny.manifest.xml?IsCompressed=true`, {
      headers: { eucaoperation: 'GetDecryptedImage' },
    });
    expect(answer.headers.get('transfer-encoding')).toBe('chunked');
    expect(answer.headers.get('content-length')).toBeNull();
    const body = Buffer.from(await answer.arrayBuffer());
    expect(gunzipSync(body).equals(image)).toBe(true);
  });

  test('goes on serving others when a node goes away in the middle', async () => {
    const abort = new AbortController();
    const answer = await fetch(`${base}/${LOCATION}`, {
      headers: { eucaoperation: 'GetDecryptedImage' },
      signal: abort.signal,
    });
    await answer.body?.getReader().read();
    abort.abort();
    expect((await (await get()).arrayBuffer()).byteLength).toBe(image.length);
  });

  test.each([
    ['the manifest is not there', () => store.delete(LOCATION), 'Image.NotFound'],
    ['a part is not there', () => store.delete('images/tiny.part.02'), 'Image.PartMissing'],
    [
      'a part is damaged',
      () => change('tiny.part.01', (bytes) => (bytes[7] = ~(bytes[7] ?? 0))),
      'Image.DigestMismatch',
    ],
    [
      'a part is replaced by another',
      () => store.set('images/tiny.part.01', { content: bundle.get('tiny.part.00') as Buffer, owner: ALICE }),
      'Image.DigestMismatch',
    ],
    [
      'the manifest says another digest',
      () => rewrite(/<digest algorithm="SHA1">[0-9a-f]{40}/, `<digest algorithm="SHA1">${'0'.repeat(40)}`),
      'Image.SignatureInvalid',
    ],
    [
      'a part lies in another bucket',
      () => rewrite(/tiny\.part\.00/, '../other/tiny.part.00'),
      'Image.LocationInvalid',
    ],
    [
      'somebody else uploaded the manifest',
      () => store.set(LOCATION, { content: bundle.get('tiny.manifest.xml') as Buffer, owner: BOB }),
      'Image.SignatureInvalid',
    ],
    [
      'the manifest is not XML',
      () => store.set(LOCATION, { content: Buffer.from('hello'), owner: ALICE }),
      'Image.ManifestInvalid',
    ],
    [
      'the manifest is enormous',
      () => store.set(LOCATION, { content: Buffer.alloc(5 * 1024 * 1024), owner: ALICE }),
      'Image.ManifestInvalid',
    ],
  ])('fails when %s, and leaves nothing behind', async (_what, damage, code) => {
    damage();
    const answer = await get();
    expect(await answer.text()).toBe(code);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(await cached()).toEqual([]);
  });

  test('serves no other operation', async () => {
    expect(await (await get({ eucaoperation: 'StoreSnapshot' })).text()).toBe('NotImplemented');
  });
});

describe('the operations of MalleeWalrus', () => {
  test('CheckImage gives the verified facts and decrypts nothing', async () => {
    expect(await call('CheckImage', LOCATION)).toMatchObject({
      return: true,
      kind: 'machine',
      architecture: 'x86_64',
      name: 'tiny',
      size: image.length,
      kernelId: 'eki-00000001',
      signature: expect.stringMatching(/^[0-9a-f]{512}$/),
    });
    expect(opened).toEqual(['tiny.manifest.xml']);
  });

  test('CheckImage finds what is wrong before anything is registered', async () => {
    expect(await codeOf(call('CheckImage', LOCATION, BOB))).toBe('AccessDenied');
    expect(await codeOf(call('CheckImage', 'images/none.manifest.xml'))).toBe('Image.NotFound');
    for (const location of [
      'images',
      '/images/x',
      'http://169.254.169.254/latest',
      'images/../other/x',
      'images//x',
      '',
    ]) {
      expect(await codeOf(call('CheckImage', location))).toBe('Image.LocationInvalid');
    }
    change('tiny.part.01', () => undefined, 10);
    expect(await codeOf(call('CheckImage', LOCATION))).toBe('Image.DigestMismatch');
    store.delete('images/tiny.part.01');
    expect(await codeOf(call('CheckImage', LOCATION))).toBe('Image.PartMissing');
  });

  test('CheckImage refuses an image for another cloud and one above the limit', async () => {
    const other = await makeIdentity('other cloud');
    const make = async (name: string, source: string, cloudCertificatePem: string) =>
      bundleImage({
        source,
        kind: 'machine',
        name,
        accountId: ALICE,
        userCertificatePem: user.certificatePem,
        userPrivateKeyPem: user.privateKeyPem,
        cloudCertificatePem,
        output: async (file, content) => void store.set(`images/${file}`, { content, owner: ALICE }),
      });
    await make('foreign', join(scratch.path, 'disk'), other.certificatePem);
    expect(await codeOf(call('CheckImage', 'images/foreign.manifest.xml'))).toBe('Image.DecryptionFailed');
    await writeFile(join(scratch.path, 'large'), Buffer.alloc(1_000_001));
    await make('large', join(scratch.path, 'large'), cloud.certificatePem);
    expect(await codeOf(call('CheckImage', 'images/large.manifest.xml'))).toBe('Image.TooLarge');
  });

  test('CacheImage decrypts ahead, FlushCachedImage removes the plain text, also after the manifest is gone', async () => {
    await call('CacheImage', LOCATION);
    await (await get()).arrayBuffer();
    expect(opened.filter((key) => key === 'tiny.part.00')).toHaveLength(1);
    expect(await cached()).not.toHaveLength(0);
    store.delete(LOCATION);
    await call('FlushCachedImage', LOCATION);
    // The file goes with its last reader, whose end the server may see a little after the client.
    while ((await cached()).length > 0) await sleep(10);
    expect(await call('FlushCachedImage', LOCATION)).toEqual({ return: true });
  });

  test('FlushCachedImage is for the owner alone', async () => {
    await (await get()).arrayBuffer();
    expect(await codeOf(call('FlushCachedImage', LOCATION, BOB))).toBe('AccessDenied');
    expect(await cached()).not.toHaveLength(0);
  });

  test('a new upload to the same key is another image', async () => {
    await (await get()).arrayBuffer();
    rewrite(/<release>0/, '<release>1'); // outside the signed part, still other bytes
    await (await get()).arrayBuffer();
    expect(opened.filter((key) => key === 'tiny.part.00')).toHaveLength(2);
  });
});

function change(name: string, edit: (bytes: Buffer) => unknown, cut = 0): void {
  const content = Buffer.from(bundle.get(name) as Buffer);
  edit(content);
  store.set(`images/${name}`, { content: content.subarray(0, content.length - cut), owner: ALICE });
}

function rewrite(pattern: RegExp, replacement: string): void {
  const text = (bundle.get('tiny.manifest.xml') as Buffer).toString();
  expect(text).toMatch(pattern);
  store.set(LOCATION, { content: Buffer.from(text.replace(pattern, replacement)), owner: ALICE });
}
