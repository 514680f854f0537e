import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  GetObjectLegalHoldCommand,
  GetObjectLockConfigurationCommand,
  GetObjectRetentionCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectLegalHoldCommand,
  PutObjectLockConfigurationCommand,
  PutObjectRetentionCommand,
  type BucketVersioningStatus,
  type S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { failureOf, sdk, startFixture, type Fixture } from '../test-support/fixture.js';

let walrus: Fixture;
let s3: S3Client;
let count = 0;

beforeAll(async () => {
  walrus = await startFixture({ lifecycleDaySeconds: 0.001 });
  s3 = sdk(walrus.port);
}, 120_000);
afterAll(async () => {
  s3?.destroy();
  await walrus?.stop();
}, 60_000);

async function bucket(versioning?: BucketVersioningStatus, lock = false): Promise<string> {
  const Bucket = `versions-${++count}`;
  await s3.send(new CreateBucketCommand({ Bucket, ObjectLockEnabledForBucket: lock }));
  if (versioning !== undefined) await setVersioning(Bucket, versioning);
  return Bucket;
}

async function setVersioning(Bucket: string, Status: BucketVersioningStatus): Promise<void> {
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }));
}

async function put(Bucket: string, Key: string, Body: string): Promise<string | undefined> {
  return (await s3.send(new PutObjectCommand({ Bucket, Key, Body }))).VersionId;
}

async function text(Bucket: string, Key: string, VersionId?: string): Promise<string> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key, VersionId }));
  return await Body!.transformToString();
}

async function versions(Bucket: string): Promise<string[]> {
  const list = await s3.send(new ListObjectVersionsCommand({ Bucket }));
  const all = [
    ...(list.Versions ?? []).map((v) => ({ ...v, mark: '' })),
    ...(list.DeleteMarkers ?? []).map((v) => ({ ...v, mark: ' deleted' })),
  ];
  return all.map((v) => `${v.Key}${v.mark}${v.IsLatest === true ? ' latest' : ''}`).sort();
}

describe('versions', () => {
  it('are kept while versioning is enabled, and can be read, deleted and listed', async () => {
    const b = await bucket('Enabled');
    const [first, second] = [await put(b, 'k', 'one'), await put(b, 'k', 'two')];
    expect(first).not.toBe(second);
    expect([await text(b, 'k'), await text(b, 'k', first), await text(b, 'k', second)]).toEqual(['two', 'one', 'two']);
    const deleted = await s3.send(new DeleteObjectCommand({ Bucket: b, Key: 'k' }));
    expect(deleted.DeleteMarker).toBe(true);
    expect(await failureOf(text(b, 'k'))).toBe('NoSuchKey');
    expect(await failureOf(text(b, 'k', deleted.VersionId))).toBe('MethodNotAllowed');
    expect((await s3.send(new ListObjectsV2Command({ Bucket: b }))).KeyCount).toBe(0);
    expect(await versions(b)).toEqual(['k', 'k', 'k deleted latest']);
    await s3.send(new DeleteObjectCommand({ Bucket: b, Key: 'k', VersionId: deleted.VersionId }));
    expect(await text(b, 'k')).toBe('two');
    await s3.send(new DeleteObjectCommand({ Bucket: b, Key: 'k', VersionId: second }));
    expect(await text(b, 'k')).toBe('one');
    expect((await s3.send(new ListObjectsV2Command({ Bucket: b }))).KeyCount).toBe(1);
    expect(await failureOf(text(b, 'k', second))).toBe('NoSuchVersion');
  });

  it('have one of the name null while versioning is suspended', async () => {
    const b = await bucket();
    expect((await s3.send(new GetBucketVersioningCommand({ Bucket: b }))).Status).toBeUndefined();
    await put(b, 'k', 'before');
    await setVersioning(b, 'Enabled');
    const kept = await put(b, 'k', 'kept');
    await setVersioning(b, 'Suspended');
    expect(await put(b, 'k', 'null')).toBeUndefined();
    expect([await text(b, 'k', 'null'), await text(b, 'k', kept)]).toEqual(['null', 'kept']);
    expect(await versions(b)).toEqual(['k', 'k latest']);
    const deleted = await s3.send(new DeleteObjectCommand({ Bucket: b, Key: 'k' }));
    expect([deleted.DeleteMarker, deleted.VersionId]).toEqual([true, 'null']);
    expect(await versions(b)).toEqual(['k', 'k deleted latest']);
    const source = { CopySource: `${b}/k?versionId=${kept}` };
    await s3.send(new CopyObjectCommand({ Bucket: b, Key: 'copy', ...source }));
    expect(await text(b, 'copy')).toBe('kept');
  });

  it('are listed page by page, newest first, with common prefixes', async () => {
    const b = await bucket('Enabled');
    for (const key of ['a', 'd/1', 'd/2', 'z']) for (const n of [1, 2, 3]) await put(b, key, `${n}`);
    const seen: string[] = [];
    let marker: { KeyMarker?: string; VersionIdMarker?: string } = {};
    for (;;) {
      const page = await s3.send(new ListObjectVersionsCommand({ Bucket: b, MaxKeys: 2, Delimiter: '/', ...marker }));
      seen.push(...(page.Versions ?? []).map((v) => v.Key!), ...(page.CommonPrefixes ?? []).map((p) => p.Prefix!));
      if (page.IsTruncated !== true) break;
      marker = { KeyMarker: page.NextKeyMarker!, VersionIdMarker: page.NextVersionIdMarker! };
    }
    expect(seen).toEqual(['a', 'a', 'a', 'd/', 'z', 'z', 'z']);
  });

  it('written at the same time all stay, and exactly one is the latest', async () => {
    const b = await bucket('Enabled');
    await Promise.all([...Array(8).keys()].map((n) => put(b, 'k', `${n}`)));
    const list = await s3.send(new ListObjectVersionsCommand({ Bucket: b }));
    expect([list.Versions?.length, list.Versions?.filter((v) => v.IsLatest).length]).toEqual([8, 1]);
    const Objects = list.Versions!.map((v) => ({ Key: v.Key!, VersionId: v.VersionId! }));
    await s3.send(new DeleteObjectsCommand({ Bucket: b, Delete: { Objects } }));
    expect(await versions(b)).toEqual([]);
  });
});

