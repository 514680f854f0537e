import {
  CreateBucketCommand,
  DeleteBucketPolicyCommand,
  GetBucketAclCommand,
  GetBucketCorsCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyCommand,
  GetBucketPolicyStatusCommand,
  GetBucketTaggingCommand,
  GetObjectAclCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  GetPublicAccessBlockCommand,
  ListObjectsV2Command,
  PutBucketAclCommand,
  PutBucketCorsCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketPolicyCommand,
  PutBucketTaggingCommand,
  PutObjectAclCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  PutPublicAccessBlockCommand,
  type ObjectCannedACL,
  type S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { failureOf, sdk, send, startFixture, type Fixture } from '../test-support/fixture.js';
import { alice, bob } from '../test-support/serve.js';

let walrus: Fixture;
let s3: S3Client;
let other: S3Client;
let count = 0;

beforeAll(async () => {
  walrus = await startFixture({ accounts: [alice, { ...bob, userName: 'robert' }] });
  s3 = sdk(walrus.port);
  other = sdk(walrus.port, bob);
}, 120_000);
afterAll(async () => {
  s3?.destroy();
  other?.destroy();
  await walrus?.stop();
}, 60_000);

const KEY = 'k';

/** A bucket of alice with one object. */
async function bucketWith(acl: ObjectCannedACL = 'private'): Promise<string> {
  const Bucket = `access-${++count}`;
  await s3.send(new CreateBucketCommand({ Bucket }));
  await s3.send(new PutObjectCommand({ Bucket, Key: KEY, Body: 'x', ACL: acl }));
  return Bucket;
}

const read = (who: S3Client, Bucket: string, Key = KEY) => failureOf(who.send(new GetObjectCommand({ Bucket, Key })));
const write = (who: S3Client, Bucket: string, Key = 'new') =>
  failureOf(who.send(new PutObjectCommand({ Bucket, Key, Body: 'y' })));
const list = (who: S3Client, Bucket: string) => failureOf(who.send(new ListObjectsV2Command({ Bucket })));
const anonymous = async (Bucket: string, key = KEY) =>
  (await send(walrus.port, { target: `/${Bucket}/${key}` })).status;

describe('access control lists', () => {
  it('let in whom their grants name: canned, by header, as a document', async () => {
    const b = await bucketWith();
    expect([await read(other, b), await anonymous(b)]).toEqual(['AccessDenied', 403]);
    await s3.send(new PutObjectAclCommand({ Bucket: b, Key: KEY, ACL: 'authenticated-read' }));
    expect([await read(other, b), await anonymous(b)]).toEqual(['ok', 403]);
    await s3.send(new PutObjectAclCommand({ Bucket: b, Key: KEY, ACL: 'public-read' }));
    expect(await anonymous(b)).toBe(200);
    await s3.send(new PutObjectAclCommand({ Bucket: b, Key: KEY, GrantRead: `id=${bob.canonicalId}` }));
    expect([await read(other, b), await anonymous(b)]).toEqual(['ok', 403]);
    const { Owner, Grants } = await s3.send(new GetObjectAclCommand({ Bucket: b, Key: KEY }));
    expect([Owner?.ID, Grants?.[0]?.Grantee?.ID, Grants?.[0]?.Permission]).toEqual([
      alice.canonicalId,
      bob.canonicalId,
      'READ',
    ]);
    expect(await list(other, b)).toBe('AccessDenied');
    const grant = { Grantee: { Type: 'CanonicalUser' as const, ID: bob.canonicalId }, Permission: 'WRITE' as const };
    const policy = await s3.send(new GetBucketAclCommand({ Bucket: b }));
    const AccessControlPolicy = { Owner: policy.Owner, Grants: [...policy.Grants!, grant] };
    await s3.send(new PutBucketAclCommand({ Bucket: b, AccessControlPolicy }));
    expect([await write(other, b), await list(other, b)]).toEqual(['ok', 'AccessDenied']);
    // What bob wrote is his, in a bucket that is not.
    expect([await read(other, b, 'new'), await read(s3, b, 'new')]).toEqual(['ok', 'AccessDenied']);
  });

  it('are refused when they name nobody, or are no lists', async () => {
    const b = await bucketWith();
    const by = (more: object) => failureOf(s3.send(new PutBucketAclCommand({ Bucket: b, ...more })));
    expect(await by({ GrantRead: 'id=nobody' })).toBe('InvalidArgument');
    expect(await by({ GrantRead: 'emailAddress=nobody@example.com' })).toBe('UnresolvableGrantByEmailAddress');
    expect(await by({ GrantRead: 'uri=http://example.com/all' })).toBe('InvalidArgument');
    expect(await by({ ACL: 'private', GrantRead: `id=${bob.canonicalId}` })).toBe('InvalidRequest');
    expect(await failureOf(other.send(new PutBucketAclCommand({ Bucket: b, ACL: 'public-read' })))).toBe(
      'AccessDenied',
    );
  });

  it('end where ownership is enforced, and are held back by the public access block', async () => {
    const b = await bucketWith('public-read');
    const block = {
      BlockPublicAcls: true,
      IgnorePublicAcls: true,
      BlockPublicPolicy: true,
      RestrictPublicBuckets: true,
    };
    await s3.send(new PutPublicAccessBlockCommand({ Bucket: b, PublicAccessBlockConfiguration: block }));
    const got = await s3.send(new GetPublicAccessBlockCommand({ Bucket: b }));
    expect(got.PublicAccessBlockConfiguration).toEqual(block);
    expect(await anonymous(b)).toBe(403);
    const publish = new PutObjectAclCommand({ Bucket: b, Key: KEY, ACL: 'public-read' });
    expect(await failureOf(s3.send(publish))).toBe('AccessDenied');
    const OwnershipControls = { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' as const }] };
    await s3.send(new PutBucketOwnershipControlsCommand({ Bucket: b, OwnershipControls }));
    const controls = await s3.send(new GetBucketOwnershipControlsCommand({ Bucket: b }));
    expect(controls.OwnershipControls).toEqual(OwnershipControls);
    expect(await failureOf(s3.send(publish))).toBe('AccessControlListNotSupported');
  });
});

describe('bucket policies', () => {
  const statement = (bucket: string, more: object): string =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { AWS: `arn:aws:iam::${bob.accountId}:root` },
          Action: ['s3:GetObject', 's3:ListBucket'],
          Resource: [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`],
          ...more,
        },
      ],
    });
  const set = (Bucket: string, Policy: string, who = s3) =>
    failureOf(who.send(new PutBucketPolicyCommand({ Bucket, Policy })));

  it('allow, deny and look at conditions', async () => {
    const b = await bucketWith();
    const policy = statement(b, {});
    expect(await set(b, policy)).toBe('ok');
    expect((await s3.send(new GetBucketPolicyCommand({ Bucket: b }))).Policy).toBe(policy);
    expect([await read(other, b), await list(other, b), await write(other, b)]).toEqual(['ok', 'ok', 'AccessDenied']);
    expect(await anonymous(b)).toBe(403);
    await set(b, statement(b, { Effect: 'Deny', Principal: '*', Action: 's3:GetObject' }));
    // Not even the owner, who still can mend it.
    expect([await read(s3, b), await read(other, b)]).toEqual(['AccessDenied', 'AccessDenied']);
    await set(b, statement(b, { Principal: '*', Condition: { IpAddress: { 'aws:SourceIp': '127.0.0.0/8' } } }));
    expect(await anonymous(b)).toBe(200);
    await set(b, statement(b, { Principal: '*', Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } }));
    expect(await anonymous(b)).toBe(403);
    const tagged = { StringEquals: { 's3:ExistingObjectTag/public': 'yes' } };
    await set(b, statement(b, { Principal: '*', Condition: tagged }));
    expect(await anonymous(b)).toBe(403);
    const TagSet = [{ Key: 'public', Value: 'yes' }];
    await s3.send(new PutObjectTaggingCommand({ Bucket: b, Key: KEY, Tagging: { TagSet } }));
    expect((await s3.send(new GetObjectTaggingCommand({ Bucket: b, Key: KEY }))).TagSet).toEqual(TagSet);
    expect(await anonymous(b)).toBe(200);
    const status = await s3.send(new GetBucketPolicyStatusCommand({ Bucket: b }));
    expect(status.PolicyStatus?.IsPublic).toBe(true);
    await s3.send(new DeleteBucketPolicyCommand({ Bucket: b }));
    expect(await failureOf(s3.send(new GetBucketPolicyCommand({ Bucket: b })))).toBe('NoSuchBucketPolicy');
  });

  it('name users by name or id, and know who asks', async () => {
    const b = await bucketWith();
    const user = (name: string): object => ({ Principal: { AWS: `arn:aws:iam::${bob.accountId}:user/${name}` } });
    await set(b, statement(b, user('robert')));
    expect(await read(other, b)).toBe('ok');
    await set(b, statement(b, user(bob.userId)));
    expect(await read(other, b)).toBe('ok');
    await set(b, statement(b, user('bert')));
    expect(await read(other, b)).toBe('AccessDenied');
    await set(b, statement(b, { Condition: { StringEquals: { 'aws:username': 'robert' } } }));
    expect(await read(other, b)).toBe('ok');
  });

  it('are refused when they are none, name another bucket, or come from somebody else', async () => {
    const b = await bucketWith();
    expect(await set(b, '{')).toBe('MalformedPolicy');
    expect(await set(b, statement('other-bucket', {}))).toBe('MalformedPolicy');
    expect(await set(b, statement(b, { Action: 'ec2:RunInstances' }))).toBe('MalformedPolicy');
    expect(await set(b, statement(b, { Effect: 'Perhaps' }))).toBe('MalformedPolicy');
    expect(await set(b, statement(b, {}), other)).toBe('AccessDenied');
  });
});

describe('CORS', () => {
  it('answers preflights and lets pages of allowed origins read answers', async () => {
    const b = await bucketWith('public-read');
    const CORSRules = [
      {
        AllowedMethods: ['GET'],
        AllowedOrigins: ['https://*.example.com'],
        AllowedHeaders: ['x-*'],
        MaxAgeSeconds: 60,
      },
    ];
    await s3.send(new PutBucketCorsCommand({ Bucket: b, CORSConfiguration: { CORSRules } }));
    expect((await s3.send(new GetBucketCorsCommand({ Bucket: b }))).CORSRules).toEqual(CORSRules);
    const ask = (origin: string, headers = 'x-a') =>
      send(walrus.port, {
        method: 'OPTIONS',
        target: `/${b}/k`,
        headers: { origin, 'access-control-request-method': 'GET', 'access-control-request-headers': headers },
      });
    const good = await ask('https://a.example.com');
    expect([good.status, good.headers['access-control-allow-origin'], good.headers['access-control-max-age']]).toEqual([
      200,
      'https://a.example.com',
      '60',
    ]);
    expect([(await ask('https://evil.com')).status, (await ask('https://a.example.com', 'cookie')).status]).toEqual([
      403, 403,
    ]);
    const headers = { origin: 'https://a.example.com' };
    for (const [target, status] of [
      [`/${b}/k`, 200],
      [`/${b}/none`, 403],
    ] as const) {
      const reply = await send(walrus.port, { target, headers });
      expect([reply.status, reply.headers['access-control-allow-origin']]).toEqual([status, headers.origin]);
    }
  });
});

describe('tags', () => {
  it('of buckets and objects are kept; too many, doubled or too long ones are not', async () => {
    const b = await bucketWith();
    const TagSet = [{ Key: 'a', Value: '1' }];
    await s3.send(new PutBucketTaggingCommand({ Bucket: b, Tagging: { TagSet } }));
    expect((await s3.send(new GetBucketTaggingCommand({ Bucket: b }))).TagSet).toEqual(TagSet);
    await s3.send(new PutObjectCommand({ Bucket: b, Key: 't', Body: 'x', Tagging: 'b=2&a=1' }));
    const got = await s3.send(new GetObjectTaggingCommand({ Bucket: b, Key: 't' }));
    expect(got.TagSet).toEqual([
      { Key: 'a', Value: '1' },
      { Key: 'b', Value: '2' },
    ]);
    const put = (tags: { Key: string; Value: string }[]) =>
      failureOf(s3.send(new PutObjectTaggingCommand({ Bucket: b, Key: 't', Tagging: { TagSet: tags } })));
    expect(await put([...Array(11).keys()].map((n) => ({ Key: `${n}`, Value: '' })))).toBe('InvalidTag');
    expect(await put([...TagSet, ...TagSet])).toBe('InvalidTag');
    expect(await put([{ Key: 'x'.repeat(129), Value: '' }])).toBe('InvalidTag');
  });
});
