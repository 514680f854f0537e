import { MalleeError } from '@mallee/errors';
import type { Bucket } from '../storage/buckets.js';
import { findUpload, type MultipartUpload } from '../storage/multipart.js';
import { authorizedBucket } from './authorize.js';
import type { ObjectContext } from './context.js';

/** The multipart upload a request is about, if the caller may do that with it. Throws `NoSuchUpload`. */
export async function uploadOf(
  context: ObjectContext,
  action = 's3:PutObject',
): Promise<{ upload: MultipartUpload; bucket: Bucket }> {
  const { key } = context;
  const bucket = await authorizedBucket(context, { action, key });
  const upload = await findUpload(context.services.pool, bucket.name, key, context.query.get('uploadId') ?? '');
  return { upload, bucket };
}

/** `partNumber` of a request: 1 to 10000. */
export function partNumberOf(context: ObjectContext): number {
  const text = context.query.get('partNumber') ?? '';
  const number = Number(text);
  if (!/^\d{1,5}$/.test(text) || number < 1 || number > 10_000) {
    throw new MalleeError('InvalidArgument', 'Part number must be an integer between 1 and 10000, inclusive');
  }
  return number;
}
