import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createChecksum } from './checksum.js';
import { chunkSignature, trailerSignature, type ChunkSigning } from './chunk-signature.js';
import { AwsChunkedDecoder, type AwsChunkedOptions } from './chunked-decoder.js';
import { deriveSigningKey } from './v4-canonical.js';

const secretKey = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
const scope = { day: '20130524', region: 'us-east-1', service: 's3' };
const signing = (seedSignature: string): ChunkSigning => ({
  signingKey: deriveSigningKey(secretKey, scope),
  timestamp: '20130524T000000Z',
  scope: '20130524/us-east-1/s3/aws4_request',
  seedSignature,
});
const sha = (data: Buffer): string => createHash('sha256').update(data).digest('hex');
const crcOf = (name: 'crc32' | 'crc32c' | 'crc64nvme', data: Buffer): string => {
  const running = createChecksum(name);
  running.update(data);
  return running.digest().toString('base64');
};

/** Builds a body; `pieces` become chunks. */
function encode(pieces: Buffer[], chain: ChunkSigning | undefined, trailers: [string, string][] | undefined): Buffer {
  let previous = chain?.seedSignature ?? '';
  const out: Buffer[] = [];
  for (const piece of [...pieces.filter((p) => p.length > 0), Buffer.alloc(0)]) {
    if (chain !== undefined) previous = chunkSignature(chain, previous, sha(piece));
    const extension = chain === undefined ? '' : `;chunk-signature=${previous}`;
    out.push(Buffer.from(`${piece.length.toString(16)}${extension}\r\n`), piece);
    if (piece.length > 0) out.push(Buffer.from('\r\n'));
  }
  for (const [name, value] of trailers ?? []) out.push(Buffer.from(`${name}:${value}\r\n`));
  if (chain !== undefined && trailers !== undefined) {
    out.push(Buffer.from(`x-amz-trailer-signature:${trailerSignature(chain, previous, trailers)}\r\n`));
  }
  out.push(Buffer.from('\r\n'));
  return Buffer.concat(out);
}

async function decode(body: Buffer, options: AwsChunkedOptions, step = body.length): Promise<Buffer> {
  await Promise.resolve();
  const decoder = new AwsChunkedDecoder(options);
  const out: Buffer[] = [];
  for (let at = 0; at < body.length; at += step) {
    const chunk = Buffer.from(body.subarray(at, at + step));
    out.push(...decoder.decode(chunk).map((data) => Buffer.from(data)));
    // Its memory is used again.
    chunk.fill(0);
  }
  decoder.end();
  return Buffer.concat(out);
}

const codeOf = (promise: Promise<Buffer>): Promise<string> =>
  promise.then(
    () => 'ok',
    (e: unknown) => (e as { code: string }).code,
  );

describe('published chunk examples', () => {
  const data = Buffer.alloc(66_560, 'a');
  const pieces = [data.subarray(0, 65_536), data.subarray(65_536)];

  it('signed chunks', async () => {
    const chain = signing('4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9');
    const body = encode(pieces, chain, undefined);
    const text = body.toString('latin1');
    expect(text).toContain('10000;chunk-signature=ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648');
    expect(text).toContain('400;chunk-signature=0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497');
    expect(text).toContain('0;chunk-signature=b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9');
    expect(body.length).toBe(66_824);
    expect(await decode(body, { signing: chain, trailer: false, decodedLength: data.length })).toEqual(data);
  });

  it('signed chunks with a signed trailer', async () => {
    const chain = signing('106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e');
    const body = encode(pieces, chain, [['x-amz-checksum-crc32c', crcOf('crc32c', data)]]);
    const text = body.toString('latin1');
    expect(text).toContain('x-amz-checksum-crc32c:sOO8/Q==');
    expect(text).toContain('10000;chunk-signature=b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2');
    expect(text).toContain('x-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435');
    const options = { signing: chain, trailer: true, trailerNames: ['x-amz-checksum-crc32c'] };
    expect(await decode(body, options)).toEqual(data);
  });
});

