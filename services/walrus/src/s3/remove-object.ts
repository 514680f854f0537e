import type { Bucket } from '../storage/buckets.js';
import { deleteCurrent, deleteVersion, type Precondition } from '../storage/write-version.js';
import type { S3Context } from './context.js';
import { deletionGuard } from './object-lock.js';
import { findVersion } from '../storage/objects.js';

export interface Removed {
  /** The version that went, or the id of the delete marker that came. */
  readonly versionId: string | undefined;
  /** That version is a delete marker. */
  readonly marker: boolean;
  /** The marker is new. */
  readonly created: boolean;
}

/** Deletes an object or one version of it, as the versioning of the bucket has it. Throws `AccessDenied` for a locked one. */
export async function removeObject(
  context: S3Context,
  bucket: Bucket,
  target: { readonly key: string; readonly versionId: string | undefined },
  precondition?: Precondition,
): Promise<Removed> {
  const { services, caller } = context;
  const { key, versionId } = target;
  const guard = deletionGuard(context, bucket);
  if (versionId !== undefined) {
    precondition?.(await findVersion(services.pool, bucket.name, key, versionId));
    const removed = await deleteVersion(services.pool, bucket.name, key, versionId, guard);
    services.janitor.collectSoon();
    return { versionId, marker: removed?.deleteMarker === true, created: false };
  }
  const owner = caller ?? bucket.owner;
  const deleted = await deleteCurrent(services.pool, { bucket: bucket.name, key, owner }, precondition, guard);
  services.janitor.collectSoon();
  const { markerId } = deleted;
  return { versionId: markerId, marker: markerId !== undefined, created: markerId !== undefined };
}
