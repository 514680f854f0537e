import { createHmac } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Logger } from '@mallee/daemon';
import { send, sendSigned, startFixture, type Fixture, type Reply } from '../test-support/fixture.js';
import { alice, bob } from '../test-support/serve.js';

/* Requests to buckets that are logged, and what arrives in the target. */

let walrus: Fixture;
const warnings: { message: string; reason?: string | undefined }[] = [];
const logger = {
  warn: (details: { reason?: string }, message: string) => warnings.push({ message, reason: details.reason }),
} as unknown as Logger;

const as = (
  method: string,
  target: string,
  body?: string,
  headers: Record<string, string> = {},
  who = alice,
): Promise<Reply> => sendSigned(walrus.port, { method, target, headers, ...(body === undefined ? {} : { body }) }, who);

const logTo = (bucket: string, prefix = 'logs/'): string =>
  `<BucketLoggingStatus><LoggingEnabled><TargetBucket>${bucket}</TargetBucket><TargetPrefix>${prefix}</TargetPrefix></LoggingEnabled></BucketLoggingStatus>`;
const OFF = '<BucketLoggingStatus/>';
const BY_ACL = { 'x-amz-acl': 'log-delivery-write' };

const keysOf = async (bucket: string): Promise<string[]> =>
  [...(await as('GET', `/${bucket}`)).body.toString().matchAll(/<Key>([^<]*)/g)].map(([, key = '']) => key);

/** Lines of all log objects of a bucket, as their fields. */
async function linesOf(bucket: string): Promise<string[][]> {
  const texts = await Promise.all(
    (await keysOf(bucket)).map(async (key) => (await as('GET', `/${bucket}/${key}`)).body.toString()),
  );
  return texts
    .flatMap((text) => text.split('\n'))
    .filter((line) => line !== '')
    .map((line) => line.match(/"[^"]*"|\[[^\]]*\]|[^ ]+/g) ?? []);
}

/** Answers have gone out when the client has them; their lines are written a moment later. */
async function settled(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 50));
  await walrus.accessLogs.flush();
}

let names = 0;
/** A source bucket that is logged into a target of its own. */
async function logged(more: Record<string, string> = BY_ACL): Promise<{ source: string; target: string }> {
  names += 1;
  const [source, target] = [`source-${names}`, `target-${names}`];
  await as('PUT', `/${source}`);
  await as('PUT', `/${target}`, undefined, more);
  expect((await as('PUT', `/${source}?logging`, logTo(target))).status).toBe(200);
  return { source, target };
}

beforeAll(async () => {
  walrus = await startFixture({ logger, accessLogs: { maxLines: 500, maxBytes: 300_000 } });
}, 120_000);
afterAll(async () => walrus?.stop(), 60_000);
afterEach(() => void warnings.splice(0));

