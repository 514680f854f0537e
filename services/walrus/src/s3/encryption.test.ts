import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetBucketEncryptionCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutBucketEncryptionCommand,
  PutObjectCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
  type ChecksumAlgorithm,
  type ChecksumType,
  type S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createChecksum, type ChecksumName } from '@mallee/aws-signatures';
import { failureOf, sdk, sendSigned, startFixture, type Fixture } from '../test-support/fixture.js';

let walrus: Fixture;
let s3: S3Client;

const Bucket = 'encrypted';
const MIB = 1024 * 1024;

beforeAll(async () => {
  walrus = await startFixture();
  s3 = sdk(walrus.port);
  await s3.send(new CreateBucketCommand({ Bucket }));
}, 120_000);
afterAll(async () => {
  s3?.destroy();
  await walrus?.stop();
}, 60_000);

/** Whether any blob holds these bytes as they are. */
function isOnDisk(bytes: Buffer): boolean {
  const files = readdirSync(walrus.objectsDirectory, { recursive: true, withFileTypes: true });
  return files.some((file) => file.isFile() && readFileSync(join(file.parentPath, file.name)).includes(bytes));
}

function customerKey(key = randomBytes(32)) {
  return {
    SSECustomerAlgorithm: 'AES256',
    SSECustomerKey: key.toString('base64'),
    SSECustomerKeyMD5: createHash('md5').update(key).digest('base64'),
  };
}

async function get(Key: string, more: object = {}): Promise<Buffer> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key, ...more }));
  return Buffer.from(await Body!.transformToByteArray());
}

/** Uploads parts and completes; gives what CompleteMultipartUpload said. */
async function multipart(Key: string, parts: readonly Buffer[], start: object = {}, each: object = {}) {
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key, ...start }));
  const Parts = [];
  for (const [i, Body] of parts.entries()) {
    const part = { PartNumber: i + 1, ...each };
    const done = await s3.send(new UploadPartCommand({ Bucket, Key, UploadId, Body, ...part }));
    Parts.push({ ...done, PartNumber: i + 1 });
  }
  return await s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }));
}

describe('encryption at rest', () => {
  it('hides the bytes on the disk, and gives them back whole and by range', async () => {
    const body = randomBytes(300_000);
    await s3.send(new PutObjectCommand({ Bucket, Key: 'plain', Body: body }));
    expect(isOnDisk(body.subarray(1000, 1100))).toBe(true);
    const secret = randomBytes(300_000);
    const put = await s3.send(new PutObjectCommand({ Bucket, Key: 's', Body: secret, ServerSideEncryption: 'AES256' }));
    expect([put.ServerSideEncryption, put.ETag]).toEqual([
      'AES256',
      `"${createHash('md5').update(secret).digest('hex')}"`,
    ]);
    expect(isOnDisk(secret.subarray(1000, 1100))).toBe(false);
    expect((await get('s')).equals(secret)).toBe(true);
    for (const [first, last] of [
      [0, 0],
      [15, 16],
      [100_001, 250_000],
      [299_999, 299_999],
    ] as const) {
      const range = await get('s', { Range: `bytes=${first}-${last}` });
      expect(range.equals(secret.subarray(first, last + 1))).toBe(true);
    }
  });

  it('is what a bucket can ask for, with keys of several names', async () => {
    const ApplyServerSideEncryptionByDefault = { SSEAlgorithm: 'aws:kms' as const, KMSMasterKeyID: 'key-1' };
    const ServerSideEncryptionConfiguration = { Rules: [{ ApplyServerSideEncryptionByDefault }] };
    await s3.send(new CreateBucketCommand({ Bucket: 'by-default' }));
    const absent = new GetBucketEncryptionCommand({ Bucket: 'by-default' });
    expect(await failureOf(s3.send(absent))).toBe('ServerSideEncryptionConfigurationNotFoundError');
    await s3.send(new PutBucketEncryptionCommand({ Bucket: 'by-default', ServerSideEncryptionConfiguration }));
    const secret = randomBytes(10_000);
    await s3.send(new PutObjectCommand({ Bucket: 'by-default', Key: 'k', Body: secret }));
    expect(isOnDisk(secret)).toBe(false);
    const got = await s3.send(new GetObjectCommand({ Bucket: 'by-default', Key: 'k' }));
    expect([got.ServerSideEncryption, got.SSEKMSKeyId]).toEqual(['aws:kms', 'key-1']);
    expect(Buffer.from(await got.Body!.transformToByteArray()).equals(secret)).toBe(true);
    // A copy of it somewhere else is as that bucket has it.
    await s3.send(new CopyObjectCommand({ Bucket, Key: 'copied', CopySource: 'by-default/k' }));
    expect((await get('copied')).equals(secret)).toBe(true);
    expect(isOnDisk(secret)).toBe(true);
  });

  it('with a key of the customer needs that key each time', async () => {
    const [key, wrong] = [customerKey(), customerKey()];
    const secret = randomBytes(100_000);
    await s3.send(new PutObjectCommand({ Bucket, Key: 'c', Body: secret, ...key }));
    expect(isOnDisk(secret.subarray(0, 100))).toBe(false);
    expect((await get('c', key)).equals(secret)).toBe(true);
    expect((await get('c', { ...key, Range: 'bytes=77-99' })).equals(secret.subarray(77, 100))).toBe(true);
    for (const who of [{}, wrong]) expect(await failureOf(get('c', who))).toBe('InvalidRequest');
    expect(await failureOf(get('plain', key))).toBe('InvalidRequest');
    expect(await failureOf(s3.send(new HeadObjectCommand({ Bucket, Key: 'c', ...key })))).toBe('ok');
    const CopySourceSSE = {
      CopySourceSSECustomerAlgorithm: 'AES256',
      CopySourceSSECustomerKey: key.SSECustomerKey,
      CopySourceSSECustomerKeyMD5: key.SSECustomerKeyMD5,
    };
    await s3.send(new CopyObjectCommand({ Bucket, Key: 'open', CopySource: `${Bucket}/c`, ...CopySourceSSE }));
    expect((await get('open')).equals(secret)).toBe(true);
    const parts = [randomBytes(5 * MIB), randomBytes(1000)];
    await multipart('parts', parts, key, key);
    const across = { ...key, Range: `bytes=${5 * MIB - 3}-${5 * MIB + 2}` };
    expect(await get('parts', across)).toEqual(Buffer.concat(parts).subarray(5 * MIB - 3, 5 * MIB + 3));
  });
});

