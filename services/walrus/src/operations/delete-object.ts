import { bucketOf, mayWrite, require } from '../s3/access.js';
import { writePrecondition } from '../s3/conditions.js';
import type { ObjectContext } from '../s3/context.js';
import { sendEmpty } from '../s3/respond.js';
import { deleteObject as removeObject } from '../storage/objects.js';

/** DELETE /bucket/key: 204 also when there is no such object. */
export async function deleteObject(context: ObjectContext): Promise<void> {
  const { services, caller, key, headers } = context;
  const bucket = await bucketOf(context);
  require(mayWrite(caller, bucket));
  const deleted = await removeObject(services.pool, bucket.name, key, writePrecondition(headers));
  if (deleted) services.janitor.collectSoon();
  sendEmpty(context.response, 204);
}
