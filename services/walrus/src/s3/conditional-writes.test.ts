import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  UploadPartCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { failureOf, filesBelow, sdk, startFixture, type Fixture } from '../test-support/fixture.js';

const Bucket = 'conditions';
let walrus: Fixture;
let s3: S3Client;

beforeAll(async () => {
  walrus = await startFixture();
  s3 = sdk(walrus.port);
  await s3.send(new CreateBucketCommand({ Bucket }));
}, 120_000);
afterAll(async () => {
  s3?.destroy();
  await walrus?.stop();
}, 60_000);

const put = (Key: string, Body: string, more: object = {}) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
const text = async (Key: string) =>
  await (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body!.transformToString();

describe('writes on a condition', () => {
  it('If-None-Match: of many at once exactly one wins, and the others leave no blob', async () => {
    const before = filesBelow(walrus.objectsDirectory).length;
    const writers = Array.from({ length: 12 }, (_, n) =>
      put('first', `writer ${n}`, { IfNoneMatch: '*' }).then(
        () => n,
        (error: Error) => error.name,
      ),
    );
    const outcomes = await Promise.all(writers);
    const winners = outcomes.filter((outcome) => typeof outcome === 'number');
    expect(winners).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'PreconditionFailed')).toHaveLength(11);
    expect(await text('first')).toBe(`writer ${winners[0]}`);
    await walrus.janitor.sweep();
    expect(filesBelow(walrus.objectsDirectory).length).toBe(before + 1);
  });

  it('If-Match: a counter loses no step, whoever else counts', async () => {
    await put('counter', '0');
    const step = async (): Promise<void> => {
      for (;;) {
        const { ETag, Body } = await s3.send(new GetObjectCommand({ Bucket, Key: 'counter' }));
        const next = String(Number(await Body!.transformToString()) + 1);
        if ((await failureOf(put('counter', next, { IfMatch: ETag }))) === 'ok') return;
      }
    };
    await Promise.all(
      Array.from({ length: 4 }, async () => {
        for (let n = 0; n < 3; n++) await step();
      }),
    );
    expect(await text('counter')).toBe('12');
    expect(await failureOf(put('never-there', 'x', { IfMatch: '"a"' }))).toBe('NoSuchKey');
  });

  it('hold for multipart uploads, which stay, and for copies', async () => {
    const { ETag } = await put('there', 'x');
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'there' }));
    const part = await s3.send(new UploadPartCommand({ Bucket, Key: 'there', UploadId, PartNumber: 1, Body: 'part' }));
    const complete = (more: object) =>
      s3.send(
        new CompleteMultipartUploadCommand({
          Bucket,
          Key: 'there',
          UploadId,
          MultipartUpload: { Parts: [{ PartNumber: 1, ETag: part.ETag }] },
          ...more,
        }),
      );
    expect(await failureOf(complete({ IfNoneMatch: '*' }))).toBe('PreconditionFailed');
    expect(await failureOf(complete({ IfMatch: '"other"' }))).toBe('PreconditionFailed');
    expect((await s3.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads).toHaveLength(1);
    expect(await failureOf(complete({ IfMatch: ETag }))).toBe('ok');
    const copy = (more: object) =>
      s3.send(new CopyObjectCommand({ Bucket, Key: 'there', CopySource: `${Bucket}/counter`, ...more }));
    expect(await failureOf(copy({ IfNoneMatch: '*' }))).toBe('PreconditionFailed');
    expect(await failureOf(copy({ CopySourceIfMatch: '"no"' }))).toBe('PreconditionFailed');
    expect(await failureOf(copy({ CopySourceIfNoneMatch: '*' }))).toBe('PreconditionFailed');
    expect(await failureOf(copy({ CopySourceIfModifiedSince: new Date(Date.now() + 60_000) }))).toBe(
      'PreconditionFailed',
    );
    expect(await failureOf(copy({ CopySourceIfUnmodifiedSince: new Date(0) }))).toBe('PreconditionFailed');
    expect(await text('there')).toBe('part');
    expect(await failureOf(s3.send(new DeleteObjectCommand({ Bucket, Key: 'there', IfMatch: ETag })))).toBe(
      'PreconditionFailed',
    );
  });

  it('look at the current version: a delete marker is none', async () => {
    const versioned = { Bucket: 'conditions-kept' };
    await s3.send(new CreateBucketCommand(versioned));
    await s3.send(new PutBucketVersioningCommand({ ...versioned, VersioningConfiguration: { Status: 'Enabled' } }));
    const write = (more: object) => s3.send(new PutObjectCommand({ ...versioned, Key: 'k', Body: 'x', ...more }));
    await write({});
    expect(await failureOf(write({ IfNoneMatch: '*' }))).toBe('PreconditionFailed');
    await s3.send(new DeleteObjectCommand({ ...versioned, Key: 'k' }));
    expect(await failureOf(write({ IfMatch: '*' }))).toBe('NoSuchKey');
    expect(await failureOf(write({ IfNoneMatch: '*' }))).toBe('ok');
  });
});

describe('a copy of an object onto itself', () => {
  it('is refused when it changes nothing, and whole when it does, whoever reads it meanwhile', async () => {
    const body = 'x'.repeat(300_000);
    await put('self', body, { Metadata: { a: '1' } });
    const copy = (more: object) =>
      s3.send(new CopyObjectCommand({ Bucket, Key: 'self', CopySource: `${Bucket}/self`, ...more }));
    expect(await failureOf(copy({}))).toBe('InvalidRequest');
    const readers = Array.from({ length: 4 }, () => text('self'));
    const copies = [1, 2, 3].map((n) => copy({ MetadataDirective: 'REPLACE', Metadata: { a: `${n}` } }));
    for (const seen of await Promise.all(readers)) expect(seen === body).toBe(true);
    await Promise.all(copies);
    expect((await text('self')) === body).toBe(true);
  });
});
