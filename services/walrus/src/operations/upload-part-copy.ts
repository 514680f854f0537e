import { MalleeError } from '@mallee/errors';
import { COPY_CONDITIONS, evaluate, preconditionFailed } from '../s3/conditions.js';
import type { ObjectContext } from '../s3/context.js';
import { copyBlob, copyRangeOf, copySourceOf } from '../s3/copy-source.js';
import { sendXml } from '../s3/respond.js';
import { partNumberOf, uploadOf } from '../s3/upload-of.js';
import { field, s3Document } from '../s3/xml.js';
import { putPart } from '../storage/multipart.js';
import { openReadable } from './get-object.js';

/** PUT /bucket/key?partNumber=N&uploadId=ID with `x-amz-copy-source`: a part out of an object that is there. */
export async function uploadPartCopy(context: ObjectContext): Promise<void> {
  const { services, headers } = context;
  const partNumber = partNumberOf(context);
  const { uploadId } = await uploadOf(context);
  const source = copySourceOf(headers);
  const { object, blob } = await openReadable({ ...context, bucketName: source.bucket, key: source.key });
  let copy: { blobId: string; size: number; md5: string };
  try {
    if (evaluate(object, headers, COPY_CONDITIONS) !== 'ok') throw preconditionFailed();
    const range = copyRangeOf(headers, object.size);
    if ((range === undefined ? object.size : range.end - range.start + 1) > services.maxObjectBytes) {
      throw new MalleeError('InvalidRequest', 'The specified copy source is larger than the maximum allowable size.');
    }
    copy = await copyBlob(blob, services.blobs, range);
  } finally {
    await blob.close();
  }
  try {
    await putPart(services.pool, uploadId, { partNumber, blobId: copy.blobId, size: copy.size, etag: copy.md5 });
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'Database.Unavailable') await services.blobs.remove(copy.blobId);
    throw error;
  }
  services.janitor.collectSoon();
  const lastModified = field('LastModified', services.now().toISOString());
  sendXml(context.response, 200, s3Document('CopyPartResult', lastModified, field('ETag', `"${copy.md5}"`)));
}