describe('object lock', () => {
  it('keeps a version until its date, or its legal hold ends', async () => {
    const b = await bucket(undefined, true);
    const until = new Date(Date.now() + 3_600_000);
    const VersionId = await put(b, 'k', 'x');
    const at = { Bucket: b, Key: 'k', VersionId };
    const retention = { Mode: 'GOVERNANCE' as const, RetainUntilDate: until };
    await s3.send(new PutObjectRetentionCommand({ ...at, Retention: retention }));
    expect((await s3.send(new GetObjectRetentionCommand(at))).Retention).toEqual(retention);
    expect(await failureOf(s3.send(new DeleteObjectCommand(at)))).toBe('AccessDenied');
    await s3.send(new PutObjectLegalHoldCommand({ ...at, LegalHold: { Status: 'ON' } }));
    const bypass = { ...at, BypassGovernanceRetention: true };
    expect(await failureOf(s3.send(new DeleteObjectCommand(bypass)))).toBe('AccessDenied');
    await s3.send(new PutObjectLegalHoldCommand({ ...at, LegalHold: { Status: 'OFF' } }));
    expect((await s3.send(new GetObjectLegalHoldCommand(at))).LegalHold?.Status).toBe('OFF');
    await s3.send(new DeleteObjectCommand(bypass));
    expect(await versions(b)).toEqual([]);
  });

  it('gives new objects the retention of the bucket', async () => {
    const b = await bucket(undefined, true);
    const ObjectLockConfiguration = {
      ObjectLockEnabled: 'Enabled' as const,
      Rule: { DefaultRetention: { Mode: 'COMPLIANCE' as const, Days: 1 } },
    };
    await s3.send(new PutObjectLockConfigurationCommand({ Bucket: b, ObjectLockConfiguration }));
    const got = await s3.send(new GetObjectLockConfigurationCommand({ Bucket: b }));
    expect(got.ObjectLockConfiguration).toEqual(ObjectLockConfiguration);
    const VersionId = await put(b, 'k', 'x');
    const head = await s3.send(new HeadObjectCommand({ Bucket: b, Key: 'k' }));
    expect(head.ObjectLockMode).toBe('COMPLIANCE');
    const gone = new DeleteObjectCommand({ Bucket: b, Key: 'k', VersionId, BypassGovernanceRetention: true });
    expect(await failureOf(s3.send(gone))).toBe('AccessDenied');
    const plain = await bucket();
    expect(await failureOf(s3.send(new GetObjectLockConfigurationCommand({ Bucket: plain })))).toBe(
      'ObjectLockConfigurationNotFoundError',
    );
  });
});

describe('lifecycle', () => {
  it('expires what its rules name: current objects, old versions, markers that stand alone', async () => {
    const b = await bucket('Enabled');
    await put(b, 'old/1', 'x');
    await put(b, 'kept', 'x');
    const Rules = [
      {
        ID: 'old',
        Status: 'Enabled' as const,
        Filter: { Prefix: 'old/' },
        Expiration: { Days: 1 },
        NoncurrentVersionExpiration: { NoncurrentDays: 1 },
      },
      { ID: 'off', Status: 'Disabled' as const, Filter: { Prefix: '' }, Expiration: { Days: 1 } },
    ];
    await s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket: b, LifecycleConfiguration: { Rules } }));
    expect((await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket: b }))).Rules).toEqual(Rules);
    expect((await s3.send(new HeadObjectCommand({ Bucket: b, Key: 'old/1' }))).Expiration).toContain('rule-id="old"');
    await walrus.lifecycle.run();
    expect(await versions(b)).toEqual(['kept latest', 'old/1', 'old/1 deleted latest']);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await walrus.lifecycle.run();
    await new Promise((resolve) => setTimeout(resolve, 50));
    await walrus.lifecycle.run();
    expect(await versions(b)).toEqual(['kept latest']);
    await walrus.janitor.sweep();
    expect((await walrus.stored()).length).toBeGreaterThan(0);
  });

  it('refuses rules that make no sense', async () => {
    const b = await bucket();
    const rule = { ID: 'a', Status: 'Enabled' as const, Filter: { Prefix: '' }, Expiration: { Days: 1 } };
    const of = (...Rules: (typeof rule)[]) =>
      failureOf(s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket: b, LifecycleConfiguration: { Rules } })));
    expect(await of(rule, rule)).toBe('InvalidArgument');
    expect(await of({ ...rule, Expiration: { Days: 0 } })).toBe('InvalidArgument');
    expect(await of({ ...rule, Status: 'On' as 'Enabled' })).toBe('MalformedXML');
    expect(await of({ ...rule, ID: 'x'.repeat(256) })).toBe('InvalidArgument');
  });
});