describe('access logs', () => {
  it('tell of each request, in the format of S3', async () => {
    const { source, target } = await logged();
    const reply = await as('PUT', `/${source}/a%20b`, 'hello', { 'user-agent': 'tester "1"', referer: 'http://x/' });
    await as('GET', `/${source}/a%20b`, undefined, { range: 'bytes=1-2' });
    await send(walrus.port, { target: `/${source}/a%20b` });
    await as('GET', `/${source}/none`, undefined, {}, bob);
    await as('HEAD', `/${source}`);
    await settled();
    const [key = ''] = await keysOf(target);
    expect(key).toMatch(/^logs\/\d{4}(-\d\d){5}-[0-9A-F]{16}$/);
    const lines = await linesOf(target);
    expect(lines.every((fields) => fields.length === 26)).toBe(true);
    const short = lines.map((f) => [f[4], f[6], f[7], f[9], f[10], f[11], f[12], f[19], f[21]].join(' '));
    const [owner, other] = [alice.canonicalId, bob.canonicalId];
    // The request that switched it on may be the first one.
    expect(short.filter((line) => !line.includes('LOGGING_STATUS'))).toEqual([
      `${owner} REST.PUT.OBJECT a%2520b 200 - - 5 SigV4 AuthHeader`,
      `${owner} REST.GET.OBJECT a%2520b 206 - 2 5 SigV4 AuthHeader`,
      expect.stringMatching(/^- REST\.GET\.OBJECT a%2520b 403 AccessDenied \d+ - - -$/),
      expect.stringMatching(new RegExp(`^${other} REST.GET.OBJECT none 403 AccessDenied \\d+ - SigV4 AuthHeader$`)),
      `${owner} REST.HEAD.BUCKET - 200 - - - SigV4 AuthHeader`,
    ]);
    const put = lines.find((fields) => fields[6] === 'REST.PUT.OBJECT') ?? [];
    expect([put[0], put[1], put[3], put[5], put[8], put[15], put[16]]).toEqual([
      owner,
      source,
      '127.0.0.1',
      reply.headers['x-amz-request-id'],
      `"PUT /${source}/a%20b HTTP/1.1"`,
      '"http://x/"',
      '"tester %221%22"',
    ]);
  }, 60_000);

  it('name the signer of a form, also of one that is refused, and nobody of one signed badly', async () => {
    const { source, target } = await logged();
    const post = async (conditions: unknown[], signature?: string): Promise<Reply> => {
      const expiration = new Date(Date.now() + 3_600_000).toISOString();
      const policy = Buffer.from(JSON.stringify({ expiration, conditions })).toString('base64');
      const good = createHmac('sha1', alice.secretKey).update(policy).digest('base64');
      const fields = {
        key: 'form',
        policy,
        AWSAccessKeyId: alice.accessKeyId,
        signature: signature ?? good,
        file: 'x',
      };
      const parts = Object.entries(fields).map(
        ([name, value]) => `--B\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
      );
      const headers = { 'content-type': 'multipart/form-data; boundary=B' };
      return await send(walrus.port, {
        method: 'POST',
        target: `/${source}`,
        headers,
        body: `${parts.join('')}--B--\r\n`,
      });
    };
    expect((await post([{ bucket: source }, { key: 'form' }])).status).toBe(204);
    expect((await post([{ bucket: source }, { key: 'other' }])).code).toBe('AccessDenied');
    expect((await post([{ bucket: source }, { key: 'form' }], 'AAAA')).code).toBe('SignatureDoesNotMatch');
    await settled();
    const posts = (await linesOf(target)).filter((fields) => fields[8]?.startsWith('"POST'));
    expect(posts.map((fields) => [fields[4], fields[9]])).toEqual([
      [alice.canonicalId, '204'],
      [alice.canonicalId, '403'],
      ['-', '403'],
    ]);
  }, 60_000);

  it('belong to the owner of the target, encrypted where it wants that, and are not logged themselves', async () => {
    const { source, target } = await logged();
    const rule =
      '<ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault>';
    const document = `<ServerSideEncryptionConfiguration><Rule>${rule}</Rule></ServerSideEncryptionConfiguration>`;
    await as('PUT', `/${target}?encryption`, document);
    expect((await as('PUT', `/${target}?logging`, logTo(target, 'self/'))).status).toBe(200);
    await as('GET', `/${source}/none`);
    await settled();
    await as('PUT', `/${target}?logging`, OFF);
    await settled();
    const keys = await keysOf(target);
    expect(keys).toHaveLength(1);
    const object = await as('GET', `/${target}/${keys[0]}`);
    expect(object.headers['x-amz-server-side-encryption']).toBe('AES256');
    expect(object.body.toString()).toContain('NoSuchKey');
    expect((await as('GET', `/${target}/${keys[0]}?acl`)).body.toString()).toContain(
      `<Owner><ID>${alice.canonicalId}</ID>`,
    );
  }, 60_000);

  it('come at once when many wait, and nothing when logging is off', async () => {
    const { source, target } = await logged();
    for (let round = 0; round < 10; round += 1) {
      await Promise.all(
        Array.from({ length: 55 }, (_, i) => send(walrus.port, { target: `/${source}/${round}-${i}` })),
      );
    }
    for (let tries = 0; tries < 100 && (await keysOf(target)).length === 0; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect((await linesOf(target)).length).toBeGreaterThanOrEqual(500);
    await settled();
    await as('PUT', `/${source}?logging`, OFF);
    await settled();
    const before = (await linesOf(target)).length;
    await as('GET', `/${source}/none`);
    await settled();
    expect(await linesOf(target)).toHaveLength(before);
  }, 120_000);

  it('are bounded in memory: what is too much is lost, and said so', async () => {
    const { source, target } = await logged();
    const headers = { referer: 'x'.repeat(4000), 'user-agent': 'y'.repeat(4000) };
    for (let i = 0; i < 60; i += 1) await send(walrus.port, { target: `/${source}/${i}`, headers });
    await settled();
    const count = (await linesOf(target)).length;
    expect(count).toBeGreaterThan(10);
    expect(count).toBeLessThan(50);
    expect(warnings.map(({ message }) => message)).toContain('access log lines were lost');
  }, 60_000);

  it('are dropped with a warning when the target has gone or takes none any more', async () => {
    const gone = await logged();
    const closed = await logged();
    await as('DELETE', `/${gone.target}`);
    await as('PUT', `/${closed.target}?acl`, undefined, { 'x-amz-acl': 'private' });
    for (const { source } of [gone, closed]) await as('GET', `/${source}/x`);
    await settled();
    const reasons = warnings.map(({ reason }) => reason).sort();
    expect(reasons).toEqual(
      [`the target bucket ${gone.target} does not exist`, `the target bucket ${closed.target} takes no logs`].sort(),
    );
    expect(await keysOf(closed.target)).toEqual([]);
  }, 60_000);
});

describe('a target', () => {
  const statement = (source: string, target: string): string =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Service: 'logging.s3.amazonaws.com' },
          Action: 's3:PutObject',
          Resource: `arn:aws:s3:::${target}/logs/*`,
          Condition: {
            ArnLike: { 'aws:SourceArn': `arn:aws:s3:::${source}` },
            StringEquals: { 'aws:SourceAccount': alice.accountId },
          },
        },
      ],
    });

  it('may let logs in by policy, for that source and prefix', async () => {
    await as('PUT', '/by-policy');
    for (const source of ['allowed', 'others']) await as('PUT', `/${source}`);
    await as('PUT', '/by-policy?policy', statement('allowed', 'by-policy'));
    const codes = [
      await as('PUT', '/allowed?logging', logTo('by-policy')),
      await as('PUT', '/allowed?logging', logTo('by-policy', 'elsewhere/')),
      await as('PUT', '/others?logging', logTo('by-policy')),
    ].map(({ code }) => code);
    expect(codes).toEqual([undefined, 'InvalidTargetBucketForLogging', 'InvalidTargetBucketForLogging']);
    await as('GET', '/allowed/x');
    await settled();
    expect((await linesOf('by-policy')).map((fields) => fields[7])).toContain('x');
  }, 60_000);

  it('must be of the same owner and let logs in', async () => {
    await as('PUT', '/mine');
    await as('PUT', '/closed');
    await as('PUT', '/enforced', undefined, { 'x-amz-object-ownership': 'BucketOwnerEnforced' });
    await as('PUT', '/foreign', undefined, BY_ACL, bob);
    for (const target of ['closed', 'enforced', 'foreign', 'nowhere']) {
      expect((await as('PUT', '/mine?logging', logTo(target))).code).toBe('InvalidTargetBucketForLogging');
    }
    expect((await as('PUT', '/mine?logging', logTo('mine', 'x'.repeat(801)))).code).toBe('InvalidArgument');
  }, 60_000);
});
