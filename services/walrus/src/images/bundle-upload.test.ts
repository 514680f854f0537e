import { createHash, createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { signEuca2Rest, signEucaRsaSha1 } from '@mallee/aws-signatures';
import { makeIdentity, type TestIdentity } from '@mallee/testing';
import type { AccessKeyHolder } from '../accounts/account-directory.js';
import { filesBelow, send, sendSigned, startFixture, type Fixture, type Reply } from '../test-support/fixture.js';
import { admin, alice, bob } from '../test-support/serve.js';

/* Parts of a bundle as a node of Eucalyptus 2.0 uploads them: signed by the node, allowed by a policy of the user. */

let walrus: Fixture;
let node: TestIdentity;
let stranger: TestIdentity;

beforeAll(async () => {
  [node, stranger] = await Promise.all([makeIdentity('node'), makeIdentity('stranger')]);
  walrus = await startFixture({ trustedNodes: [node.certificatePem] });
  for (const bucket of ['bundles', 'others']) await sendSigned(walrus.port, { method: 'PUT', target: `/${bucket}` });
}, 120_000);
afterAll(async () => walrus?.stop(), 60_000);

const inAnHour = (): string => new Date(Date.now() + 3_600_000).toISOString();
const usual: readonly unknown[] = [{ bucket: 'bundles' }, { acl: 'ec2-bundle-read' }, ['starts-with', '$key', 'win']];

function policy(conditions = usual, expiration = inAnHour()): string {
  return Buffer.from(JSON.stringify({ expiration, conditions })).toString('base64');
}

/** The headers of BundleInstance, signed by `who`. */
function allowedBy(who: AccessKeyHolder, text = policy()): Record<string, string> {
  const s3uploadpolicysignature = createHmac('sha1', who.secretKey).update(text).digest('base64');
  return { s3uploadpolicy: text, s3uploadpolicysignature, awsaccesskeyid: who.accessKeyId };
}

const without = (headers: Record<string, string>, name: string): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([each]) => each !== name));

interface Upload {
  readonly target?: string;
  readonly body?: string;
  readonly headers?: Record<string, string>;
  readonly signer?: TestIdentity | undefined;
  readonly date?: string;
  /** Left out of the headers. */
  readonly leaveOut?: string;
}

let requests = 0;

/** Another second each time: the same request within one second has the same signature. */
const someDate = (): string => new Date(Date.now() - 1000 * requests++).toUTCString();

const describedBy = (body: string): Record<string, string> => ({
  'content-type': 'application/octet-stream',
  'content-length': String(body.length),
  'content-md5': createHash('md5').update(body).digest('base64'),
  'x-amz-acl': 'ec2-bundle-read',
});

async function asNode({
  target = '/services/Walrus/bundles/win.part.0',
  body = 'part',
  ...more
}: Upload = {}): Promise<Reply> {
  const { headers = allowedBy(alice), signer = node, date = someDate() } = more;
  const [rawPath = '', rawQuery = ''] = target.split('?');
  const signed = signEucaRsaSha1({ method: 'PUT', rawPath, rawQuery }, signer, date);
  const effective = { eucaeffectiveuserid: headers['awsaccesskeyid'] ?? '' };
  const all = { host: 'walrus:8773', ...describedBy(body), ...effective, ...signed, ...headers };
  return await send(walrus.port, { method: 'PUT', target, body, headers: without(all, more.leaveOut ?? '') });
}

/** The same without a node: the user himself, or whom he gave his policy. */
async function withPolicy({
  target = '/bundles/win.part.0',
  body = 'part',
  headers = allowedBy(alice),
}: Upload = {}): Promise<Reply> {
  return await send(walrus.port, { method: 'PUT', target, body, headers: { ...describedBy(body), ...headers } });
}

async function stored(key: string, who = alice): Promise<string> {
  const reply = await sendSigned(walrus.port, { target: `/bundles/${key}` }, who);
  return reply.status === 200 ? reply.body.toString() : String(reply.code);
}

