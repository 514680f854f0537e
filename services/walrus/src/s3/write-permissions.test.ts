import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { presignV4 } from '@mallee/aws-signatures';
import { send, sendSigned, startFixture, type Fixture, type Reply } from '../test-support/fixture.js';
import { alice, bob } from '../test-support/serve.js';

let walrus: Fixture;

beforeAll(async () => {
  walrus = await startFixture();
  const headers = { 'x-amz-bucket-object-lock-enabled': 'true' };
  await sendSigned(walrus.port, { method: 'PUT', target: '/shared', headers });
  await sendSigned(walrus.port, { method: 'PUT', target: '/of-alice' });
  await sendSigned(walrus.port, { method: 'PUT', target: '/of-alice/k', body: 'x' });
}, 120_000);
afterAll(() => walrus?.stop(), 60_000);

const put = (headers: Record<string, string>, who = bob, key = 'k'): Promise<Reply> =>
  sendSigned(walrus.port, { method: 'PUT', target: `/shared/${key}`, body: 'x', headers }, who);

async function policy(...statements: Record<string, unknown>[]): Promise<void> {
  const Resource = ['arn:aws:s3:::shared', 'arn:aws:s3:::shared/*'];
  const Statement = statements.map((one) => ({ Effect: 'Allow', Principal: '*', Resource, ...one }));
  const body = JSON.stringify({ Version: '2012-10-17', Statement });
  expect((await sendSigned(walrus.port, { method: 'PUT', target: '/shared?policy', body })).status).toBe(204);
}

const inAnHour = (): string => new Date(Date.now() + 3_600_000).toISOString();

describe('what a PUT says besides its data', () => {
  it.each<[string, Record<string, string>]>([
    ['s3:PutObjectAcl', { 'x-amz-acl': 'public-read' }],
    ['s3:PutObjectAcl', { 'x-amz-grant-read': `id=${alice.canonicalId}` }],
    ['s3:PutObjectTagging', { 'x-amz-tagging': 'a=b' }],
    ['s3:PutObjectLegalHold', { 'x-amz-object-lock-legal-hold': 'ON' }],
  ])('is held to a denial of %s: %j', async (Action, headers) => {
    await policy({ Action: 's3:*' }, { Effect: 'Deny', Action });
    expect((await put({})).status).toBe(200);
    expect((await put(headers)).code).toBe('AccessDenied');
    const started = await sendSigned(walrus.port, { method: 'POST', target: '/shared/k?uploads', headers }, bob);
    expect(started.code).toBe('AccessDenied');
    const copied = await put({ ...headers, 'x-amz-copy-source': '/shared/k', 'x-amz-tagging-directive': 'REPLACE' });
    expect(copied.code).toBe('AccessDenied');
  });

  it('locks nothing for who may only put', async () => {
    await policy({ Action: 's3:PutObject' });
    const retention = { 'x-amz-object-lock-mode': 'COMPLIANCE', 'x-amz-object-lock-retain-until-date': inAnHour() };
    expect((await put({})).status).toBe(200);
    expect((await put(retention)).code).toBe('AccessDenied');
    expect((await put({ 'x-amz-object-lock-legal-hold': 'ON' })).code).toBe('AccessDenied');
    await policy({ Action: ['s3:PutObject', 's3:PutObjectRetention'] });
    expect((await put(retention)).status).toBe(200);
  });

  it('can be asked for by policies: conditional writes', async () => {
    await policy(
      { Action: 's3:PutObject' },
      { Effect: 'Deny', Action: 's3:PutObject', Condition: { Null: { 's3:if-none-match': 'true' } } },
    );
    expect((await put({}, bob, 'fresh')).code).toBe('AccessDenied');
    expect((await put({ 'if-none-match': '*' }, bob, 'fresh')).status).toBe(200);
    expect((await put({ 'if-none-match': '*' }, bob, 'fresh')).code).toBe('PreconditionFailed');
  });
});

describe('expected owners', () => {
  it('of source and destination of a copy are told apart', async () => {
    await policy({ Action: 's3:*' });
    const copy = (headers: Record<string, string>) =>
      sendSigned(
        walrus.port,
        { method: 'PUT', target: '/of-bob/copy', headers: { 'x-amz-copy-source': '/shared/k', ...headers } },
        bob,
      );
    await sendSigned(walrus.port, { method: 'PUT', target: '/of-bob' }, bob);
    const good = {
      'x-amz-expected-bucket-owner': bob.accountId,
      'x-amz-source-expected-bucket-owner': alice.accountId,
    };
    expect((await copy(good)).status).toBe(200);
    expect((await copy({ ...good, 'x-amz-expected-bucket-owner': alice.accountId })).code).toBe('AccessDenied');
    expect((await copy({ ...good, 'x-amz-source-expected-bucket-owner': bob.accountId })).code).toBe('AccessDenied');
  });
});

describe('a presigned URL', () => {
  it('does what its maker signed, whatever headers of S3 its holder adds', async () => {
    const headers = { host: `127.0.0.1:${walrus.port}` };
    const bare = { method: 'PUT', rawPath: '/of-alice/k', rawQuery: '', headers, region: 'x', service: 's3' };
    const query = presignV4(bare, { accessKeyId: alice.accessKeyId, secretKey: alice.secretKey }, new Date(), 60);
    const use = (more: Record<string, string>) =>
      send(walrus.port, {
        method: 'PUT',
        target: `/of-alice/k?${query}`,
        body: 'y',
        headers: { ...headers, 'content-length': '1', ...more },
      });
    for (const more of [
      { 'x-amz-acl': 'public-read' },
      { 'x-amz-copy-source': '/shared/k' },
      { 'x-amz-website-redirect-location': 'http://evil' },
    ]) {
      expect([more, (await use(more as unknown as Record<string, string>)).code]).toEqual([more, 'AccessDenied']);
    }
    expect((await use({})).status).toBe(200);
  });
});
