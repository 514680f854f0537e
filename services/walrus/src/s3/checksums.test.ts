import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createChecksum, type ChecksumName } from '@mallee/aws-signatures';
import { filesBelow, sendSigned, startFixture, type Fixture, type Reply } from '../test-support/fixture.js';

const NAMES: readonly ChecksumName[] = ['crc32', 'crc32c', 'crc64nvme', 'sha1', 'sha256'];
const DATA = 'the content of a part';

let walrus: Fixture;

beforeAll(async () => {
  walrus = await startFixture();
  await sendSigned(walrus.port, { method: 'PUT', target: '/sums' });
}, 120_000);
afterAll(() => walrus?.stop(), 60_000);

function sum(name: ChecksumName, data: string | Buffer = DATA): string {
  const running = createChecksum(name);
  running.update(Buffer.from(data));
  return running.digest().toString('base64');
}

const ask = (method: string, target: string, headers: Record<string, string> = {}, body?: string): Promise<Reply> =>
  sendSigned(walrus.port, { method, target: `/sums/${target}`, headers, ...(body === undefined ? {} : { body }) });

async function begin(key: string, headers: Record<string, string> = {}): Promise<string> {
  const reply = await ask('POST', `${key}?uploads`, headers);
  return /<UploadId>(\w+)</.exec(reply.body.toString())![1]!;
}

const part = (key: string, id: string, headers: Record<string, string> = {}): Promise<Reply> =>
  ask('PUT', `${key}?partNumber=1&uploadId=${id}`, headers, DATA);

const complete = (
  key: string,
  id: string,
  etag: string,
  headers: Record<string, string> = {},
  inside = '',
): Promise<Reply> => {
  const list = `<Part><PartNumber>1</PartNumber><ETag>${etag}</ETag>${inside}</Part>`;
  return ask('POST', `${key}?uploadId=${id}`, headers, `<CompleteMultipartUpload>${list}</CompleteMultipartUpload>`);
};

/** A body in aws-chunked coding with these lines behind it. */
function chunked(
  lines: readonly string[],
  announced: string | undefined,
): { headers: Record<string, string>; body: string } {
  const body = `${DATA.length.toString(16)}\r\n${DATA}\r\n0\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`;
  return {
    body,
    headers: {
      'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
      'x-amz-decoded-content-length': String(DATA.length),
      'content-encoding': 'aws-chunked',
      ...(announced === undefined ? {} : { 'x-amz-trailer': announced }),
    },
  };
}

describe.each(NAMES)('%s in a trailer', (name) => {
  const header = `x-amz-checksum-${name}`;
  const send = async (target: string, lines: string[], announced: string | undefined = header): Promise<Reply> => {
    const { headers, body } = chunked(lines, announced);
    return await ask('PUT', target, headers, body);
  };

  it('is verified on PutObject and UploadPart, and given back', async () => {
    const id = await begin(`part-${name}`, { 'x-amz-checksum-algorithm': name.toUpperCase() });
    const targets = [`put-${name}`, `part-${name}?partNumber=1&uploadId=${id}`];
    for (const target of targets) {
      const before = filesBelow(walrus.objectsDirectory).length;
      for (const [lines, code] of [
        [[`${header}:${sum(name, 'other')}`], 'BadDigest'],
        [[], 'InvalidRequest'],
        [[`${header}:nonsense`], 'InvalidRequest'],
        [[`x-amz-checksum-other:${sum(name)}`], 'InvalidRequest'],
      ] as const) {
        const reply = await send(target, [...lines]);
        expect([lines, reply.status, reply.code]).toEqual([
          lines,
          400,
          expect.stringMatching(`^(${code}|MalformedTrailerError)$`),
        ]);
      }
      expect(filesBelow(walrus.objectsDirectory).length).toBe(before);
      const good = await send(target, [`${header}:${sum(name)}`]);
      expect([good.status, good.headers[header]]).toEqual([200, sum(name)]);
    }
    const head = await ask('HEAD', `put-${name}`, { 'x-amz-checksum-mode': 'ENABLED' });
    expect([head.headers[header], head.headers['x-amz-checksum-type']]).toEqual([sum(name), 'FULL_OBJECT']);
  });
});

describe('CompleteMultipartUpload', () => {
  const types = (name: ChecksumName): string[] => [
    ...(name === 'crc64nvme' ? [] : ['COMPOSITE']),
    ...(name.startsWith('crc') ? ['FULL_OBJECT'] : []),
  ];
  it.each(NAMES.flatMap((name) => types(name).map((type) => [name, type] as const)))('%s %s', async (name, type) => {
    const [key, header] = [`whole-${name}-${type}`, `x-amz-checksum-${name}`];
    const id = await begin(key, { 'x-amz-checksum-algorithm': name.toUpperCase(), 'x-amz-checksum-type': type });
    const uploaded = await part(key, id);
    expect(uploaded.headers[header]).toBe(sum(name));
    const etag = String(uploaded.headers.etag);
    const whole = type === 'FULL_OBJECT' ? sum(name) : `${sum(name, Buffer.from(sum(name), 'base64'))}-1`;
    const tag = `Checksum${name.toUpperCase()}`;
    const wrongPart = await complete(key, id, etag, {}, `<${tag}>${sum(name, 'other')}</${tag}>`);
    expect(wrongPart.code).toBe('InvalidPart');
    expect((await complete(key, id, etag, { [header]: sum(name, 'other') })).code).toBe('BadDigest');
    const otherType = type === 'COMPOSITE' ? 'FULL_OBJECT' : 'COMPOSITE';
    expect((await complete(key, id, etag, { 'x-amz-checksum-type': otherType })).code).toBe('InvalidRequest');
    const other = name === 'crc32' ? 'crc32c' : 'crc32';
    expect((await complete(key, id, etag, { [`x-amz-checksum-${other}`]: sum(other) })).code).toBe('InvalidRequest');
    expect((await complete(key, id, etag, { 'x-amz-mp-object-size': '1' })).code).toBe('InvalidRequest');
    const size = String(DATA.length);
    const done = await complete(
      key,
      id,
      etag,
      { [header]: whole, 'x-amz-mp-object-size': size },
      `<${tag}>${sum(name)}</${tag}>`,
    );
    expect(done.body.toString()).toContain(`<${tag}>${whole}</${tag}><ChecksumType>${type}</ChecksumType>`);
  });

  it('keeps no promise it cannot verify', async () => {
    const id = await begin('unverified');
    const { headers } = await part('unverified', id);
    const etag = String(headers.etag);
    for (const name of NAMES) {
      const reply = await complete('unverified', id, etag, { [`x-amz-checksum-${name}`]: sum(name, 'other') });
      expect([name, reply.status, reply.code]).toEqual([name, 400, 'InvalidRequest']);
    }
    expect((await complete('unverified', id, etag)).status).toBe(200);
  });
});

describe('UploadPart', () => {
  it('with another algorithm than the upload was started with is refused', async () => {
    const id = await begin('mixed', { 'x-amz-checksum-algorithm': 'SHA256' });
    expect((await part('mixed', id, { 'x-amz-checksum-crc32': sum('crc32') })).code).toBe('InvalidRequest');
    expect((await part('mixed', id, { 'x-amz-checksum-sha256': sum('sha256') })).status).toBe(200);
  });
});
