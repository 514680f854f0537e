import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Ec2Request } from './ec2-request.js';
import { authenticateEc2Query } from './ec2.js';
import { v2CanonicalParameters, v2Signature } from './ec2-v2.js';
import { signEc2QueryV2 } from './sign-v2.js';
import { presignV4, signV4 } from './sign-v4.js';

const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' };
const now = new Date('2026-11-22T16:11:00Z');
const later = (ms: number): Date => new Date(now.getTime() + ms);
const lookup = (id: string): Promise<{ secretKey: string; principal: string } | undefined> =>
  Promise.resolve(
    id === credentials.accessKeyId ? { secretKey: credentials.secretKey, principal: 'alice' } : undefined,
  );

type Pairs = [string, string][];

function encode(pairs: Pairs): string {
  return pairs.map(([n, v]) => `${encodeURIComponent(n)}=${encodeURIComponent(v)}`).join('&');
}

function getRequest(pairs: Pairs, more: Partial<Ec2Request> = {}): Ec2Request {
  return {
    method: 'GET',
    rawPath: '/services/Eucalyptus',
    rawQuery: encode(pairs),
    headers: { host: 'cloud:8773' },
    parameters: pairs,
    body: Buffer.alloc(0),
    ...more,
  };
}

const plain: Pairs = [
  ['Action', 'DescribeInstances'],
  ['Version', '2009-11-30'],
  ['InstanceId.1', 'i-12345678 ü~+'],
];

function signedV2(host = 'cloud:8773', path = '/services/Eucalyptus'): Pairs {
  return signEc2QueryV2({ method: 'GET', host, path, parameters: plain }, credentials, now);
}

function outcome(request: Ec2Request, at = now): Promise<string> {
  return authenticateEc2Query(request, lookup, at).then(
    (ok) => `${ok.version} ${ok.principal}`,
    (e: unknown) => (e as { code: string }).code,
  );
}

describe('Signature V2 of the Query API', () => {
  it('makes the signature of the published ElasticMapReduce example', () => {
    const parameters: Pairs = [
      ['AWSAccessKeyId', 'AKIAIOSFODNN7EXAMPLE'],
      ['Action', 'DescribeJobFlows'],
      ['SignatureMethod', 'HmacSHA256'],
      ['SignatureVersion', '2'],
      ['Timestamp', '2011-10-03T15:19:30'],
      ['Version', '2009-03-31'],
    ];
    const text = `GET\nelasticmapreduce.amazonaws.com\n/\n${v2CanonicalParameters(parameters)}`;
    expect(v2Signature('sha256', credentials.secretKey, text)).toBe('i91nKc4PWAt0JJIdXwz9HxZCJDdiy6cf/Mj6vPxyYIs=');
  });

  it('accepts a signed request, whatever the Authorization header says', async () => {
    expect(await outcome(getRequest(signedV2()))).toBe('V2 alice');
    const both = getRequest(signedV2(), { headers: { host: 'cloud:8773', authorization: 'AWS someone:else=' } });
    expect(await outcome(both)).toBe('V2 alice');
  });

  it('accepts a host signed without its port and a slash added to the path', async () => {
    expect(await outcome(getRequest(signedV2('cloud')))).toBe('V2 alice');
    const slash = getRequest(signedV2('cloud:8773', '/services/Eucalyptus'), { rawPath: '/services/Eucalyptus/' });
    expect(await outcome(slash)).toBe('V2 alice');
  });

  it('accepts HmacSHA1 and a Timestamp without Z', async () => {
    const pairs: Pairs = [
      ...plain,
      ['AWSAccessKeyId', credentials.accessKeyId],
      ['SignatureMethod', 'HmacSHA1'],
      ['SignatureVersion', '2'],
      ['Timestamp', '2026-11-22T16:11:00'],
    ];
    const text = `GET\ncloud:8773\n/services/Eucalyptus\n${v2CanonicalParameters(pairs)}`;
    const signed: Pairs = [...pairs, ['Signature', v2Signature('sha1', credentials.secretKey, text)]];
    expect(await outcome(getRequest(signed))).toBe('V2 alice');
  });

  it('refuses what is outside the window, in both directions', async () => {
    const request = getRequest(signedV2());
    expect(await outcome(request, later(15 * 60_000))).toBe('V2 alice');
    expect(await outcome(request, later(-15 * 60_000))).toBe('V2 alice');
    expect(await outcome(request, later(15 * 60_000 + 1))).toBe('RequestExpired');
    expect(await outcome(request, later(-15 * 60_000 - 1))).toBe('RequestExpired');
  });

  it('names the fault of an incomplete or unknown signature', async () => {
    const without = (name: string): Pairs => signedV2().filter(([n]) => n !== name);
    expect(await outcome(getRequest(plain))).toBe('MissingAuthenticationToken');
    expect(await outcome(getRequest(without('Signature')))).toBe('IncompleteSignature');
    expect(await outcome(getRequest(without('AWSAccessKeyId')))).toBe('IncompleteSignature');
    expect(await outcome(getRequest(without('SignatureVersion')))).toBe('IncompleteSignature');
    const other = signedV2().map(([n, v]): [string, string] => [n, n === 'AWSAccessKeyId' ? 'AKIAOTHER' : v]);
    expect(await outcome(getRequest(other))).toBe('InvalidClientTokenId');
    expect(await outcome(getRequest([...signedV2(), ['Signature', 'x']]))).toBe('IncompleteSignature');
    expect(await outcome(getRequest([...signedV2(), ['InstanceId.2', 'i-2']]))).toBe('SignatureDoesNotMatch');
  });

  it('refuses any changed parameter', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.string({ minLength: 1 }), async (pick, text) => {
        const pairs = signedV2().map(([n, v]): [string, string] => [n, v]);
        const target = pairs[pick % pairs.length]!;
        target[1] = target[1] + text.replace(/=/g, 'x');
        expect(await outcome(getRequest(pairs))).not.toMatch(/^V/);
      }),
      { numRuns: 100 },
    );
  });
});

