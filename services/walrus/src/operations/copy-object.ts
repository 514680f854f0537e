import { headerValue } from '@mallee/aws-signatures';
import { MalleeError } from '@mallee/errors';
import { bucketOf, cannedAclOf, mayWrite, require } from '../s3/access.js';
import { COPY_CONDITIONS, evaluate, preconditionFailed, writePrecondition } from '../s3/conditions.js';
import type { ObjectContext } from '../s3/context.js';
import { copyBlob, copySourceOf } from '../s3/copy-source.js';
import { describeUpload } from '../s3/object-headers.js';
import { sendXml } from '../s3/respond.js';
import { field, s3Document } from '../s3/xml.js';
import { putObject as commitObject } from '../storage/objects.js';
import { openReadable } from './get-object.js';

/** PUT /bucket/key with `x-amz-copy-source`. Read on the source, write on the destination; the copy belongs to the caller. */
export async function copyObject(context: ObjectContext): Promise<void> {
  const { services, caller, key, headers } = context;
  const bucket = await bucketOf(context);
  require(mayWrite(caller, bucket));
  const acl = cannedAclOf(headers);
  const source = copySourceOf(headers);
  const replace = directiveOf(headerValue(headers, 'x-amz-metadata-directive'));
  if (!replace && source.bucket === bucket.name && source.key === key) {
    throw new MalleeError(
      'InvalidRequest',
      'This copy request is illegal because it copies an object to itself without changing it.',
    );
  }
  const { object, blob } = await openReadable({ ...context, bucketName: source.bucket, key: source.key });
  let blobId: string;
  try {
    if (evaluate(object, headers, COPY_CONDITIONS) !== 'ok') throw preconditionFailed();
    if (object.size > services.maxObjectBytes) {
      throw new MalleeError('InvalidRequest', 'The specified copy source is larger than the maximum allowable size.');
    }
    ({ blobId } = await copyBlob(blob, services.blobs));
  } finally {
    await blob.close();
  }
  const described = replace ? describeUpload(headers) : object;
  try {
    const { contentType, metadata } = described;
    const lastModified = await commitObject(
      services.pool,
      {
        ...object,
        contentType,
        metadata,
        headers: described.headers,
        bucket: bucket.name,
        key,
        blobId,
        owner: caller ?? bucket.owner,
        acl,
      },
      writePrecondition(headers),
    );
    services.janitor.collectSoon();
    const etag = field('ETag', `"${object.etag}"`);
    sendXml(
      context.response,
      200,
      s3Document('CopyObjectResult', field('LastModified', lastModified.toISOString()), etag),
    );
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'Database.Unavailable') await services.blobs.remove(blobId);
    throw error;
  }
}

function directiveOf(text: string | undefined): boolean {
  if (text === undefined || text === 'COPY') return false;
  if (text === 'REPLACE') return true;
  throw new MalleeError('InvalidArgument', 'Unknown metadata directive.');
}
