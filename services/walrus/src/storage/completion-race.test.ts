import { randomUUID } from 'node:crypto';
import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  UploadPartCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { failureOf, filesBelow, sdk, startFixture, type Fixture } from '../test-support/fixture.js';

let walrus: Fixture;
let s3: S3Client;

beforeAll(async () => {
  walrus = await startFixture();
  s3 = sdk(walrus.port);
  await s3.send(new CreateBucketCommand({ Bucket: 'races' }));
}, 120_000);
afterAll(async () => {
  s3?.destroy();
  await walrus?.stop();
}, 60_000);

async function startUpload(Key: string): Promise<{ UploadId: string; ETag: string }> {
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket: 'races', Key }));
  const part = { Bucket: 'races', Key, UploadId: UploadId!, PartNumber: 1, Body: 'the only part' };
  const { ETag } = await s3.send(new UploadPartCommand(part));
  return { UploadId: UploadId!, ETag: ETag! };
}

const complete = (Key: string, { UploadId, ETag }: { UploadId: string; ETag: string }) =>
  new CompleteMultipartUploadCommand({
    Bucket: 'races',
    Key,
    UploadId,
    MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] },
  });

describe('CompleteMultipartUpload', () => {
  it('sent many times at once makes one object and gives everybody the same answer', async () => {
    const upload = await startUpload('twice');
    const answers = await Promise.all(Array.from({ length: 6 }, () => s3.send(complete('twice', upload))));
    expect(new Set(answers.map(({ ETag }) => ETag)).size).toBe(1);
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'races', Key: 'twice' }));
    expect(await Body!.transformToString()).toBe('the only part');
  });

  it('never takes a part that is being replaced: what becomes the object is not what the janitor removes', async () => {
    const upload = await startUpload('replaced');
    // Another upload of the same part, as far as just before its commit.
    const client = await walrus.pool.connect();
    const replacement = randomUUID();
    await client.query('begin');
    await client.query('select from multipart_upload where upload_id = $1 for no key update', [upload.UploadId]);
    const { rows } = await client.query<{ blob_id: string }>(
      'delete from multipart_part where upload_id = $1 returning blob_id',
      [upload.UploadId],
    );
    await client.query('insert into blob_gc (blob_id) values ($1)', [rows[0]!.blob_id]);
    await client.query(
      `insert into multipart_part (upload_id, part_number, blob_id, size, etag) values ($1, 1, $2, 3, 'abc')`,
      [upload.UploadId, replacement],
    );
    const outcome = failureOf(s3.send(complete('replaced', upload)));
    await waitForBlocked();
    await client.query('commit');
    client.release();
    expect(await outcome).toBe('InvalidPart');
    await walrus.janitor.sweep();
    const { rows: adopted } = await walrus.pool.query<{ blob_id: string }>('select blob_id from version_part');
    const files = filesBelow(walrus.objectsDirectory);
    for (const { blob_id } of adopted) expect(files).toContain(blob_id);
  });

  async function waitForBlocked(): Promise<void> {
    for (;;) {
      const { rows } = await walrus.pool.query('select from pg_locks where not granted');
      if (rows.length > 0) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
});