describe('aws-chunked bodies', () => {
  const body = fc.array(
    fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    { maxLength: 5 },
  );
  const chain = signing('0'.repeat(64));
  const NAME = 'x-amz-checksum-crc64nvme';

  it('decodes any split of any body, signed or not', async () => {
    await fc.assert(
      fc.asyncProperty(body, fc.boolean(), fc.integer({ min: 1, max: 50 }), async (pieces, signed, step) => {
        const data = Buffer.concat(pieces);
        const key = signed ? chain : undefined;
        const encoded = encode(pieces, key, [[NAME, crcOf('crc64nvme', data)]]);
        const options = { trailer: true, trailerNames: [NAME], decodedLength: data.length };
        expect(await decode(encoded, key === undefined ? options : { ...options, signing: key }, step)).toEqual(data);
      }),
      { numRuns: 60 },
    );
  });

  it('notices any changed byte of a signed body', async () => {
    const data = Buffer.from('the quick brown fox');
    const encoded = encode([data.subarray(0, 7), data.subarray(7)], chain, undefined);
    for (let at = 0; at < encoded.length - 4; at++) {
      const changed = Buffer.from(encoded);
      changed[at] = changed[at]! ^ 1;
      // A flipped bit may turn a CR into another byte or a size into another size; it is refused all the same.
      const code = await codeOf(decode(changed, { signing: chain, trailer: false }));
      expect(['SignatureDoesNotMatch', 'InvalidRequest', 'IncompleteBody']).toContain(code);
    }
  });

  it('names each fault', async () => {
    const unsigned = encode([Buffer.from('abc')], undefined, [[NAME, crcOf('crc64nvme', Buffer.from('abc'))]]);
    const options = { trailer: true, trailerNames: [NAME] };
    expect(await codeOf(decode(unsigned, options))).toBe('ok');
    expect(await codeOf(decode(unsigned, { ...options, decodedLength: 4 }))).toBe('IncompleteBody');
    expect(await codeOf(decode(unsigned, { ...options, decodedLength: 2 }))).toBe('IncompleteBody');
    expect(await codeOf(decode(unsigned, { ...options, trailerNames: [] }))).toBe('InvalidRequest');
    expect(await codeOf(decode(unsigned, { ...options, trailerNames: [NAME, 'x-amz-checksum-sha1'] }))).toBe(
      'InvalidRequest',
    );
    expect(await codeOf(decode(unsigned, { ...options, signing: chain }))).toBe('InvalidRequest');
    expect(await codeOf(decode(unsigned.subarray(0, 6), options))).toBe('IncompleteBody');
    expect(await codeOf(decode(Buffer.concat([unsigned, Buffer.from('x\r\n')]), options))).toBe('InvalidRequest');
    expect(await codeOf(decode(Buffer.from('zz\r\n'), options))).toBe('InvalidRequest');
    expect(await codeOf(decode(Buffer.alloc(40_000, 0x61), options))).toBe('InvalidRequest');
  });
});

it('leaves the checksum in the trailer to the reader', () => {
  const data = Buffer.from('abc');
  const decoder = new AwsChunkedDecoder({ trailer: true, trailerNames: ['x-amz-checksum-crc32'] });
  decoder.decode(encode([data], undefined, [['x-amz-checksum-crc32', 'AAAAAA==']]));
  decoder.end();
  expect([...decoder.trailers]).toEqual([['x-amz-checksum-crc32', 'AAAAAA==']]);
});

describe('checksums', () => {
  const digits = Buffer.from('123456789');
  it('give the check values of their catalogues', () => {
    const hex = (name: 'crc32' | 'crc32c' | 'crc64nvme'): string =>
      Buffer.from(crcOf(name, digits), 'base64').toString('hex');
    expect(hex('crc32')).toBe('cbf43926');
    expect(hex('crc32c')).toBe('e3069283');
    expect(hex('crc64nvme')).toBe('ae8b14860a799888');
  });

  it('do not depend on how the data is split', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(200), (bytes, cut) => {
        const data = Buffer.from(bytes);
        for (const name of ['crc32', 'crc32c', 'crc64nvme'] as const) {
          const running = createChecksum(name);
          running.update(data.subarray(0, cut));
          running.update(data.subarray(cut));
          expect(running.digest().toString('base64')).toBe(crcOf(name, data));
        }
      }),
    );
  });
});
