import { createHash, createHmac } from 'node:crypto';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chunkSignature, createChecksum, presignS3V2, presignV4, signS3V2, signV4 } from '@mallee/aws-signatures';
import fc from 'fast-check';
import { filesBelow, send, sendSigned, startFixture, type Fixture } from '../test-support/fixture.js';
import { alice, bob } from '../test-support/serve.js';

let walrus: Fixture;
let port: number;
const keys = { accessKeyId: alice.accessKeyId, secretKey: alice.secretKey };

beforeAll(async () => {
  walrus = await startFixture({ maxObjectBytes: 1_000_000 });
  ({ port } = walrus);
  await sendSigned(port, { method: 'PUT', target: '/raw' });
}, 120_000);
afterAll(async () => walrus?.stop(), 60_000);

const put = (key: string, body: string, headers: Record<string, string> = {}): ReturnType<typeof sendSigned> =>
  sendSigned(port, { method: 'PUT', target: `/raw/${key}`, body, headers });

describe('Signature V2 and mount points', () => {
  const v2 = (method: string, target: string, signedPath: string, body?: string): ReturnType<typeof send> => {
    const headers = { host: `127.0.0.1:${port}`, date: new Date().toUTCString() };
    const [, rawQuery = ''] = target.split('?');
    const authorization = signS3V2({ method, rawPath: signedPath, rawQuery, headers }, keys);
    const length: Record<string, string> = body === undefined ? {} : { 'content-length': String(body.length) };
    return send(port, {
      method,
      target,
      headers: { ...headers, ...length, authorization },
      ...(body === undefined ? {} : { body }),
    });
  };

  it.each([
    ['/raw/v2', '/raw/v2'],
    ['/services/Walrus/raw/v2', '/services/Walrus/raw/v2'],
    ['/services/Walrus/raw/v2', '/raw/v2'],
    ['/services/objectstorage/raw/v2', '/raw/v2'],
  ])('%s signed as %s', async (target, signedPath) => {
    expect((await v2('PUT', target, signedPath, 'hello')).status).toBe(200);
    const got = await v2('GET', target, signedPath);
    expect([got.status, got.body.toString()]).toEqual([200, 'hello']);
  });

  it('lists buckets below the mount points, with and without a slash', async () => {
    for (const target of ['/', '/services/Walrus', '/services/Walrus/']) {
      const listed = await v2('GET', target, target);
      expect(listed.body.toString()).toContain(
        '<ListAllMyBucketsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">',
      );
    }
  });

  it('presigned URLs of both versions, for anybody who has them', async () => {
    await put('presigned', 'p');
    const bare = { method: 'GET', rawPath: '/raw/presigned', rawQuery: '', headers: { host: `127.0.0.1:${port}` } };
    const urls = [
      presignS3V2(bare, keys, new Date(Date.now() + 60_000)),
      presignV4({ ...bare, region: 'x', service: 's3' }, keys, new Date(), 60),
    ];
    for (const query of urls) {
      expect((await send(port, { target: `/raw/presigned?${query}` })).body.toString()).toBe('p');
      expect((await send(port, { method: 'DELETE', target: `/raw/presigned?${query}` })).code).toBe(
        'SignatureDoesNotMatch',
      );
    }
    const stale = presignS3V2(bare, keys, new Date(Date.now() - 1000));
    expect((await send(port, { target: `/raw/presigned?${stale}` })).code).toBe('AccessDenied');
  });

  it('virtual-host style, signed over the bucket', async () => {
    const headers = { host: 'raw.s3.test', date: new Date().toUTCString() };
    await put('vhost', 'v');
    const authorization = signS3V2({ method: 'GET', rawPath: '/raw/vhost', rawQuery: '', headers }, keys);
    const got = await send(port, { target: '/vhost', headers: { ...headers, authorization } });
    expect(got.body.toString()).toBe('v');
  });
});

