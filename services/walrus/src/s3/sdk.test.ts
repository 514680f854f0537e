import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketLocationCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sdk, startFixture, type Fixture } from '../test-support/fixture.js';
import { admin, alice, bob } from '../test-support/serve.js';

let walrus: Fixture;
let s3: S3Client;

beforeAll(async () => {
  walrus = await startFixture();
  s3 = sdk(walrus.port);
}, 120_000);
afterAll(async () => {
  s3?.destroy();
  await walrus?.stop();
}, 60_000);

const Bucket = 'sdk-bucket';
const failure = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'ok',
    (error: unknown) => {
      const { name, $metadata } = error as Error & { $metadata: { httpStatusCode: number } };
      return name === 'Unknown' ? String($metadata.httpStatusCode) : name;
    },
  );
const bytesOf = async (body: unknown): Promise<Buffer> =>
  Buffer.from(await (body as { transformToByteArray(): Promise<Uint8Array> }).transformToByteArray());

describe('Walrus and the AWS SDK with its default settings', () => {
  it('buckets', async () => {
    await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: 'EU' } }));
    expect(await failure(s3.send(new CreateBucketCommand({ Bucket })))).toBe('BucketAlreadyOwnedByYou');
    expect(await failure(sdk(walrus.port, bob).send(new CreateBucketCommand({ Bucket })))).toBe('BucketAlreadyExists');
    const listed = await s3.send(new ListBucketsCommand({}));
    expect(listed.Buckets?.map((b) => b.Name)).toEqual([Bucket]);
    expect(listed.Owner).toEqual({ ID: alice.canonicalId, DisplayName: 'alice' });
    expect((await sdk(walrus.port, bob).send(new ListBucketsCommand({}))).Buckets ?? []).toEqual([]);
    expect((await s3.send(new GetBucketLocationCommand({ Bucket }))).LocationConstraint).toBe('EU');
    await s3.send(new HeadBucketCommand({ Bucket }));
    expect(await failure(s3.send(new HeadBucketCommand({ Bucket: 'no-such-bucket' })))).toBe('NotFound');
  });

  it('puts and gets objects of any size and key, with metadata', async () => {
    for (const [Key, size] of [
      ['empty', 0],
      ["a b/ü+&=~!*()'%25.txt", 5],
      ['//double//slash/', 1000],
      ['large', 3_000_001],
    ] as const) {
      const Body = randomBytes(size);
      const Metadata = { colour: 'grey green', empty: '' };
      const put = await s3.send(
        new PutObjectCommand({ Bucket, Key, Body, Metadata, ContentType: 'text/x', CacheControl: 'no-store' }),
      );
      const md5 = createHash('md5').update(Body).digest('hex');
      expect(put.ETag).toBe(`"${md5}"`);
      const got = await s3.send(new GetObjectCommand({ Bucket, Key }));
      expect((await bytesOf(got.Body)).equals(Body)).toBe(true);
      expect(got).toMatchObject({ ContentType: 'text/x', CacheControl: 'no-store', ETag: put.ETag, Metadata });
      const head = await s3.send(new HeadObjectCommand({ Bucket, Key }));
      expect(head.ContentLength).toBe(size);
    }
  });

  it('streams of unknown signature (aws-chunked with a checksum trailer)', async () => {
    const Body = randomBytes(700_000);
    const stream = Readable.from([Body.subarray(0, 100_000), Body.subarray(100_000)]);
    const put = await s3.send(
      new PutObjectCommand({ Bucket, Key: 'stream', Body: stream, ContentLength: Body.length }),
    );
    expect(put.ChecksumCRC32).toBeDefined();
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'stream' }));
    expect((await bytesOf(got.Body)).equals(Body)).toBe(true);
    expect(got.ContentEncoding).toBeUndefined();
    expect(got.ChecksumCRC32).toBe(put.ChecksumCRC32);
  });

  it.each(['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const)('checksum %s', async (ChecksumAlgorithm) => {
    const command = new PutObjectCommand({ Bucket, Key: 'sum', Body: 'hello', ChecksumAlgorithm });
    const outcome = await failure(s3.send(command));
    // The SDK has CRC64NVME only with an optional package.
    if (outcome !== 'ok') expect(ChecksumAlgorithm).toBe('CRC64NVME');
  });

  it('ranges and conditions', async () => {
    await s3.send(new PutObjectCommand({ Bucket, Key: 'digits', Body: '0123456789' }));
    const range = async (Range: string): Promise<string> => {
      const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'digits', Range }));
      return `${got.ContentRange ?? 'all'} ${(await bytesOf(got.Body)).toString()}`;
    };
    expect(await range('bytes=2-4')).toBe('bytes 2-4/10 234');
    expect(await range('bytes=7-')).toBe('bytes 7-9/10 789');
    expect(await range('bytes=-3')).toBe('bytes 7-9/10 789');
    expect(await range('bytes=0-999')).toBe('bytes 0-9/10 0123456789');
    expect(await range('lines=1-2')).toBe('all 0123456789');
    expect(await failure(range('bytes=10-'))).toBe('InvalidRange');
    const { ETag, LastModified } = await s3.send(new HeadObjectCommand({ Bucket, Key: 'digits' }));
    const get = (more: object): Promise<string> =>
      failure(s3.send(new GetObjectCommand({ Bucket, Key: 'digits', ...more })));
    expect(await get({ IfMatch: ETag })).toBe('ok');
    expect(await get({ IfMatch: '"x"' })).toBe('PreconditionFailed');
    expect(await get({ IfNoneMatch: '"x"' })).toBe('ok');
    expect(await get({ IfNoneMatch: ETag })).toBe('304');
    expect(await get({ IfModifiedSince: LastModified })).toBe('304');
    expect(await get({ IfUnmodifiedSince: new Date(0) })).toBe('PreconditionFailed');
    const put = (more: object): Promise<string> =>
      failure(s3.send(new PutObjectCommand({ Bucket, Key: 'digits', Body: 'new', ...more })));
    expect(await put({ IfNoneMatch: '*' })).toBe('PreconditionFailed');
    expect(await put({ IfMatch: '"x"' })).toBe('PreconditionFailed');
    expect(await put({ IfMatch: ETag })).toBe('ok');
    expect(
      await failure(s3.send(new PutObjectCommand({ Bucket, Key: 'only-once', Body: 'x', IfNoneMatch: '*' }))),
    ).toBe('ok');
  });

  it('copies', async () => {
    await s3.send(new PutObjectCommand({ Bucket, Key: 'from +ü', Body: 'copy me', Metadata: { a: '1' } }));
    const CopySource = `${Bucket}/${encodeURIComponent('from +ü')}`;
    const copied = await s3.send(new CopyObjectCommand({ Bucket, Key: 'to', CopySource }));
    expect(copied.CopyObjectResult?.ETag).toBe(`"${createHash('md5').update('copy me').digest('hex')}"`);
    expect((await s3.send(new GetObjectCommand({ Bucket, Key: 'to' }))).Metadata).toEqual({ a: '1' });
    expect(await failure(s3.send(new CopyObjectCommand({ Bucket, Key: 'to', CopySource: `${Bucket}/to` })))).toBe(
      'InvalidRequest',
    );
    const replace = { MetadataDirective: 'REPLACE', Metadata: { b: '2' }, CopySource: `${Bucket}/to` } as const;
    await s3.send(new CopyObjectCommand({ Bucket, Key: 'to', ...replace }));
    expect((await s3.send(new HeadObjectCommand({ Bucket, Key: 'to' }))).Metadata).toEqual({ b: '2' });
    const by = sdk(walrus.port, bob);
    expect(await failure(by.send(new CopyObjectCommand({ Bucket, Key: 'x', CopySource })))).toBe('AccessDenied');
  });

  it('lists in both versions', async () => {
    const bucket = 'listed';
    await s3.send(new CreateBucketCommand({ Bucket: bucket }));
    for (const Key of ['a/1', 'a/2', 'b', 'c/x/y', 'd e'])
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: 'x' }));
    const v1 = await s3.send(new ListObjectsCommand({ Bucket: bucket, Delimiter: '/', MaxKeys: 2 }));
    expect(v1.Contents?.map((o) => o.Key)).toEqual(['b']);
    expect(v1.CommonPrefixes).toEqual([{ Prefix: 'a/' }]);
    expect([v1.IsTruncated, v1.NextMarker]).toEqual([true, 'b']);
    const v2 = await s3.send(
      new ListObjectsV2Command({ Bucket: bucket, MaxKeys: 3, EncodingType: 'url', FetchOwner: true }),
    );
    expect(v2.Contents?.map((o) => o.Key)).toEqual(['a/1', 'a/2', 'b']);
    expect(v2.Contents?.[0]?.Owner?.ID).toBe(alice.canonicalId);
    const more = await s3.send(
      new ListObjectsV2Command({ Bucket: bucket, EncodingType: 'url', ContinuationToken: v2.NextContinuationToken }),
    );
    expect(more.Contents?.map((o) => o.Key)).toEqual(['c/x/y', 'd%20e']);
    expect(more.IsTruncated).toBe(false);
    const deleted = await s3.send(
      new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: [{ Key: 'a/1' }, { Key: 'never there' }] } }),
    );
    expect(deleted.Deleted?.map((o) => o.Key)).toEqual(['a/1', 'never there']);
    expect(await failure(s3.send(new DeleteBucketCommand({ Bucket: bucket })))).toBe('BucketNotEmpty');
  });

  it('keeps others out, lets in whom an ACL names, and the administrator', async () => {
    const [by, root] = [sdk(walrus.port, bob), sdk(walrus.port, admin)];
    await s3.send(new PutObjectCommand({ Bucket, Key: 'mine', Body: 'x' }));
    await s3.send(new PutObjectCommand({ Bucket, Key: 'shared', Body: 'x', ACL: 'public-read' }));
    expect(await failure(by.send(new GetObjectCommand({ Bucket, Key: 'mine' })))).toBe('AccessDenied');
    expect(await failure(by.send(new GetObjectCommand({ Bucket, Key: 'shared' })))).toBe('ok');
    expect(await failure(by.send(new GetObjectCommand({ Bucket, Key: 'is-there-one' })))).toBe('AccessDenied');
    expect(await failure(by.send(new ListObjectsV2Command({ Bucket })))).toBe('AccessDenied');
    expect(await failure(by.send(new PutObjectCommand({ Bucket, Key: 'mine', Body: 'y' })))).toBe('AccessDenied');
    expect(await failure(by.send(new DeleteObjectCommand({ Bucket, Key: 'mine' })))).toBe('AccessDenied');
    expect(await failure(by.send(new DeleteBucketCommand({ Bucket })))).toBe('AccessDenied');
    expect(await failure(root.send(new GetObjectCommand({ Bucket, Key: 'mine' })))).toBe('ok');
    expect(await failure(s3.send(new GetObjectCommand({ Bucket, Key: 'is-there-one' })))).toBe('NoSuchKey');
  });

  it('keeps one file per object and none of what was replaced or deleted', async () => {
    const clean = 'clean';
    await s3.send(new CreateBucketCommand({ Bucket: clean }));
    const before = (await walrus.stored()).length;
    for (let i = 0; i < 5; i++) await s3.send(new PutObjectCommand({ Bucket: clean, Key: 'k', Body: `v${i}` }));
    await Promise.all(
      [1, 2, 3, 4, 5, 6].map((i) => s3.send(new PutObjectCommand({ Bucket: clean, Key: 'k', Body: `p${i}` }))),
    );
    await walrus.janitor.sweep();
    expect((await walrus.stored()).length).toBe(before + 1);
    await s3.send(new DeleteObjectCommand({ Bucket: clean, Key: 'k' }));
    await s3.send(new DeleteObjectCommand({ Bucket: clean, Key: 'k' }));
    await s3.send(new DeleteBucketCommand({ Bucket: clean }));
    await walrus.janitor.sweep();
    expect((await walrus.stored()).length).toBe(before);
  });
});