describe('Signature V4 of the Query API', () => {
  const body = Buffer.from(encode(plain));
  const target = {
    method: 'POST',
    rawPath: '/services/compute/',
    rawQuery: '',
    headers: { host: '127.0.0.1:8773', 'content-type': 'application/x-www-form-urlencoded' },
    region: '0',
    service: '127',
  };
  const request = (body_ = body): Ec2Request => {
    const hash = 'x-amz-content-sha256';
    const added = signV4({ ...target, payloadHash: sha256(body) }, credentials, now);
    delete added[hash];
    return { ...target, headers: { ...target.headers, ...added }, parameters: plain, body: body_ };
  };

  it('accepts any region and service', async () => {
    expect(await outcome(request())).toBe('V4 alice');
  });

  it('refuses a changed body, an unsigned host and a stale date', async () => {
    expect(await outcome(request(Buffer.concat([body, Buffer.from('&x=1')])))).toBe('SignatureDoesNotMatch');
    expect(await outcome(request(), later(16 * 60_000))).toBe('RequestExpired');
    const headers = { ...request().headers };
    headers['authorization'] = String(headers['authorization']).replace(';host', '');
    expect(await outcome({ ...request(), headers })).toBe('IncompleteSignature');
  });

  it('accepts a presigned GET until it expires', async () => {
    const get = { ...target, method: 'GET', rawQuery: encode(plain), headers: { host: 'cloud' } };
    const rawQuery = presignV4(get, credentials, now, 60);
    const presigned = { ...get, rawQuery, parameters: plain, body: Buffer.alloc(0) };
    expect(await outcome(presigned)).toBe('V4 alice');
    expect(await outcome(presigned, later(60_001))).toBe('RequestExpired');
    expect(await outcome({ ...presigned, rawQuery: rawQuery.replace('DescribeInstances', 'TerminateInstances') })).toBe(
      'SignatureDoesNotMatch',
    );
  });

  it('never throws anything untyped on garbage headers', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.string(), async (authorization, query) => {
        const garbage = {
          ...target,
          rawQuery: query,
          headers: { host: 'a', 'x-amz-date': '20261122T161100Z', authorization: `AWS4-HMAC-SHA256 ${authorization}` },
        };
        const code = await outcome({ ...garbage, parameters: [], body });
        expect(['IncompleteSignature', 'InvalidClientTokenId', 'SignatureDoesNotMatch']).toContain(code);
      }),
      { numRuns: 200 },
    );
  });
});

function sha256(data: Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}