describe('signed chunks', () => {
  it('stores a good upload and nothing of one with a changed chunk', async () => {
    const data = Buffer.from('chunked data');
    const headers = { host: `127.0.0.1:${port}`, 'x-amz-decoded-content-length': String(data.length) };
    const payloadHash = 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD';
    const now = new Date();
    const request = {
      method: 'PUT',
      rawPath: '/raw/chunked',
      rawQuery: '',
      headers,
      region: 'x',
      service: 's3',
      payloadHash,
    };
    const added = signV4(request, keys, now);
    const body = Buffer.concat([chunk(data, added), chunk(Buffer.alloc(0), added, data)]);
    const all = { ...headers, ...added, 'content-length': String(body.length), 'content-encoding': 'aws-chunked' };
    expect((await send(port, { method: 'PUT', target: '/raw/chunked', headers: all, body })).status).toBe(200);
    const files = filesBelow(walrus.objectsDirectory).length;
    const changed = Buffer.from(body);
    changed[body.indexOf(data) + 1]! ^= 1;
    expect((await send(port, { method: 'PUT', target: '/raw/chunked', headers: all, body: changed })).code).toBe(
      'SignatureDoesNotMatch',
    );
    expect((await sendSigned(port, { target: '/raw/chunked' })).body).toEqual(data);
    expect(filesBelow(walrus.objectsDirectory).length).toBe(files);
  });

  function chunk(data: Buffer, added: Record<string, string>, before?: Buffer): Buffer {
    const [, credential = '', seedSignature = ''] = /Credential=[^/]+\/([^,]+),.*Signature=(\w+)/.exec(
      added['authorization']!,
    )!;
    const scopeParts = credential.split('/');
    const signingKey = scopeParts.reduce<Buffer | string>(
      (key, part) => createHmac('sha256', key).update(part).digest(),
      `AWS4${keys.secretKey}`,
    ) as Buffer;
    const signing = { signingKey, timestamp: added['x-amz-date']!, scope: credential, seedSignature };
    const sha = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
    const previous = before === undefined ? seedSignature : chunkSignature(signing, seedSignature, sha(before));
    const head = `${data.length.toString(16)};chunk-signature=${chunkSignature(signing, previous, sha(data))}\r\n`;
    return Buffer.concat([Buffer.from(head), data, Buffer.from('\r\n')]);
  }
});

describe('bodies that are not what they claim leave nothing behind', () => {
  const sha = (text: string): string => createHash('sha256').update(text).digest('hex');
  const crc = (text: string): string => {
    const running = createChecksum('crc32');
    running.update(Buffer.from(text));
    return running.digest().toString('base64');
  };
  it.each([
    ['BadDigest', { 'content-md5': createHash('md5').update('other').digest('base64') }],
    ['InvalidDigest', { 'content-md5': 'nonsense' }],
    ['XAmzContentSHA256Mismatch', { 'x-amz-content-sha256': sha('other') }],
    ['BadDigest', { 'x-amz-checksum-crc32': crc('other') }],
    ['InvalidRequest', { 'x-amz-checksum-crc32': 'nonsense' }],
    ['InvalidRequest', { 'x-amz-checksum-crc32': crc('body'), 'x-amz-checksum-crc32c': 'AAAAAA==' }],
    ['InvalidArgument', { 'x-amz-acl': 'everybody' }],
    ['InvalidArgument', { 'x-amz-grant-read': 'id=1' }],
    ['InvalidArgument', { 'x-amz-grant-read': 'everybody' }],
    ['MetadataTooLarge', { 'x-amz-meta-a': 'x'.repeat(2048) }],
  ])('%s', async (code, headers) => {
    const files = filesBelow(walrus.objectsDirectory).length;
    expect((await put('bad', 'body', headers as Record<string, string>)).code).toBe(code);
    expect((await sendSigned(port, { target: '/raw/bad' })).code).toBe('NoSuchKey');
    expect(filesBelow(walrus.objectsDirectory).length).toBe(files);
  });

  it('too large, by its length or while it comes', async () => {
    expect((await put('big', 'x'.repeat(1_000_001))).code).toBe('EntityTooLarge');
    const chunked = { 'transfer-encoding': 'chunked' };
    const reply = await sendSigned(port, {
      method: 'PUT',
      target: '/raw/big',
      body: 'x'.repeat(1_200_000),
      headers: chunked,
    });
    expect(reply.code).toBe('EntityTooLarge');
    expect((await sendSigned(port, { target: '/raw/big' })).code).toBe('NoSuchKey');
  });

  it('cut off in the middle', async () => {
    const files = filesBelow(walrus.objectsDirectory).length;
    const host = `127.0.0.1:${port}`;
    const target = { method: 'PUT', rawPath: '/raw/cut', rawQuery: '', headers: { host }, region: 'x', service: 's3' };
    const added = signV4({ ...target, payloadHash: 'UNSIGNED-PAYLOAD' }, keys, new Date());
    const head = Object.entries({ host, ...added, 'content-length': '1000' }).map(([n, v]) => `${n}: ${v}\r\n`);
    await new Promise<void>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.write(`PUT /raw/cut HTTP/1.1\r\n${head.join('')}\r\n${'x'.repeat(500)}`);
        setTimeout(() => socket.destroy(), 200);
      });
      socket.on('close', () => resolve());
    });
    for (let wait = 0; wait < 100 && filesBelow(walrus.objectsDirectory).length !== files; wait++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect((await sendSigned(port, { target: '/raw/cut' })).code).toBe('NoSuchKey');
    expect(filesBelow(walrus.objectsDirectory).length).toBe(files);
  });
});

