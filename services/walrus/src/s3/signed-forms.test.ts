import { createHash, createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  chunkSignature,
  createChecksum,
  presignS3V2,
  presignV4,
  signV4,
  trailerSignature,
  type ChunkSigning,
} from '@mallee/aws-signatures';
import { filesBelow, send, sendSigned, startFixture, type Fixture, type Reply } from '../test-support/fixture.js';
import { alice } from '../test-support/serve.js';

/* Forms of signatures that no client library sends: below the mount point of Eucalyptus, and signed trailers. */

let walrus: Fixture;
const keys = { accessKeyId: alice.accessKeyId, secretKey: alice.secretKey };
const AWS = { region: 'x', service: 's3' };

beforeAll(async () => {
  walrus = await startFixture();
  await sendSigned(walrus.port, { method: 'PUT', target: '/forms' });
}, 120_000);
afterAll(() => walrus?.stop(), 60_000);

const host = (): string => `127.0.0.1:${walrus.port}`;
const sha = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');
const stored = async (key: string): Promise<string> => {
  const reply = await sendSigned(walrus.port, { target: `/forms/${key}` });
  return reply.code ?? reply.body.toString();
};

describe.each(['/services/Walrus', '/services/objectstorage'])('below %s', (mount) => {
  it('V4 in the header, over the whole path', async () => {
    const target = `${mount}/forms/header`;
    expect((await sendSigned(walrus.port, { method: 'PUT', target, body: 'by header' })).status).toBe(200);
    expect((await sendSigned(walrus.port, { target })).body.toString()).toBe('by header');
    expect(await stored('header')).toBe('by header');
    const headers = { host: host() };
    const other = { method: 'GET', rawPath: '/forms/another', rawQuery: '', headers, ...AWS };
    const added = signV4({ ...other, payloadHash: 'UNSIGNED-PAYLOAD' }, keys, new Date());
    const refused = await send(walrus.port, { target, headers: { ...headers, ...added } });
    expect([refused.status, refused.code]).toEqual([403, 'SignatureDoesNotMatch']);
  });

  it.each<[string, (method: string, rawPath: string) => string]>([
    [
      'V4',
      (method, rawPath) =>
        presignV4({ method, rawPath, rawQuery: '', headers: { host: host() }, ...AWS }, keys, new Date(), 60),
    ],
    [
      'V2',
      (method, rawPath) =>
        presignS3V2({ method, rawPath, rawQuery: '', headers: { host: host() } }, keys, new Date(Date.now() + 60_000)),
    ],
  ])('presigned by %s', async (_, presign) => {
    const path = `${mount}/forms/presigned`;
    const put = { method: 'PUT', target: `${path}?${presign('PUT', path)}`, body: 'by URL' };
    expect((await send(walrus.port, put)).status).toBe(200);
    const query = presign('GET', path);
    expect((await send(walrus.port, { target: `${path}?${query}` })).body.toString()).toBe('by URL');
    const refused = await send(walrus.port, { target: `${mount}/forms/header?${query}` });
    expect([refused.status, refused.code]).toEqual([403, 'SignatureDoesNotMatch']);
  });
});

const DATA = [Buffer.from('the first chunk'), Buffer.from('and the second')];
const ALL = Buffer.concat(DATA).toString();

interface Chunked {
  readonly path: string;
  readonly trailer: boolean;
  readonly change?: (body: string) => string;
}

