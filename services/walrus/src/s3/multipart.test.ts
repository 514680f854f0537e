import { createHash, randomBytes } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sdk, startFixture, type Fixture } from '../test-support/fixture.js';
import { bob } from '../test-support/serve.js';

const MIB = 1024 * 1024;
const Bucket = 'multipart';
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

const failure = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'ok',
    (error: unknown) => (error as Error).name,
  );

async function begin(Key: string): Promise<string> {
  const made = await s3.send(
    new CreateMultipartUploadCommand({ Bucket, Key, Metadata: { a: '1' }, ContentType: 'text/x' }),
  );
  return made.UploadId!;
}

async function part(
  Key: string,
  UploadId: string,
  PartNumber: number,
  Body: Buffer,
): Promise<{ PartNumber: number; ETag: string }> {
  const { ETag } = await s3.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body }));
  return { PartNumber, ETag: ETag! };
}

const complete = (
  Key: string,
  UploadId: string,
  Parts: { PartNumber: number; ETag: string }[],
): Promise<{ ETag?: string }> =>
  s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }));

describe('multipart uploads', () => {
  it('join their parts, whatever the order of upload, and leave no other blob', async () => {
    const pieces = [randomBytes(5 * MIB), randomBytes(5 * MIB), randomBytes(10)];
    const UploadId = await begin('k');
    await part('k', UploadId, 2, randomBytes(100));
    const third = await part('k', UploadId, 3, pieces[2]!);
    const first = await part('k', UploadId, 1, pieces[0]!);
    const second = await part('k', UploadId, 2, pieces[1]!);
    const listed = await s3.send(new ListPartsCommand({ Bucket, Key: 'k', UploadId, MaxParts: 2 }));
    expect(listed.Parts?.map((p) => p.Size)).toEqual([5 * MIB, 5 * MIB]);
    expect([listed.IsTruncated, listed.NextPartNumberMarker]).toEqual([true, '2']);
    const { ETag } = await complete('k', UploadId, [first, second, third]);
    const md5 = (data: Buffer): Buffer => createHash('md5').update(data).digest();
    expect(ETag).toBe(`"${md5(Buffer.concat(pieces.map(md5))).toString('hex')}-3"`);
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'k' }));
    expect(Buffer.concat(pieces).equals(Buffer.from(await got.Body!.transformToByteArray()))).toBe(true);
    expect(got).toMatchObject({ Metadata: { a: '1' }, ContentType: 'text/x', ETag });
    // A client that lost the answer asks again.
    expect((await complete('k', UploadId, [first, second, third])).ETag).toBe(ETag);
    await walrus.janitor.sweep();
    expect(await walrus.stored()).toHaveLength(3);
  });

  it('take parts out of objects', async () => {
    await s3.send(new PutObjectCommand({ Bucket, Key: 'source', Body: '0123456789' }));
    const UploadId = await begin('joined');
    const copy = (CopySourceRange?: string): Promise<{ CopyPartResult?: { ETag?: string } }> => {
      const place = { Bucket, Key: 'joined', UploadId, PartNumber: 1, CopySource: `${Bucket}/source` };
      return s3.send(
        new UploadPartCopyCommand({ ...place, ...(CopySourceRange === undefined ? {} : { CopySourceRange }) }),
      );
    };
    for (const range of ['bytes=3-2', '1-2']) expect(await failure(copy(range))).toBe('InvalidArgument');
    expect(await failure(copy('bytes=5-10'))).toBe('InvalidRange');
    expect((await copy()).CopyPartResult?.ETag).toBe(`"${createHash('md5').update('0123456789').digest('hex')}"`);
    const { CopyPartResult } = await copy('bytes=2-4');
    await complete('joined', UploadId, [{ PartNumber: 1, ETag: CopyPartResult!.ETag! }]);
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'joined' }));
    expect(await got.Body!.transformToString()).toBe('234');
  });

  it('refuse parts that are missing, out of order, too small or of another upload', async () => {
    const UploadId = await begin('refused');
    const [first, second] = [
      await part('refused', UploadId, 1, Buffer.from('a')),
      await part('refused', UploadId, 2, Buffer.from('b')),
    ];
    expect(await failure(complete('refused', UploadId, [second, first]))).toBe('InvalidPartOrder');
    expect(await failure(complete('refused', UploadId, [first, second]))).toBe('EntityTooSmall');
    expect(await failure(complete('refused', UploadId, [{ PartNumber: 1, ETag: second.ETag }]))).toBe('InvalidPart');
    expect(await failure(complete('refused', UploadId, [{ PartNumber: 7, ETag: first.ETag }]))).toBe('InvalidPart');
    expect(await failure(complete('other-key', UploadId, [first]))).toBe('NoSuchUpload');
    expect(await failure(s3.send(new HeadObjectCommand({ Bucket, Key: 'refused' })))).toBe('NotFound');
    const command = new UploadPartCommand({ Bucket, Key: 'refused', UploadId, PartNumber: 1, Body: 'x' });
    expect(await failure(sdk(walrus.port, bob).send(command))).toBe('AccessDenied');
    await s3.send(new AbortMultipartUploadCommand({ Bucket, Key: 'refused', UploadId }));
  });

  it('are listed, and go with an abort or with their bucket', async () => {
    await walrus.janitor.sweep();
    const before = (await walrus.stored()).length;
    const ids = [await begin('one'), await begin('two')];
    for (const [i, key] of ['one', 'two'].entries()) await part(key, ids[i]!, 1, randomBytes(1000));
    await walrus.janitor.sweep();
    expect(await walrus.stored()).toHaveLength(before + 2);
    const first = await s3.send(new ListMultipartUploadsCommand({ Bucket, MaxUploads: 1 }));
    expect([first.Uploads?.map((u) => u.Key), first.IsTruncated]).toEqual([['one'], true]);
    const rest = await s3.send(
      new ListMultipartUploadsCommand({
        Bucket,
        KeyMarker: first.NextKeyMarker,
        UploadIdMarker: first.NextUploadIdMarker,
      }),
    );
    expect(rest.Uploads?.map((u) => u.UploadId)).toEqual([ids[1]]);
    await s3.send(new AbortMultipartUploadCommand({ Bucket, Key: 'one', UploadId: ids[0] }));
    await walrus.janitor.sweep();
    expect(await walrus.stored()).toHaveLength(before + 1);
    const other = 'goes-with-uploads';
    await s3.send(new CreateBucketCommand({ Bucket: other }));
    for (const Key of ['a', 'd/1', 'd/2', 'e/1', 'z'])
      await s3.send(new CreateMultipartUploadCommand({ Bucket: other, Key }));
    const seen: string[] = [];
    for (let at: { KeyMarker?: string; UploadIdMarker?: string } | undefined = {}; at !== undefined;) {
      const more: object = { Delimiter: '/', MaxUploads: 1, ...at };
      const page = await s3.send(new ListMultipartUploadsCommand({ Bucket: other, ...more }));
      seen.push(...(page.Uploads ?? []).map((u) => u.Key!), ...(page.CommonPrefixes ?? []).map((c) => c.Prefix!));
      at =
        page.IsTruncated === true
          ? { KeyMarker: page.NextKeyMarker!, UploadIdMarker: page.NextUploadIdMarker! }
          : undefined;
    }
    expect(seen).toEqual(['a', 'd/', 'e/', 'z']);
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket: other, Key: 'k' }));
    await s3.send(new UploadPartCommand({ Bucket: other, Key: 'k', UploadId, PartNumber: 1, Body: 'x' }));
    await s3.send(new DeleteBucketCommand({ Bucket: other }));
    await walrus.janitor.sweep();
    expect(await walrus.stored()).toHaveLength(before + 1);
  });
});
