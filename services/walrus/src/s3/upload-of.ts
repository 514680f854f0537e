import { MalleeError } from '@mallee/errors';
import { findUpload, type MultipartUpload } from '../storage/multipart.js';
import { bucketOf, mayWrite, require } from './access.js';
import type { ObjectContext } from './context.js';

/** The multipart upload a request is about, if the caller may write to its bucket. Throws `NoSuchUpload`. */
export async function uploadOf(context: ObjectContext): Promise<MultipartUpload> {
  const bucket = await bucketOf(context);
  require(mayWrite(context.caller, bucket));
  return await findUpload(context.services.pool, bucket.name, context.key, context.query.get('uploadId') ?? '');
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