/** PUT in chunks that are signed one after the other, with a checksum in a signed trailer if wanted. */
async function putChunked({ path, trailer, change = (body) => body }: Chunked): Promise<Reply> {
  const payloadHash = `STREAMING-AWS4-HMAC-SHA256-PAYLOAD${trailer ? '-TRAILER' : ''}`;
  const headers = {
    host: host(),
    'content-encoding': 'aws-chunked',
    'x-amz-decoded-content-length': String(ALL.length),
    ...(trailer ? { 'x-amz-trailer': 'x-amz-checksum-crc32c' } : {}),
  };
  const added = signV4({ method: 'PUT', rawPath: path, rawQuery: '', headers, ...AWS, payloadHash }, keys, new Date());
  const signing = signingOf(added);
  let previous = signing.seedSignature;
  let body = '';
  for (const data of [...DATA, Buffer.alloc(0)]) {
    previous = chunkSignature(signing, previous, sha(data));
    body += `${data.length.toString(16)};chunk-signature=${previous}\r\n`;
    if (data.length > 0) body += `${data.toString()}\r\n`;
  }
  if (trailer) {
    const crc = createChecksum('crc32c');
    crc.update(Buffer.from(ALL));
    const checksum = ['x-amz-checksum-crc32c', crc.digest().toString('base64')] as const;
    body += `${checksum.join(':')}\r\n`;
    body += `x-amz-trailer-signature:${trailerSignature(signing, previous, [checksum])}\r\n`;
  }
  return await send(walrus.port, {
    method: 'PUT',
    target: path,
    headers: { ...headers, ...added },
    body: change(`${body}\r\n`),
  });
}

function signingOf(added: Record<string, string>): ChunkSigning {
  const [, scope = '', seedSignature = ''] = /Credential=[^/]+\/([^,]+),.*Signature=(\w+)/.exec(
    added['authorization'] ?? '',
  )!;
  const derive = (key: Buffer | string, part: string): Buffer => createHmac('sha256', key).update(part).digest();
  const signingKey = scope.split('/').reduce<Buffer | string>(derive, `AWS4${keys.secretKey}`) as Buffer;
  return { signingKey, timestamp: added['x-amz-date'] ?? '', scope, seedSignature };
}

/** The text with the first letter or digit that `pattern` captures made another one. */
function damaged(pattern: RegExp): (body: string) => string {
  return (body) => {
    const match = pattern.exec(body)!;
    const at = match.index + match[0].length - 1;
    return `${body.slice(0, at)}${body[at] === 'a' ? 'b' : 'a'}${body.slice(at + 1)}`;
  };
}

describe.each(['', '/services/Walrus'])('signed chunks below "%s"', (mount) => {
  it.each([false, true])('are stored; with a signed trailer: %s', async (trailer) => {
    const key = `chunked-${trailer}`;
    expect((await putChunked({ path: `${mount}/forms/${key}`, trailer })).status).toBe(200);
    expect(await stored(key)).toBe(ALL);
  });

  it.each<[string, boolean, (body: string) => string]>([
    ['the first chunk', false, damaged(/the f/)],
    ['the signature of a chunk', false, damaged(/chunk-signature=./)],
    ['the signature of the last chunk', true, damaged(/\r\n0;chunk-signature=./)],
    ['the signature of the trailer', true, damaged(/x-amz-trailer-signature:./)],
    ['the trailer', true, damaged(/x-amz-checksum-crc32c:./)],
    ['a trailer without its signature', true, (body) => body.replace(/x-amz-trailer-signature:.*\r\n/, '')],
    [
      'the signatures of chunks that changed places',
      false,
      (body) => {
        const [first = '', second = ''] = [...body.matchAll(/chunk-signature=(\w+)/g)].map(([, text]) => text);
        return body.replace(second, 'SWAP').replace(first, second).replace('SWAP', first);
      },
    ],
  ])('are refused and leave nothing when damaged: %s', async (_, trailer, change) => {
    const before = filesBelow(walrus.objectsDirectory).length;
    const reply = await putChunked({ path: `${mount}/forms/damaged`, trailer, change });
    expect([reply.status, reply.code]).toEqual([403, 'SignatureDoesNotMatch']);
    expect(await stored('damaged')).toBe('NoSuchKey');
    expect(filesBelow(walrus.objectsDirectory)).toHaveLength(before);
  });
});