describe.each<[string, (upload?: Upload) => Promise<Reply>]>([
  ['by a node', asNode],
  ['by whoever has the policy', withPolicy],
])('an upload under a policy, %s', (_, upload) => {
  it('is stored as an object of the user', async () => {
    const reply = await upload({ body: 'first part' });
    expect([reply.status, reply.headers.etag]).toEqual([
      200,
      `"${createHash('md5').update('first part').digest('hex')}"`,
    ]);
    expect(await stored('win.part.0')).toBe('first part');
    const listing = await sendSigned(walrus.port, { target: '/bundles?prefix=win.part.0' });
    expect(listing.body.toString()).toContain(`<ID>${alice.canonicalId}</ID>`);
    expect(await stored('win.part.0', bob)).toBe('AccessDenied');
  });

  const range = (least: number, most: number): Record<string, string> =>
    allowedBy(alice, policy([...usual, ['content-length-range', least, most]]));

  it.each<[string, () => Upload, string]>([
    [
      'a policy that has expired',
      () => ({ headers: allowedBy(alice, policy(usual, '2026-01-01T00:00:00Z')) }),
      'AccessDenied',
    ],
    ['another bucket', () => ({ target: '/others/win.part.9' }), 'AccessDenied'],
    ['another prefix', () => ({ target: '/bundles/linux.part.9' }), 'AccessDenied'],
    ['another ACL', () => ({ headers: { ...allowedBy(alice), 'x-amz-acl': 'public-read' } }), 'AccessDenied'],
    ['a policy that names no bucket', () => ({ headers: allowedBy(alice, policy(usual.slice(1))) }), 'AccessDenied'],
    ['a policy that names no key', () => ({ headers: allowedBy(alice, policy(usual.slice(0, 2))) }), 'AccessDenied'],
    [
      'a header without a condition',
      () => ({ headers: { ...allowedBy(alice), 'x-amz-grant-read': 'id=1' } }),
      'AccessDenied',
    ],
    ['a copy', () => ({ headers: { ...allowedBy(alice), 'x-amz-copy-source': '/others/x' } }), 'AccessDenied'],
    ['a policy that is none', () => ({ headers: allowedBy(alice, 'bm9uZQ==') }), 'InvalidPolicyDocument'],
    ['the policy of another user', () => ({ headers: allowedBy(bob) }), 'AccessDenied'],
    [
      'a policy signed by another user',
      () => ({ headers: { ...allowedBy(bob), awsaccesskeyid: alice.accessKeyId } }),
      'SignatureDoesNotMatch',
    ],
    [
      'an unknown key',
      () => ({ headers: { ...allowedBy(alice), awsaccesskeyid: 'AKIANOBODY' } }),
      'InvalidAccessKeyId',
    ],
    [
      'another effective user',
      () => ({ headers: { ...allowedBy(alice), eucaeffectiveuserid: bob.accessKeyId } }),
      'AccessDenied',
    ],
    ['no policy', () => ({ headers: without(allowedBy(alice), 's3uploadpolicy') }), 'AccessDenied'],
    [
      'no signature of the policy',
      () => ({ headers: without(allowedBy(alice), 's3uploadpolicysignature') }),
      'AccessDenied',
    ],
    ['no access key', () => ({ headers: without(allowedBy(alice), 'awsaccesskeyid') }), 'AccessDenied'],
    ['too much', () => ({ headers: range(1, 3) }), 'EntityTooLarge'],
    ['too little', () => ({ headers: range(10, 20) }), 'EntityTooSmall'],
    [
      'a body that is not the one announced',
      () => ({ headers: { ...allowedBy(alice), 'content-md5': Buffer.alloc(16).toString('base64') } }),
      'BadDigest',
    ],
    [
      'a sub-resource',
      () => ({ target: '/bundles/win.part.0?acl' }),
      expect.stringMatching(/^(AccessDenied|MethodNotAllowed)$/) as unknown as string,
    ],
    ['a bucket', () => ({ target: '/bundles' }), 'MethodNotAllowed'],
  ])('is refused with %s, and leaves nothing', async (_reason, change, code) => {
    const before = filesBelow(walrus.objectsDirectory).length;
    const reply = await upload({ target: '/bundles/win.refused', ...change() });
    expect(reply.code).toEqual(code);
    expect(filesBelow(walrus.objectsDirectory)).toHaveLength(before);
    expect(await stored('win.refused')).toBe('NoSuchKey');
  });
});

