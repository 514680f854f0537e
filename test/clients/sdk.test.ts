import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  paginateListObjectsV2,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
  type CompletedPart,
} from '@aws-sdk/client-s3';
import { writeTree, readTree, LARGE_BYTES } from './support/files.js';
import { alice, startStore, type Store } from './support/store.js';

const Bucket = 'sdk';
let store: Store;
let s3: S3Client;

/** Keys of the bucket, in pages of 3. */
async function keys(): Promise<string[]> {
  const found: string[] = [];
  const pages = paginateListObjectsV2({ client: s3, pageSize: 3 }, { Bucket });
  for await (const page of pages) found.push(...(page.Contents ?? []).map(({ Key }) => Key ?? ''));
  return found;
}

async function read(Key: string): Promise<Buffer> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
}

/** Every setting that has a default has it: checksums (CRC32 in a trailer for streams), retries, keep-alive. */
describe('AWS SDK v3 with its default settings', () => {
  beforeAll(async () => {
    store = await startStore();
    s3 = new S3Client({
      endpoint: store.endpoint,
      region: 'mallee',
      forcePathStyle: true,
      credentials: { accessKeyId: alice.accessKeyId, secretAccessKey: alice.secretKey },
    });
    await s3.send(new CreateBucketCommand({ Bucket }));
  }, 120_000);
  afterAll(async () => {
    s3?.destroy();
    await store?.stop();
  }, 60_000);

  it('puts a tree, lists it in pages, reads it, and deletes it at once', async () => {
    writeTree(store.directory);
    const tree = readTree(store.directory);
    for (const [Key, text] of Object.entries(tree))
      await s3.send(new PutObjectCommand({ Bucket, Key, Body: Buffer.from(text) }));
    expect(await keys()).toEqual(Object.keys(tree).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
    for (const [Key, text] of Object.entries(tree)) expect((await read(Key)).toString()).toBe(text);
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'index.html', ChecksumMode: 'ENABLED' }));
    expect(head).toMatchObject({ ChecksumCRC32: expect.any(String), ContentLength: tree['index.html']?.length });
    const Objects = Object.keys(tree).map((Key) => ({ Key }));
    const { Deleted, Errors = [] } = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    expect([Deleted?.length, Errors]).toEqual([Objects.length, []]);
    expect(await keys()).toEqual([]);
  }, 120_000);

  it('uploads 100 MiB in parts and reads them back', async () => {
    const Key = 'large';
    const content = randomBytes(LARGE_BYTES);
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key }));
    const upload = async (index: number): Promise<CompletedPart> => {
      const Body = content.subarray(index * (LARGE_BYTES / 4), (index + 1) * (LARGE_BYTES / 4));
      const part = { Bucket, Key, UploadId, PartNumber: index + 1 };
      const { ETag, ChecksumCRC32 } = await s3.send(new UploadPartCommand({ ...part, Body }));
      return { ETag, ChecksumCRC32, PartNumber: part.PartNumber };
    };
    const Parts = await Promise.all([0, 1, 2, 3].map(upload));
    await s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }));
    const md5 = (bytes: Buffer): string => createHash('md5').update(bytes).digest('hex');
    expect(md5(await read(Key))).toBe(md5(content));
  }, 300_000);

  it('says why a bucket cannot be deleted, and deletes it when empty', async () => {
    const removal = s3.send(new DeleteBucketCommand({ Bucket }));
    await expect(removal).rejects.toMatchObject({ name: 'BucketNotEmpty', $metadata: { httpStatusCode: 409 } });
    await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: 'large' }], Quiet: true } }));
    await s3.send(new DeleteBucketCommand({ Bucket }));
    expect((await s3.send(new ListBucketsCommand({}))).Buckets ?? []).toEqual([]);
  }, 60_000);
});