describe('encryption of what comes in parts', () => {
  const parts = [randomBytes(5 * MIB), randomBytes(1000)];

  it('by the key of the service hides every part, also of copies', async () => {
    const done = await multipart('sse-parts', parts, { ServerSideEncryption: 'AES256' });
    expect(done.ServerSideEncryption).toBe('AES256');
    const { UploadId } = await s3.send(
      new CreateMultipartUploadCommand({ Bucket, Key: 'sse-copy', ServerSideEncryption: 'AES256' }),
    );
    const at = { Bucket, Key: 'sse-copy', UploadId };
    const copied = await s3.send(
      new UploadPartCopyCommand({ ...at, PartNumber: 1, CopySource: `${Bucket}/sse-parts` }),
    );
    const Parts = [{ PartNumber: 1, ETag: copied.CopyPartResult!.ETag }];
    await s3.send(new CompleteMultipartUploadCommand({ ...at, MultipartUpload: { Parts } }));
    for (const Key of ['sse-parts', 'sse-copy']) expect((await get(Key)).equals(Buffer.concat(parts))).toBe(true);
    for (const part of parts) expect(isOnDisk(part.subarray(0, 100))).toBe(false);
  });

  it('by a key of the customer takes that key for each part, for copies from it and to it, and for what is asked about it', async () => {
    const [key, wrong] = [customerKey(), customerKey()];
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'c-parts', ...key }));
    const part = (more: object) =>
      s3.send(new UploadPartCommand({ Bucket, Key: 'c-parts', UploadId, PartNumber: 1, Body: 'x', ...more }));
    for (const given of [{}, wrong]) expect(await failureOf(part(given))).toBe('InvalidRequest');
    // The SDK would put the MD5 right.
    const headers = {
      'x-amz-server-side-encryption-customer-algorithm': 'AES256',
      'x-amz-server-side-encryption-customer-key': key.SSECustomerKey,
      'x-amz-server-side-encryption-customer-key-md5': wrong.SSECustomerKeyMD5,
    };
    const raw = await sendSigned(walrus.port, { method: 'PUT', target: `/${Bucket}/raw`, headers, body: 'x' });
    expect(raw.code).toBe('InvalidArgument');
    const asSource = (from: typeof key) => ({
      CopySource: `${Bucket}/c-parts`,
      CopySourceSSECustomerAlgorithm: 'AES256',
      CopySourceSSECustomerKey: from.SSECustomerKey,
      CopySourceSSECustomerKeyMD5: from.SSECustomerKeyMD5,
    });
    await multipart('c-parts', parts, key, key);
    const copy = (from: object, to: object) =>
      s3.send(new CopyObjectCommand({ Bucket, Key: 'c-copy', ...(from as { CopySource: string }), ...to }));
    for (const from of [asSource(wrong), { CopySource: `${Bucket}/c-parts` }])
      expect(await failureOf(copy(from, key))).toBe('InvalidRequest');
    await copy(asSource(key), wrong);
    expect((await get('c-copy', wrong)).equals(Buffer.concat(parts))).toBe(true);
    const attributes = (more: object) =>
      s3.send(new GetObjectAttributesCommand({ Bucket, Key: 'c-parts', ObjectAttributes: ['ETag'], ...more }));
    const head = (more: object) => s3.send(new HeadObjectCommand({ Bucket, Key: 'c-parts', ...more }));
    for (const given of [{}, wrong]) {
      expect(await failureOf(attributes(given))).toBe('InvalidRequest');
      expect(await failureOf(head({ ...given, IfNoneMatch: '*' }))).not.toBe('304');
      expect(
        (await head(given).catch((error: { $metadata: { httpStatusCode: number } }) => error)).$metadata.httpStatusCode,
      ).toBe(400);
    }
    expect(await failureOf(attributes(key))).toBe('ok');
  });
});