describe('requests that are wrong', () => {
  it.each([
    ['GET', '/raw/none', 'NoSuchKey', 404],
    ['GET', '/no-such-bucket/x', 'NoSuchBucket', 404],
    ['GET', '/raw?list-type=2&continuation-token=%%%', 'InvalidArgument', 400],
    ['GET', '/raw?max-keys=-1', 'InvalidArgument', 400],
    ['GET', '/raw?max-keys=x', 'InvalidArgument', 400],
    ['GET', '/raw?encoding-type=base64', 'InvalidArgument', 400],
    ['GET', '/raw?inventory', 'NotImplemented', 501],
    ['PUT', '/raw?versioning', 'MalformedXML', 400],
    ['GET', '/raw/x?tagging', 'NoSuchKey', 404],
    ['PUT', '/raw/x?partNumber=1&uploadId=none', 'NoSuchUpload', 404],
    ['PUT', '/raw/x?partNumber=10001&uploadId=none', 'InvalidArgument', 400],
    ['DELETE', '/raw/x?uploadId=none', 'NoSuchUpload', 404],
    ['GET', '/raw/x?uploadId=none', 'NoSuchUpload', 404],
    ['POST', '/raw/x?uploadId=none', 'NoSuchUpload', 404],
    ['GET', '/raw/x?versionId=7', 'NoSuchVersion', 404],
    ['POST', '/raw/x', 'MethodNotAllowed', 405],
    ['PATCH', '/raw', 'MethodNotAllowed', 405],
    ['DELETE', '/', 'MethodNotAllowed', 405],
    ['GET', '/raw/%ff', 'InvalidURI', 400],
    ['GET', '/raw/%00', 'InvalidURI', 400],
    ['GET', '/raw?prefix=%ff', 'InvalidURI', 400],
    ['GET', '//raw', 'InvalidURI', 400],
    ['GET', `/raw/${'k'.repeat(1025)}`, 'KeyTooLongError', 400],
    ['PUT', '/A_B', 'InvalidBucketName', 400],
    ['PUT', '/ab', 'InvalidBucketName', 400],
    ['PUT', '/metrics', 'InvalidBucketName', 400],
    ['PUT', '/192.168.0.1', 'InvalidBucketName', 400],
    ['PUT', '/..%2fetc', 'InvalidBucketName', 400],
  ])('%s %s is %s', async (method, target, code, status) => {
    const reply = await sendSigned(port, { method, target, ...(method === 'PUT' ? { body: '' } : {}) });
    expect([reply.code, reply.status]).toEqual([code, status]);
    expect(reply.headers['content-type']).toBe('application/xml');
    expect(reply.body.toString()).toContain(`<RequestId>${String(reply.headers['x-amz-request-id'])}</RequestId>`);
  });

  it('unsigned, wrongly signed, stale, unknown', async () => {
    expect((await send(port, { target: '/' })).code).toBe('AccessDenied');
    expect((await send(port, { target: '/raw' })).code).toBe('AccessDenied');
    expect((await send(port, { method: 'PUT', target: '/anonymous', body: '' })).code).toBe('AccessDenied');
    expect((await sendSigned(port, { target: '/' }, { ...alice, secretKey: 'wrong' })).code).toBe(
      'SignatureDoesNotMatch',
    );
    expect((await sendSigned(port, { target: '/' }, { ...alice, accessKeyId: 'AKIANOBODY' })).code).toBe(
      'InvalidAccessKeyId',
    );
    expect((await sendSigned(port, { target: '/raw' }, bob)).code).toBe('AccessDenied');
    const node = { authorization: 'EUCA2-RSA-SHA256 00 date AAAA', eucaoperation: 'GetDecryptedImage' };
    expect((await send(port, { target: '/raw/x.manifest.xml', headers: node })).code).toBe('AccessDenied');
  });

  it('HEAD tells by status alone', async () => {
    const reply = await sendSigned(port, { method: 'HEAD', target: '/raw/none' });
    expect([reply.status, reply.body.length]).toEqual([404, 0]);
  });

  it.each([
    ['<Delete><Object><Key>a</Key></Object>', 'MalformedXML'],
    ['<!DOCTYPE x [<!ENTITY a "b">]><Delete><Object><Key>&a;</Key></Object></Delete>', 'MalformedXML'],
    ['<Delete></Delete>', 'MalformedXML'],
    ['<Other><Object><Key>a</Key></Object></Other>', 'MalformedXML'],
    ['', 'MalformedXML'],
    ['x'.repeat(2_100_000), 'MaxMessageLengthExceeded'],
  ])('a bad list of keys to delete %#', async (body, code) => {
    expect((await sendSigned(port, { method: 'POST', target: '/raw?delete', body })).code).toBe(code);
  });

  it('no path, query or header breaks it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.webPath(),
        fc.webQueryParameters(),
        fc.constantFrom('GET', 'HEAD', 'DELETE', 'POST'),
        async (path, query, method) => {
          const reply = await sendSigned(port, { method, target: `/raw-${path.replace(/^\//, '')}?${query}` });
          expect(reply.status).toBeLessThan(502);
          expect(reply.status).not.toBe(500);
        },
      ),
      { numRuns: 100 },
    );
  });
});
