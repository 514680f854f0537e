import { MalleeError } from '@mallee/errors';
import type { ObjectContext } from '../s3/context.js';
import { malformed, receiveXml, textOf } from '../s3/documents.js';
import { denied } from '../s3/authorize.js';
import { bypasses, retentionOf } from '../s3/object-lock.js';
import { findReadable } from '../s3/open-readable.js';
import { sendEmpty, sendXml } from '../s3/respond.js';
import { field, s3Document } from '../s3/xml.js';
import type { Bucket } from '../storage/buckets.js';
import { setRetention } from '../storage/change-version.js';
import type { Retention } from '../storage/objects.js';

/** GET /bucket/key?retention */
export async function getObjectRetention(context: ObjectContext): Promise<void> {
  const actions = { current: 's3:GetObjectRetention', version: 's3:GetObjectRetention' };
  const { object, bucket } = await findReadable(context, actions);
  requireObjectLock(bucket);
  const { retention } = object;
  if (retention === undefined) {
    throw new MalleeError(
      'NoSuchObjectLockConfiguration',
      'The specified object does not have a ObjectLock configuration',
    );
  }
  const until = field('RetainUntilDate', retention.until.toISOString());
  sendXml(context.response, 200, s3Document('Retention', field('Mode', retention.mode), until));
}

/** PUT /bucket/key?retention: it may grow; shortening governance needs the bypass, shortening compliance is refused. */
export async function putObjectRetention(context: ObjectContext): Promise<void> {
  const actions = { current: 's3:PutObjectRetention', version: 's3:PutObjectRetention' };
  const { object, bucket } = await findReadable(context, actions);
  requireObjectLock(bucket);
  const root = await receiveXml(context, 'Retention');
  const [mode, until] = [textOf(root, 'Mode')?.trim(), textOf(root, 'RetainUntilDate')?.trim()];
  if ((mode === undefined) !== (until === undefined)) throw malformed();
  if (mode !== undefined && mode !== 'GOVERNANCE' && mode !== 'COMPLIANCE') throw malformed();
  const wanted = mode === undefined ? undefined : retentionOf(mode, until ?? '', context.services.now());
  const held = object.retention;
  if (held !== undefined && held.until > context.services.now() && weakens(held, wanted)) {
    if (held.mode === 'COMPLIANCE' || !bypasses(context, bucket, object.key)) throw denied();
  }
  await setRetention(context.services.pool, object, wanted);
  sendEmpty(context.response, 200);
}

/** Throws `InvalidRequest` unless the bucket has object lock. */
export function requireObjectLock(bucket: Bucket): void {
  if (bucket.settings.objectLock !== undefined) return;
  throw new MalleeError('InvalidRequest', 'Bucket is missing Object Lock Configuration');
}

function weakens(held: Retention, wanted: Retention | undefined): boolean {
  if (wanted === undefined || wanted.until < held.until) return true;
  return held.mode === 'COMPLIANCE' ? wanted.mode !== 'COMPLIANCE' : wanted.mode !== held.mode;
}
