import { checkPartAlgorithm } from '../s3/checksum-request.js';
import type { ObjectContext } from '../s3/context.js';
import { receiveBlob } from '../s3/receive-body.js';
import { sendEmpty } from '../s3/respond.js';
import { readingKey, sseHeaders } from '../s3/sse.js';
import { commitBlob } from '../s3/store-blob.js';
import { partNumberOf, uploadOf } from '../s3/upload-of.js';
import { putPart } from '../storage/multipart.js';

/** PUT /bucket/key?partNumber=N&uploadId=ID */
export async function uploadPart(context: ObjectContext): Promise<void> {
  const { services, headers } = context;
  const partNumber = partNumberOf(context);
  const { upload } = await uploadOf(context);
  checkPartAlgorithm(headers, upload.checksum);
  const dataKey = readingKey(headers, services.keys, upload.encryption);
  const source = { ...context, maxBytes: services.maxObjectBytes, wantedChecksum: upload.checksum?.name };
  const { blobId, size, md5, checksum } = await receiveBlob(source, services.blobs, dataKey);
  await commitBlob(services.blobs, blobId, () =>
    putPart(services.pool, upload.uploadId, { partNumber, blobId, size, etag: md5, checksum }),
  );
  services.janitor.collectSoon();
  sendEmpty(context.response, 200, {
    etag: `"${md5}"`,
    ...(checksum === undefined ? {} : { [`x-amz-checksum-${checksum.name}`]: checksum.value }),
    ...sseHeaders(upload.encryption, headers),
  });
}
