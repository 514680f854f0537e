import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseManifest, verifyManifestSignature } from '@mallee/image-bundle';
import { makeIdentity, type TestIdentity } from '@mallee/testing';
import { readBundleKeys } from '../image/access.js';
import { runCli, type CliEnd } from '../test-support/run-cli.js';

let directory: string;
let user: TestIdentity;
let cloud: TestIdentity;
let server: Server;
let url: string;
/** What the stand-in of S3 and EC2 holds and was asked. */
let objects: Map<string, Buffer>;
const registered: string[] = [];
let refusesImages = false;
/** The image is registered, but the connection breaks before the answer. */
let losesAnswers = false;
/** DescribeImages does not answer either. */
let silent = false;

const at = (name: string): string => join(directory, name);
const disk = Buffer.alloc(3_000_000);

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'mallee-cli-image-'));
  [user, cloud] = await Promise.all([makeIdentity('user'), makeIdentity('cloud')]);
  randomBytes(400_000).copy(disk, 600_000);
  disk.write('GRUB', 100);
  disk[446 + 4] = 0x83;
  disk.writeUInt32LE(2048, 446 + 12);
  disk.writeUInt16BE(0x55aa, 510);
  const files = { 'disk.img': disk, 'user.pem': user.certificatePem, 'user.key': user.privateKeyPem };
  for (const [name, content] of Object.entries({
    ...files,
    'cloud.pem': cloud.certificatePem,
    'cloud.key': cloud.privateKeyPem,
  })) {
    await writeFile(at(name), content);
  }
  objects = new Map();
  server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}, 60_000);
afterAll(async () => {
  server?.closeAllConnections();
  server?.close();
  await rm(directory, { recursive: true });
});

/** Just enough of S3 (path style) and of RegisterImage for these commands. */
async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const path = decodeURIComponent((request.url ?? '').split('?')[0]!).slice(1);
  if (request.method === 'POST') {
    const parameters = new URLSearchParams(body.toString());
    if (parameters.get('Action') === 'DescribeImages') {
      const item = losesAnswers ? '<item><imageId>emi-0000beef</imageId></item>' : '';
      if (silent) response.destroy();
      else response.end(`<DescribeImagesResponse><imagesSet>${item}</imagesSet></DescribeImagesResponse>`);
      return;
    }
    const location = parameters.get('ImageLocation') ?? '';
    registered.push(location);
    if (losesAnswers) response.destroy();
    else if (refusesImages) {
      const errors = '<Errors><Error><Code>UnauthorizedOperation</Code><Message>no</Message></Error></Errors>';
      response.writeHead(403).end(`<Response>${errors}<RequestID>1</RequestID></Response>`);
    } else
      response.end(
        '<RegisterImageResponse><requestId>1</requestId><imageId>emi-0000cafe</imageId></RegisterImageResponse>',
      );
  } else if (request.method === 'PUT') {
    const chunked = request.headers['content-encoding']?.includes('aws-chunked') === true;
    objects.set(path, chunked ? unchunk(body) : body);
    response.setHeader('etag', '"e"').end();
  } else if (request.method === 'DELETE') {
    objects.delete(path);
    response.writeHead(204).end();
  } else {
    const found = objects.get(path);
    if (found === undefined) response.writeHead(404).end();
    else response.setHeader('content-length', found.length).end(request.method === 'HEAD' ? undefined : found);
  }
}

function unchunk(body: Buffer): Buffer {
  const pieces: Buffer[] = [];
  for (let start = 0; ;) {
    const end = body.indexOf('\r\n', start);
    const length = Number.parseInt(body.toString('latin1', start, end), 16);
    if (!(length > 0)) return Buffer.concat(pieces);
    pieces.push(body.subarray(end + 2, end + 2 + length));
    start = end + 4 + length;
  }
}

/** Secrets go by the environment, as with an eucarc file. */
async function image(...args: string[]): Promise<CliEnd> {
  const variables = {
    EC2_URL: url,
    S3_URL: url,
    EC2_ACCESS_KEY: 'AKIATEST',
    EC2_SECRET_KEY: 'secret',
    EC2_ACCOUNT_NUMBER: '0000-0000-0001',
    EC2_CERT: at('user.pem'),
    EC2_PRIVATE_KEY: at('user.key'),
    EUCALYPTUS_CERT: at('cloud.pem'),
  };
  Object.assign(process.env, variables);
  try {
    return await runCli(['image', ...args]);
  } finally {
    for (const name of Object.keys(variables)) delete process.env[name];
  }
}

