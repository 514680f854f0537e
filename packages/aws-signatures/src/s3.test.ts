import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { authenticateS3, type S3AuthenticationOptions } from './s3.js';
import type { SignedRequest } from './request.js';
import { presignS3V2, signS3V2 } from './sign-v2.js';
import { presignV4, signV4 } from './sign-v4.js';

const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' };
const now = new Date('2013-05-24T00:00:00Z');
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const lookup = (id: string): Promise<{ secretKey: string; principal: string } | undefined> =>
  Promise.resolve(
    id === credentials.accessKeyId ? { secretKey: credentials.secretKey, principal: 'alice' } : undefined,
  );

function outcome(request: SignedRequest, at = now, options: S3AuthenticationOptions = {}): Promise<string> {
  return authenticateS3(request, lookup, at, options).then(
    (ok) => `${ok.version} ${ok.principal ?? 'nobody'} ${ok.payload.kind}`,
    (e: unknown) => (e as { code: string }).code,
  );
}

function v4(signedHeaders: string, signature: string): string {
  const credential = `${credentials.accessKeyId}/20130524/us-east-1/s3/aws4_request`;
  return `AWS4-HMAC-SHA256 Credential=${credential},SignedHeaders=${signedHeaders},Signature=${signature}`;
}

// The examples AWS publishes for Signature V4 of S3 ("Examples: Signature Calculations").
const example = {
  rawPath: '/test.txt',
  rawQuery: '',
  method: 'GET',
  headers: { host: 'examplebucket.s3.amazonaws.com', 'x-amz-date': '20130524T000000Z', 'x-amz-content-sha256': EMPTY },
};

describe('published V4 examples of S3', () => {
  it('GET object with a range', async () => {
    const authorization = v4(
      'host;range;x-amz-content-sha256;x-amz-date',
      'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
    );
    const request = { ...example, headers: { ...example.headers, range: 'bytes=0-9', authorization } };
    expect(await outcome(request)).toBe('V4 alice sha256');
    const other = { ...request, headers: { ...request.headers, range: 'bytes=0-99' } };
    expect(await outcome(other)).toBe('SignatureDoesNotMatch');
  });

  it('PUT object with a dollar in the key', async () => {
    const authorization = v4(
      'date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class',
      '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
    );
    const headers = {
      ...example.headers,
      date: 'Fri, 24 May 2013 00:00:00 GMT',
      'x-amz-storage-class': 'REDUCED_REDUNDANCY',
      'x-amz-content-sha256': '44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072',
      authorization,
    };
    expect(await outcome({ ...example, method: 'PUT', rawPath: '/test$file.text', headers })).toBe('V4 alice sha256');
  });

  it('GET bucket lifecycle and list of objects', async () => {
    const names = 'host;x-amz-content-sha256;x-amz-date';
    const lifecycle = v4(names, 'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543');
    const list = v4(names, '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7');
    const bucket = { ...example, rawPath: '/' };
    expect(
      await outcome({ ...bucket, rawQuery: 'lifecycle', headers: { ...example.headers, authorization: lifecycle } }),
    ).toBe('V4 alice sha256');
    expect(
      await outcome({
        ...bucket,
        rawQuery: 'max-keys=2&prefix=J',
        headers: { ...example.headers, authorization: list },
      }),
    ).toBe('V4 alice sha256');
  });

  it('presigned GET, valid for a day', async () => {
    const rawQuery = [
      'X-Amz-Algorithm=AWS4-HMAC-SHA256',
      'X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request',
      'X-Amz-Date=20130524T000000Z',
      'X-Amz-Expires=86400',
      'X-Amz-SignedHeaders=host',
      'X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
    ].join('&');
    const request = { ...example, rawQuery, headers: { host: 'examplebucket.s3.amazonaws.com' } };
    expect(await outcome(request)).toBe('V4 alice unsigned');
    expect(await outcome(request, new Date('2013-05-25T00:00:01Z'))).toBe('AccessDenied');
    expect(await outcome(request, new Date('2013-05-23T23:00:00Z'))).toBe('AccessDenied');
    expect(await outcome({ ...request, method: 'DELETE' })).toBe('SignatureDoesNotMatch');
    const added = { ...request, headers: { ...request.headers, 'x-amz-acl': 'public-read' } };
    expect(await outcome(added)).toBe('AccessDenied');
  });
});

