import { bucketOf, cannedAclOf, mayWrite, require } from '../s3/access.js';
import type { ObjectContext } from '../s3/context.js';
import { describeUpload } from '../s3/object-headers.js';
import { sendXml } from '../s3/respond.js';
import { field, s3Document } from '../s3/xml.js';
import { createUpload } from '../storage/multipart.js';

/** POST /bucket/key?uploads */
export async function createMultipartUpload(context: ObjectContext): Promise<void> {
  const { services, headers, caller, key } = context;
  const bucket = await bucketOf(context);
  require(mayWrite(caller, bucket));
  const uploadId = await createUpload(services.pool, {
    ...describeUpload(headers),
    bucket: bucket.name,
    key,
    owner: caller ?? bucket.owner,
    acl: cannedAclOf(headers),
  });
  const document = s3Document(
    'InitiateMultipartUploadResult',
    field('Bucket', bucket.name),
    field('Key', key),
    field('UploadId', uploadId),
  );
  sendXml(context.response, 200, document);
}
