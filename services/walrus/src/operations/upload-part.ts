import type { ObjectContext } from '../s3/context.js';
import { checksumHeaders } from '../s3/object-headers.js';
import { receiveBlob } from '../s3/receive-body.js';
import { sendEmpty } from '../s3/respond.js';
import { partNumberOf, uploadOf } from '../s3/upload-of.js';
import { putPart } from '../storage/multipart.js';

/** PUT /bucket/key?partNumber=N&uploadId=ID */
export async function uploadPart(context: ObjectContext): Promise<void> {
  const { services, request, headers, payload } = context;
  const partNumber = partNumberOf(context);
  const { uploadId } = await uploadOf(context);
  const received = await receiveBlob({ request, headers, payload, maxBytes: services.maxObjectBytes }, services.blobs);
  const { blobId, size, md5, checksum } = received;
  try {
    await putPart(services.pool, uploadId, { partNumber, blobId, size, etag: md5 });
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'Database.Unavailable') await services.blobs.remove(blobId);
    throw error;
  }
  services.janitor.collectSoon();
  sendEmpty(context.response, 200, { etag: `"${md5}"`, ...checksumHeaders({ checksum }) });
}