describe('checksums of multipart uploads', () => {
  const parts = [randomBytes(5 * MIB), randomBytes(5 * MIB), randomBytes(100)];

  it.each<[ChecksumAlgorithm, ChecksumType]>([
    ['CRC32', 'FULL_OBJECT'],
    ['CRC32C', 'COMPOSITE'],
    ['CRC64NVME', 'FULL_OBJECT'],
    ['SHA256', 'COMPOSITE'],
  ])('%s %s', async (ChecksumAlgorithm, ChecksumType) => {
    const Key = `sum-${ChecksumAlgorithm}`;
    const name = ChecksumAlgorithm.toLowerCase() as ChecksumName;
    const done = await multipart(Key, parts, { ChecksumAlgorithm, ChecksumType }, { ChecksumAlgorithm });
    const sum = (data: Buffer): Buffer => {
      const running = createChecksum(name);
      running.update(data);
      return running.digest();
    };
    const whole = sum(Buffer.concat(parts)).toString('base64');
    const composite = `${sum(Buffer.concat(parts.map(sum))).toString('base64')}-3`;
    const expected = ChecksumType === 'COMPOSITE' ? composite : whole;
    expect(done[`Checksum${ChecksumAlgorithm}` as 'ChecksumSHA256']).toBe(expected);
    const ObjectAttributes = ['Checksum' as const, 'ObjectParts' as const, 'ObjectSize' as const, 'ETag' as const];
    const got = await s3.send(new GetObjectAttributesCommand({ Bucket, Key, ObjectAttributes }));
    expect([got.ObjectSize, got.ObjectParts?.TotalPartsCount, got.Checksum?.ChecksumType]).toEqual([
      10 * MIB + 100,
      3,
      ChecksumType,
    ]);
    const second = await s3.send(new GetObjectCommand({ Bucket, Key, PartNumber: 2 }));
    expect([second.PartsCount, second.ContentLength]).toEqual([3, 5 * MIB]);
    expect(Buffer.from(await second.Body!.transformToByteArray()).equals(parts[1]!)).toBe(true);
  });

  it('stays one object when parts come out of other objects', async () => {
    const Key = 'from-parts';
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key }));
    const at = { Bucket, Key, UploadId, CopySource: `${Bucket}/sum-CRC32` };
    const range = { CopySourceRange: `bytes=${5 * MIB - 10}-${10 * MIB + 9}` };
    const first = await s3.send(new UploadPartCopyCommand({ ...at, PartNumber: 1, ...range }));
    const Parts = [{ PartNumber: 1, ETag: first.CopyPartResult!.ETag }];
    await s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }));
    expect((await get(Key)).equals(Buffer.concat(parts).subarray(5 * MIB - 10, 10 * MIB + 10))).toBe(true);
  });
});