describe('the classical steps', () => {
  it('bundle, upload, register, download, unbundle, delete', async () => {
    const bundled = await image(
      'bundle',
      at('disk.img'),
      '--name',
      'mine',
      '--directory',
      at('bundle'),
      '--kernel',
      'eki-1',
    );
    expect(bundled).toMatchObject({ code: 0, stdout: `${at('bundle')}/mine.manifest.xml\n` });
    const { manifest } = verifyManifestSignature(await readFile(at('bundle/mine.manifest.xml')), [user.certificatePem]);
    expect(manifest).toMatchObject({ accountId: '000000000001', size: disk.length, kernelId: 'eki-1' });

    const uploaded = await image('upload', 'images/folder', at('bundle/mine.manifest.xml'));
    expect(uploaded).toMatchObject({ code: 0, stdout: 'images/folder/mine.manifest.xml\n' });
    expect([...objects.keys()].sort()).toEqual([
      'images/',
      'images/folder/mine.manifest.xml',
      'images/folder/mine.part.00',
    ]);
    const again = await image('upload', 'images/folder', at('bundle/mine.manifest.xml'));
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('Image.AlreadyExists')]);

    expect((await image('register', 'images/folder/mine.manifest.xml')).stdout).toBe('emi-0000cafe\n');
    expect(registered.at(-1)).toBe('images/folder/mine.manifest.xml');

    expect((await image('download', 'images/folder/mine.manifest.xml', '--directory', at('down'))).code).toBe(0);
    expect((await readdir(at('down'))).sort()).toEqual(['mine.manifest.xml', 'mine.part.00']);
    const manifestFile = at('down/mine.manifest.xml');
    for (const key of ['user.key', 'cloud.key']) {
      const output = at(`out.${key}`);
      const unbundled = await image('unbundle', manifestFile, '--private-key', at(key), '--output', output);
      expect(unbundled).toMatchObject({ code: 0, stdout: `${output}\n` });
      expect((await readFile(output)).equals(disk)).toBe(true);
    }
    const stranger = await makeIdentity('stranger');
    await writeFile(at('stranger.key'), stranger.privateKeyPem);
    const refused = await image('unbundle', manifestFile, '--private-key', at('stranger.key'), '--output', at('none'));
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('Image.DecryptionFailed')]);
    await writeFile(at('down/mine.part.00'), Buffer.alloc(100));
    const damaged = await image('unbundle', manifestFile, '--output', at('none'));
    expect([damaged.code, damaged.stderr]).toEqual([1, expect.stringContaining('Image.')]);
    expect(await readdir(directory)).not.toContain('none');

    expect((await image('delete', 'images/folder/mine.manifest.xml')).code).toBe(0);
    expect([...objects.keys()]).toEqual(['images/']);
  }, 180_000);
});

describe('image import', () => {
  it('does it all in one go and prints the id alone', async () => {
    const done = await image('import', at('disk.img'), '--bucket', 'images', '--name', 'one');
    expect(done).toMatchObject({ code: 0, stdout: 'emi-0000cafe\n' });
    expect(parseManifest(objects.get('images/one.manifest.xml')!)).toMatchObject({ name: 'one', size: disk.length });
  }, 60_000);

  it('takes back what it uploaded when the image is not registered', async () => {
    refusesImages = true;
    const before = [...objects.keys()];
    const failed = await image('import', at('disk.img'), '--bucket', 'images', '--name', 'two');
    refusesImages = false;
    expect([failed.code, failed.stderr]).toEqual([1, expect.stringContaining('UnauthorizedOperation')]);
    expect([...objects.keys()]).toEqual(before);
  }, 60_000);

  it('keeps the bundle of an image that is registered, or may be, though the answer was lost', async () => {
    losesAnswers = true;
    const done = await image('import', at('disk.img'), '--bucket', 'images', '--name', 'lost');
    expect(done).toMatchObject({ code: 0, stdout: 'emi-0000beef\n' });
    silent = true;
    const unknown = await image('import', at('disk.img'), '--bucket', 'images', '--name', 'unknown');
    [losesAnswers, silent] = [false, false];
    expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining('Wire.PeerUnreachable')]);
    expect(unknown.stderr).toContain('the bundle stays: images/unknown.manifest.xml');
    for (const name of ['lost', 'unknown']) expect(objects.has(`images/${name}.manifest.xml`)).toBe(true);
  }, 90_000);

  it('refuses what would never start, before anything is uploaded', async () => {
    await writeFile(at('empty.img'), Buffer.alloc(100_000));
    const before = [...objects.keys()];
    const refused = await image('import', at('empty.img'));
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('Image.NotBootable')]);
    const kernel = await image('import', at('disk.img'), '--kind', 'kernel');
    expect(kernel.stderr).toContain('Image.NotBootable');
    expect([...objects.keys()]).toEqual(before);
  }, 60_000);

  it('says what is missing', () => {
    const env = { EC2_CERT: at('user.pem'), EC2_PRIVATE_KEY: at('user.key') };
    expect(() => readBundleKeys({ state: directory }, env)).toThrow(/account/);
    expect(() => readBundleKeys({ state: directory }, { ...env, EC2_USER_ID: '12' })).toThrow(/12 digits/);
    expect(() => readBundleKeys({ state: directory }, { ...env, EC2_USER_ID: '000000000001' })).toThrow(/cloud/);
    expect(() => readBundleKeys({ state: directory }, {})).toThrow(/there is no cloud/);
  });
});