describe('a node that asks for the bucket first', () => {
  interface Check {
    readonly method?: string;
    readonly target?: string;
    readonly headers?: Record<string, string>;
    readonly signer?: TestIdentity;
    readonly date?: string;
  }
  const named = (id: string): Record<string, string> => ({ eucaeffectiveuserid: id, awsaccesskeyid: id });
  async function check(what: Check = {}): Promise<Reply> {
    const { method = 'GET', target = '/services/Walrus/bundles/?max-keys=0', date = someDate() } = what;
    const { headers = named(alice.accessKeyId), signer = node } = what;
    const [rawPath = '', rawQuery = ''] = target.split('?');
    const signed = signEucaRsaSha1({ method, rawPath, rawQuery }, signer, date);
    return await send(walrus.port, { method, target, headers: { host: 'walrus:8773', ...signed, ...headers } });
  }

  it('hears that it is there, and nothing of what is in it', async () => {
    await sendSigned(walrus.port, { method: 'PUT', target: '/bundles/inside', body: 'x' });
    const listing = await check();
    expect(listing.status).toBe(200);
    expect(listing.body.toString()).toContain('<Name>bundles</Name>');
    expect(listing.body.toString()).not.toContain('inside');
    expect((await check({ target: '/bundles?location' })).body.toString()).toContain('LocationConstraint');
    expect((await check({ method: 'HEAD', target: '/bundles' })).status).toBe(200);
    expect((await check({ method: 'HEAD', target: '/absent' })).status).toBe(404);
    expect((await check({ target: '/absent?max-keys=0' })).code).toBe('NoSuchBucket');
  });

  it.each<[string, () => Check, string]>([
    ['the bucket of another user', () => ({ headers: named(bob.accessKeyId) }), 'AccessDenied'],
    ['the bucket of another user, for an administrator', () => ({ headers: named(admin.accessKeyId) }), 'AccessDenied'],
    ['an unknown user', () => ({ headers: named('AKIANOBODY') }), 'InvalidAccessKeyId'],
    ['no user', () => ({ headers: {} }), 'AccessDenied'],
    [
      'two users',
      () => ({ headers: { ...named(bob.accessKeyId), awsaccesskeyid: alice.accessKeyId } }),
      'AccessDenied',
    ],
    ['a node that is not registered', () => ({ signer: stranger }), 'AccessDenied'],
    ['an old date', () => ({ date: new Date(Date.now() - 16 * 60_000).toUTCString() }), 'RequestTimeTooSkewed'],
    ['the content', () => ({ target: '/bundles' }), 'MethodNotAllowed'],
    ['some of the content', () => ({ target: '/bundles?max-keys=0&prefix=x' }), 'MethodNotAllowed'],
    ['more of the content', () => ({ target: '/bundles?max-keys=1' }), 'MethodNotAllowed'],
    ['who may use it', () => ({ target: '/bundles?acl' }), 'MethodNotAllowed'],
    ['all buckets', () => ({ target: '/services/Walrus/' }), 'MethodNotAllowed'],
    ['to make it', () => ({ method: 'PUT', target: '/made', headers: allowedBy(alice) }), 'MethodNotAllowed'],
    ['to remove it', () => ({ method: 'DELETE', target: '/others' }), 'MethodNotAllowed'],
  ])('is refused: %s', async (_, what, code) => {
    expect((await check(what())).code).toBe(code);
    expect((await sendSigned(walrus.port, { method: 'HEAD', target: '/made' })).status).toBe(404);
    expect((await sendSigned(walrus.port, { method: 'HEAD', target: '/others' })).status).toBe(200);
  });
});

describe('a node', () => {
  it('must be registered and in time, and needs a policy', async () => {
    expect((await asNode({ signer: stranger })).code).toBe('AccessDenied');
    expect((await asNode({ date: new Date(Date.now() - 16 * 60_000).toUTCString() })).code).toBe(
      'RequestTimeTooSkewed',
    );
    expect((await asNode({ headers: { awsaccesskeyid: alice.accessKeyId } })).code).toBe('MethodNotAllowed');
  });

  it('may send a part again, and nobody another part with its signature', async () => {
    const date = new Date().toUTCString();
    const target = '/services/Walrus/bundles/win.part.1';
    expect((await asNode({ target, date, body: 'as it was' })).status).toBe(200);
    expect((await asNode({ target, date, body: 'as it was' })).status).toBe(200);
    expect((await asNode({ target, date, body: 'forged' })).code).toBe('AccessDenied');
    const unnamed = { target: '/services/Walrus/bundles/win.part.3', date, leaveOut: 'content-md5' };
    expect((await asNode(unnamed)).status).toBe(200);
    expect((await asNode(unnamed)).code).toBe('AccessDenied');
    expect(await stored('win.part.1')).toBe('as it was');
  });

  it('may sign as later ones do; of those only what is signed counts', async () => {
    const target = '/services/Walrus/bundles/win.part.2';
    const later = async (signed: Record<string, string>, unsigned: Record<string, string> = {}): Promise<Reply> => {
      const headers = { host: `127.0.0.1:${walrus.port}`, ...signed };
      const added = signEuca2Rest({ method: 'PUT', rawPath: target, rawQuery: '', headers }, node, new Date());
      return await send(walrus.port, {
        method: 'PUT',
        target,
        body: 'part',
        headers: { ...headers, ...added, ...unsigned },
      });
    };
    const acl = { 'x-amz-acl': 'ec2-bundle-read' };
    expect((await later({ ...allowedBy(alice), ...acl }, { 'content-length': '4' })).status).toBe(200);
    expect(await stored('win.part.2')).toBe('part');
    expect((await later({}, { ...allowedBy(alice), ...acl, 'content-length': '4' })).code).toBe('MethodNotAllowed');
  });
});
