import type { ObjectContext } from '../s3/context.js';
import { sendEmpty } from '../s3/respond.js';
import { uploadOf } from '../s3/upload-of.js';
import { abortUpload } from '../storage/multipart.js';

/** DELETE /bucket/key?uploadId=ID */
export async function abortMultipartUpload(context: ObjectContext): Promise<void> {
  const { services } = context;
  const { upload } = await uploadOf(context, 's3:AbortMultipartUpload');
  await abortUpload(services.pool, upload.uploadId);
  services.janitor.collectSoon();
  sendEmpty(context.response, 204);
}