describe('published V2 examples of S3', () => {
  const at = new Date('2007-03-27T19:36:42Z');
  const host = 'johnsmith.s3.amazonaws.com';
  const bucket = { virtualHostBucket: 'johnsmith' };
  const sign = (signature: string): string => `AWS ${credentials.accessKeyId}:${signature}`;

  it('GET, PUT and list in virtual-host style', async () => {
    const get = {
      method: 'GET',
      rawPath: '/photos/puppy.jpg',
      rawQuery: '',
      headers: { host, date: 'Tue, 27 Mar 2007 19:36:42 +0000', authorization: sign('bWq2s1WEIj+Ydj0vQ697zp+IXMU=') },
    };
    expect(await outcome(get, at, bucket)).toBe('V2 alice unsigned');
    expect(await outcome(get, new Date('2007-03-27T20:36:42Z'), bucket)).toBe('RequestTimeTooSkewed');
    const put = {
      ...get,
      method: 'PUT',
      headers: {
        host,
        'content-type': 'image/jpeg',
        'content-length': '94328',
        date: 'Tue, 27 Mar 2007 21:15:45 +0000',
        authorization: sign('MyyxeRY7whkBe+bq8fHCL/2kKUg='),
      },
    };
    expect(await outcome(put, new Date('2007-03-27T21:15:45Z'), bucket)).toBe('V2 alice unsigned');
    const list = {
      ...get,
      rawPath: '/',
      rawQuery: 'prefix=photos&max-keys=50&marker=puppy',
      headers: { host, date: 'Tue, 27 Mar 2007 19:42:41 +0000', authorization: sign('htDYFYduRNen8P9ZfE/s9SuKy0U=') },
    };
    expect(await outcome(list, at, bucket)).toBe('V2 alice unsigned');
  });

  it('a sub-resource is signed', async () => {
    const acl = {
      method: 'GET',
      rawPath: '/',
      rawQuery: 'acl',
      headers: { host, date: 'Tue, 27 Mar 2007 19:44:46 +0000', authorization: sign('c2WLPFtWHVgbEmeEG93a4cG37dM=') },
    };
    expect(await outcome(acl, at, bucket)).toBe('V2 alice unsigned');
    expect(await outcome({ ...acl, rawQuery: 'logging' }, at, bucket)).toBe('SignatureDoesNotMatch');
  });
});

