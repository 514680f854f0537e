import { bucketOf, requireOwner } from '../s3/access.js';
import type { BucketContext } from '../s3/context.js';
import { sendXml } from '../s3/respond.js';
import { s3Document } from '../s3/xml.js';

/** GET /bucket?versioning: empty, which says that it was never enabled. */
export async function getBucketVersioning(context: BucketContext): Promise<void> {
  requireOwner(context.caller, await bucketOf(context));
  sendXml(context.response, 200, s3Document('VersioningConfiguration'));
}
