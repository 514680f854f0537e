import {
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectLegalHoldCommand,
  UploadPartCommand,
  type LifecycleRule,
  type S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { failureOf, filesBelow, sdk, startFixture, type Fixture } from '../test-support/fixture.js';

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

async function bucket(versioned = false, lock = false): Promise<string> {
  const Bucket = `lifecycle-${++count}`;
  await s3.send(new CreateBucketCommand({ Bucket, ObjectLockEnabledForBucket: lock }));
  if (versioned) {
    const VersioningConfiguration = { Status: 'Enabled' as const };
    await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
  }
  return Bucket;
}

async function rules(Bucket: string, ...given: Omit<LifecycleRule, 'Status'>[]): Promise<void> {
  const Rules = given.map((rule): LifecycleRule => ({ Status: 'Enabled', ...rule }));
  await s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules } }));
}

const put = (Bucket: string, Key: string, Body = 'x', Tagging?: string) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body, Tagging }));

/** Lets shortened days pass, then looks at every bucket. */
async function later(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 30));
  await walrus.lifecycle.run();
}

async function left(Bucket: string): Promise<string[]> {
  const list = await s3.send(new ListObjectVersionsCommand({ Bucket }));
  const versions = (list.Versions ?? []).map(({ Key }) => Key!);
  return [...versions, ...(list.DeleteMarkers ?? []).map(({ Key }) => `${Key} (deleted)`)].sort();
}

describe('expiration', () => {
  it('is for the objects that prefix, tags and size name, all of them together', async () => {
    const b = await bucket();
    await put(b, 'logs/tagged', 'x', 'keep=no&more=1');
    await put(b, 'logs/other', 'x', 'keep=yes');
    await put(b, 'other/tagged', 'x', 'keep=no');
    await put(b, 'big', 'x'.repeat(101));
    await put(b, 'limit', 'x'.repeat(100));
    await rules(
      b,
      {
        ID: 'and',
        Filter: { And: { Prefix: 'logs/', Tags: [{ Key: 'keep', Value: 'no' }] } },
        Expiration: { Days: 1 },
      },
      { ID: 'size', Filter: { ObjectSizeGreaterThan: 100 }, Expiration: { Days: 1 } },
      { ID: 'off', Filter: { Prefix: '' }, Status: 'Disabled', Expiration: { Days: 1 } } as LifecycleRule,
    );
    await later();
    expect(await left(b)).toEqual(['limit', 'logs/other', 'other/tagged']);
  });

  it('by date: not before it', async () => {
    const b = await bucket();
    await put(b, 'past/1');
    await put(b, 'future/1');
    const day = (offset: number) => new Date((Math.floor(Date.now() / 86_400_000) + offset) * 86_400_000);
    await rules(
      b,
      { ID: 'past', Filter: { Prefix: 'past/' }, Expiration: { Date: day(-1) } },
      { ID: 'future', Filter: { Prefix: 'future/' }, Expiration: { Date: day(2) } },
    );
    await later();
    expect(await left(b)).toEqual(['future/1']);
  });

  it('keeps as many noncurrent versions as the rule says', async () => {
    const b = await bucket(true);
    for (const n of [1, 2, 3, 4]) await put(b, 'k', `${n}`);
    const NoncurrentVersionExpiration = { NoncurrentDays: 1, NewerNoncurrentVersions: 2 };
    await rules(b, { ID: 'some', Filter: { Prefix: '' }, NoncurrentVersionExpiration });
    await later();
    expect(await left(b)).toEqual(['k', 'k', 'k']);
  });

  it('removes delete markers that stand alone, wherever the pages of its own listing end', async () => {
    const b = await bucket(true);
    await put(b, 'z');
    await s3.send(new DeleteObjectCommand({ Bucket: b, Key: 'z' }));
    await s3.send(new DeleteObjectCommand({ Bucket: b, Key: 'm' }));
    // Rows of keys before it, so that the marker is the last of the first page of 1000.
    await walrus.pool.query(
      `insert into object_version (bucket, object_key, version_id, rank, size, etag, content_type, account_id, canonical_id, display_name, acl)
       select bucket, 'a' || lpad(n::text, 4, '0'), 'v' || n, nextval('version_rank'), 0, '', '', account_id, canonical_id, display_name, acl
         from object_version, generate_series(1, 999) as n where bucket = $1 and object_key = 'm'`,
      [b],
    );
    await rules(b, { ID: 'markers', Filter: { Prefix: '' }, Expiration: { ExpiredObjectDeleteMarker: true } });
    await later();
    const { rows } = await walrus.pool.query<{ object_key: string; delete_marker: boolean }>(
      `select object_key, delete_marker from object_version where bucket = $1 and object_key not like 'a%' order by 1, 2`,
      [b],
    );
    expect(rows).toEqual([
      { object_key: 'z', delete_marker: false },
      { object_key: 'z', delete_marker: true },
    ]);
  });

  it('lets alone what object lock holds, also when the hold came after the worker looked', async () => {
    const b = await bucket(true, true);
    const { VersionId } = await put(b, 'held');
    await put(b, 'held', 'newer');
    const LegalHold = { Status: 'ON' as const };
    await s3.send(new PutObjectLegalHoldCommand({ Bucket: b, Key: 'held', VersionId, LegalHold }));
    await rules(b, { ID: 'all', Filter: { Prefix: '' }, NoncurrentVersionExpiration: { NoncurrentDays: 1 } });
    await later();
    expect(await left(b)).toEqual(['held', 'held']);
  });
});

describe('unfinished uploads', () => {
  it('are aborted where the rule says so, with their parts', async () => {
    const b = await bucket();
    const before = filesBelow(walrus.objectsDirectory).length;
    for (const Key of ['tmp/a', 'kept/a']) {
      const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket: b, Key }));
      await s3.send(new UploadPartCommand({ Bucket: b, Key, UploadId, PartNumber: 1, Body: 'part' }));
    }
    const AbortIncompleteMultipartUpload = { DaysAfterInitiation: 1 };
    await rules(b, { ID: 'abort', Filter: { Prefix: 'tmp/' }, AbortIncompleteMultipartUpload });
    await later();
    const { Uploads } = await s3.send(new ListMultipartUploadsCommand({ Bucket: b }));
    expect(Uploads?.map(({ Key }) => Key)).toEqual(['kept/a']);
    await walrus.janitor.sweep();
    expect(filesBelow(walrus.objectsDirectory).length).toBe(before + 1);
  });
});

describe('rules that cannot be carried out', () => {
  const tagged = { Tag: { Key: 'a', Value: 'b' } };
  it.each<[string, string, Omit<LifecycleRule, 'Status'>]>([
    [
      'uploads by tag',
      'InvalidRequest',
      { Filter: tagged, AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } },
    ],
    ['markers by tag', 'InvalidRequest', { Filter: tagged, Expiration: { ExpiredObjectDeleteMarker: true } }],
    ['no action', 'InvalidRequest', { Filter: { Prefix: 'a' } }],
    ['neither filter nor prefix', 'MalformedXML', { Expiration: { Days: 1 } }],
  ])('%s: %s', async (_, code, rule) => {
    const b = await bucket();
    expect(await failureOf(rules(b, { ID: 'r', ...rule }))).toBe(code);
  });
});