describe('what our own signers make', () => {
  const target = {
    method: 'GET',
    rawPath: '/b/a%20b/%C3%BC+',
    rawQuery: 'versionId=1&x=y',
    headers: { host: 'w:8776' },
  };
  const date = { date: now.toUTCString() };

  it('V2 with the mount point signed or not, and presigned', async () => {
    const request = { ...target, headers: { ...target.headers, ...date } };
    const authorization = signS3V2(request, credentials);
    const sent = { ...request, headers: { ...request.headers, authorization } };
    expect(await outcome(sent)).toBe('V2 alice unsigned');
    expect(await outcome({ ...sent, rawPath: `/services/Walrus${sent.rawPath}` })).toBe('V2 alice unsigned');
    expect(await outcome({ ...sent, rawPath: `/services/Other${sent.rawPath}` })).toBe('SignatureDoesNotMatch');
    const rawQuery = presignS3V2(target, credentials, new Date(now.getTime() + 60_000));
    expect(await outcome({ ...target, rawQuery })).toBe('V2 alice unsigned');
    expect(await outcome({ ...target, rawQuery }, new Date(now.getTime() + 61_000))).toBe('AccessDenied');
  });

  it('V2 presigned with x-amz- headers in the query, as boto does', async () => {
    const target = { method: 'GET', rawPath: '/b/k', rawQuery: '', headers: {} };
    const signedFor = { ...target, headers: { 'x-amz-meta-who': 'me & you' } };
    const rawQuery = presignS3V2(signedFor, credentials, new Date(now.getTime() + 60_000));
    const sent = { ...target, rawQuery: `${rawQuery}&x-amz-meta-who=me%20%26%20you` };
    expect(await outcome(sent)).toBe('V2 alice unsigned');
    expect(await outcome({ ...sent, rawQuery: `${rawQuery}&x-amz-meta-who=her` })).toBe('SignatureDoesNotMatch');
  });

  it('V2 of a bucket signed with a slash, as boto does', async () => {
    const request = { ...target, rawPath: '/b/', rawQuery: '', headers: { ...target.headers, ...date } };
    const authorization = signS3V2(request, credentials);
    const sent = { ...request, headers: { ...request.headers, authorization } };
    expect(await outcome({ ...sent, rawPath: '/b' })).toBe('V2 alice unsigned');
    expect(await outcome({ ...sent, rawPath: '/services/Walrus/b' })).toBe('V2 alice unsigned');
    expect(await outcome({ ...sent, rawPath: '/b/x' })).toBe('SignatureDoesNotMatch');
  });

  it('V4 for any path, query and header, and nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(fc.webPath(), fc.webQueryParameters(), fc.nat(), async (path, query, pick) => {
        const unsigned = { ...target, rawPath: path === '' ? '/' : path, rawQuery: query };
        const added = signV4({ ...unsigned, region: 'eucalyptus', service: 's3' }, credentials, now);
        const request = { ...unsigned, headers: { ...unsigned.headers, ...added } };
        expect(await outcome(request)).toBe('V4 alice sha256');
        const changed = [
          { ...request, rawPath: `${request.rawPath}x` },
          { ...request, rawQuery: `${query}&acl` },
          { ...request, method: 'DELETE' },
          { ...request, headers: { ...request.headers, host: 'other' } },
          { ...request, headers: { ...request.headers, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' } },
        ];
        expect(await outcome(changed[pick % changed.length]!)).toBe('SignatureDoesNotMatch');
      }),
      { numRuns: 60 },
    );
  });

  it('V4 presigned', async () => {
    const rawQuery = presignV4({ ...target, region: 'x', service: 's3' }, credentials, now, 10);
    expect(await outcome({ ...target, rawQuery })).toBe('V4 alice unsigned');
  });
});

describe('refusals', () => {
  const bare = { method: 'GET', rawPath: '/b', rawQuery: '', headers: { host: 'w' } };
  it('names each fault', async () => {
    expect(await outcome(bare)).toBe('anonymous nobody unsigned');
    const with_ = (headers: Record<string, string>, rawQuery = ''): Promise<string> =>
      outcome({ ...bare, rawQuery, headers: { ...bare.headers, ...headers } });
    expect(await with_({ authorization: 'Basic xyz' })).toBe('InvalidArgument');
    expect(await with_({ authorization: 'AWS nobody' })).toBe('InvalidArgument');
    expect(await with_({ authorization: 'AWS nobody:c2ln' })).toBe('InvalidAccessKeyId');
    expect(await with_({ authorization: 'AWS4-HMAC-SHA256 x' })).toBe('AuthorizationHeaderMalformed');
    expect(await with_({ authorization: 'AWS4-HMAC-SHA256 Credential=a' })).toBe('AuthorizationHeaderMalformed');
    expect(await with_({}, 'X-Amz-Credential=x')).toBe('AuthorizationQueryParametersError');
    expect(await with_({}, 'AWSAccessKeyId=x')).toBe('InvalidAccessKeyId');
    expect(await with_({ authorization: 'AWS a:b' }, 'AWSAccessKeyId=x')).toBe('InvalidArgument');
    expect(await with_({ 'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD' })).toBe('InvalidRequest');
    expect(await with_({ 'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER' })).toBe(
      'anonymous nobody chunked',
    );
  });
});
