import type { Queryable } from '@mallee/database';
import type { Acl } from './acl.js';
import type { Tag } from './bucket-settings.js';
import type { Retention, StoredObject } from './objects.js';

type Version = Pick<StoredObject, 'bucket' | 'key' | 'versionId'>;

/** What may change of a version that is there: everything else is written once. */
export async function setTags(db: Queryable, version: Version, tags: readonly Tag[]): Promise<void> {
  await update(db, version, 'tags = $4', [JSON.stringify(tags)]);
}

export async function setObjectAcl(db: Queryable, version: Version, acl: Acl): Promise<void> {
  await update(db, version, 'acl = $4', [JSON.stringify(acl)]);
}

export async function setLegalHold(db: Queryable, version: Version, hold: boolean): Promise<void> {
  await update(db, version, 'legal_hold = $4', [hold]);
}

export async function setRetention(db: Queryable, version: Version, retention: Retention | undefined): Promise<void> {
  await update(db, version, 'lock_mode = $4, retain_until = $5', [retention?.mode ?? null, retention?.until ?? null]);
}

async function update(db: Queryable, version: Version, assignments: string, values: unknown[]): Promise<void> {
  await db.query(`update object_version set ${assignments} where bucket = $1 and object_key = $2 and version_id = $3`, [
    version.bucket,
    version.key,
    version.versionId,
    ...values,
  ]);
}
