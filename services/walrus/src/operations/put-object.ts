import { bucketOf, cannedAclOf, mayWrite, require } from '../s3/access.js';
import { writePrecondition } from '../s3/conditions.js';
import type { ObjectContext } from '../s3/context.js';
import { checksumHeaders, describeUpload } from '../s3/object-headers.js';
import { receiveBlob } from '../s3/receive-body.js';
import { sendEmpty } from '../s3/respond.js';
import { findObject, putObject as commitObject } from '../storage/objects.js';

/** PUT /bucket/key. The answer is sent when data and row would survive a power cut. */
export async function putObject(context: ObjectContext): Promise<void> {
  const { services, headers, request, payload, caller, key } = context;
  const bucket = await bucketOf(context);
  require(mayWrite(caller, bucket));
  const acl = cannedAclOf(headers);
  const described = describeUpload(headers);
  const precondition = writePrecondition(headers);
  // A condition that fails now spares the upload; the one that counts is checked in the transaction.
  precondition?.(await findObject(services.pool, bucket.name, key));
  const received = await receiveBlob({ request, headers, payload, maxBytes: services.maxObjectBytes }, services.blobs);
  const { blobId, size, md5, checksum } = received;
  try {
    await commitObject(
      services.pool,
      { ...described, bucket: bucket.name, key, blobId, size, etag: md5, checksum, owner: caller ?? bucket.owner, acl },
      precondition,
    );
  } catch (error) {
    // When the database did not answer, the commit may have happened: the janitor decides then, not this request.
    if ((error as { code?: unknown }).code !== 'Database.Unavailable') await services.blobs.remove(blobId);
    throw error;
  }
  services.janitor.collectSoon();
  sendEmpty(context.response, 200, { etag: `"${md5}"`, ...checksumHeaders({ checksum }) });
}
