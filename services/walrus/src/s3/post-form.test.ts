import { createHmac, randomBytes } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { filesBelow, send, sendSigned, startFixture, type Fixture, type Reply } from '../test-support/fixture.js';
import { alice } from '../test-support/serve.js';

let walrus: Fixture;

beforeAll(async () => {
  walrus = await startFixture();
  await sendSigned(walrus.port, { method: 'PUT', target: '/forms' });
}, 120_000);
afterAll(() => walrus?.stop(), 60_000);

const BOUNDARY = 'xYzBoundary';
const hour = (): string => new Date(Date.now() + 3_600_000).toISOString();

function encode(fields: Record<string, string>, file: Buffer, filename = 'f.bin'): Buffer {
  const parts = Object.entries(fields).map(
    ([name, value]) => `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  const head = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="${filename}"\r\n\r\n`;
  return Buffer.concat([Buffer.from(parts.join('') + head), file, Buffer.from(`\r\n--${BOUNDARY}--\r\n`)]);
}

async function post(fields: Record<string, string>, file = Buffer.from('content')): Promise<Reply> {
  const body = encode(fields, file);
  const headers = {
    'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
    'content-length': String(body.length),
  };
  return await send(walrus.port, { method: 'POST', target: '/forms', headers, body });
}

function policyOf(conditions: unknown[], expiration = hour()): string {
  return Buffer.from(JSON.stringify({ expiration, conditions })).toString('base64');
}

function signV2(fields: Record<string, string>, conditions: unknown[], expiration?: string): Record<string, string> {
  const policy = policyOf(conditions, expiration);
  const signature = createHmac('sha1', alice.secretKey).update(policy).digest('base64');
  return { ...fields, policy, AWSAccessKeyId: alice.accessKeyId, signature };
}

function signV4(fields: Record<string, string>, conditions: unknown[]): Record<string, string> {
  const date = new Date().toISOString().replace(/[-:]|\.\d{3}/g, '');
  const scope = [date.slice(0, 8), 'any', 's3', 'aws4_request'];
  const key = scope.reduce<string | Buffer>(
    (k, part) => createHmac('sha256', k).update(part).digest(),
    `AWS4${alice.secretKey}`,
  );
  const more = {
    'x-amz-algorithm': 'AWS4-HMAC-SHA256',
    'x-amz-credential': [alice.accessKeyId, ...scope].join('/'),
    'x-amz-date': date,
  };
  const policy = policyOf([...conditions, ...Object.entries(more).map(([name, value]) => ({ [name]: value }))]);
  const signature = createHmac('sha256', key).update(policy).digest('hex');
  return { ...fields, ...more, policy, 'x-amz-signature': signature };
}

const conditions = [{ bucket: 'forms' }, ['starts-with', '$key', 'up/'], ['content-length-range', 1, 1_000_000]];

describe('uploads by a form of a browser', () => {
  it.each([
    ['V2', signV2],
    ['V4', signV4],
  ] as const)('signed by %s', async (_, sign) => {
    const file = Buffer.concat([
      randomBytes(400_000),
      Buffer.from(`\r\n--${BOUNDARY.slice(0, -1)}`),
      randomBytes(1000),
    ]);
    const reply = await post(
      sign({ key: 'up/${filename}', success_action_status: '201' }, [...conditions, { success_action_status: '201' }]),
      file,
    );
    expect([reply.status, /<Key>(.*)<\/Key>/.exec(reply.body.toString())?.[1]]).toEqual([201, 'up/f.bin']);
    expect((await sendSigned(walrus.port, { target: '/forms/up/f.bin' })).body.equals(file)).toBe(true);
  });

  it('may redirect the browser', async () => {
    const redirect = { success_action_redirect: 'http://example.com/done?x=1' };
    const reply = await post(signV2({ key: 'up/r', ...redirect }, [...conditions, redirect]));
    expect(reply.status).toBe(303);
    expect(reply.headers.location).toMatch(
      /^http:\/\/example\.com\/done\?x=1&bucket=forms&key=up%2Fr&etag=%22[0-9a-f]{32}%22$/,
    );
  });

  it.each<[string, () => Record<string, string>, number, string]>([
    ['no policy', () => ({ key: 'up/x' }), 403, 'AccessDenied'],
    [
      'a policy that has expired',
      () => signV2({ key: 'up/x' }, conditions, '2020-01-01T00:00:00Z'),
      403,
      'AccessDenied',
    ],
    ['a key that the policy does not allow', () => signV2({ key: 'down/x' }, conditions), 403, 'AccessDenied'],
    ['a field without a condition', () => signV2({ key: 'up/x', acl: 'public-read' }, conditions), 403, 'AccessDenied'],
    [
      'another bucket',
      () => signV2({ key: 'up/x' }, [{ bucket: 'other' }, ...conditions.slice(1)]),
      403,
      'AccessDenied',
    ],
    [
      'a wrong signature',
      () => ({ ...signV2({ key: 'up/x' }, conditions), signature: 'AAAA' }),
      403,
      'SignatureDoesNotMatch',
    ],
    [
      'a wrong V4 signature',
      () => ({ ...signV4({ key: 'up/x' }, conditions), 'x-amz-signature': 'a'.repeat(64) }),
      403,
      'SignatureDoesNotMatch',
    ],
    [
      'a file that is too long',
      () => signV2({ key: 'up/x' }, [...conditions.slice(0, 2), ['content-length-range', 0, 3]]),
      400,
      'EntityTooLarge',
    ],
    [
      'a file that is too short',
      () => signV2({ key: 'up/x' }, [...conditions.slice(0, 2), ['content-length-range', 100, 200]]),
      400,
      'EntityTooSmall',
    ],
    ['no key', () => signV2({}, conditions), 400, 'InvalidArgument'],
    ['a policy that is none', () => signV2({ key: 'up/x' }, []), 400, 'InvalidPolicyDocument'],
  ])('with %s is refused and leaves nothing', async (_, fields, status, code) => {
    const before = filesBelow(walrus.objectsDirectory).length;
    const reply = await post(fields());
    expect([reply.status, reply.code]).toEqual([status, code]);
    expect(filesBelow(walrus.objectsDirectory)).toHaveLength(before);
  });

  it('that end in the middle are refused', async () => {
    const whole = encode(signV2({ key: 'up/cut' }, conditions), randomBytes(1000));
    for (const length of [20, 300, whole.length - 20]) {
      const body = whole.subarray(0, length);
      const headers = { 'content-type': `multipart/form-data; boundary=${BOUNDARY}`, 'content-length': String(length) };
      const reply = await send(walrus.port, { method: 'POST', target: '/forms', headers, body });
      expect([reply.status, reply.code]).toEqual([400, 'MalformedPOSTRequest']);
    }
    const plain = await send(walrus.port, {
      method: 'POST',
      target: '/forms',
      body: 'x',
      headers: { 'content-type': 'text/plain' },
    });
    expect(plain.status).toBe(412);
  });
});

describe('Expect: 100-continue', () => {
  it('is answered when the upload may go on, and not when it is refused anyway', async () => {
    const continued = (target: string): Promise<[boolean, number | undefined]> =>
      new Promise((resolve, reject) => {
        let asked = false;
        const outgoing = httpRequest({
          host: '127.0.0.1',
          port: walrus.port,
          method: 'PUT',
          path: target,
          agent: false,
          headers: { expect: '100-continue', 'content-length': '3' },
        });
        outgoing.on('continue', () => {
          asked = true;
          outgoing.end('abc');
        });
        outgoing.on('response', (response) => {
          response.resume();
          outgoing.destroy();
          resolve([asked, response.statusCode]);
        });
        outgoing.on('error', reject);
        outgoing.flushHeaders();
      });
    expect(await continued('/forms/refused')).toEqual([false, 403]);
    await sendSigned(walrus.port, {
      method: 'PUT',
      target: '/forms?acl',
      headers: { 'x-amz-acl': 'public-read-write' },
    });
    expect(await continued('/forms/taken')).toEqual([true, 200]);
  });
});
