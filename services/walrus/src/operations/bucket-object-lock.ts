import { MalleeError } from '@mallee/errors';
import type { XmlElement } from '@mallee/xml';
import { authorizedBucket } from '../s3/authorize.js';
import type { BucketContext } from '../s3/context.js';
import { childOf, malformed, numberOf, receiveXml, textOf } from '../s3/documents.js';
import { sendEmpty, sendXml } from '../s3/respond.js';
import { element, field, s3Document } from '../s3/xml.js';
import type { LockMode, ObjectLockSettings } from '../storage/bucket-settings.js';
import { setSetting } from '../storage/buckets.js';

/** GET /bucket?object-lock */
export async function getObjectLockConfiguration(context: BucketContext): Promise<void> {
  const { settings } = await authorizedBucket(context, { action: 's3:GetBucketObjectLockConfiguration' });
  const lock = settings.objectLock;
  if (lock === undefined) {
    throw new MalleeError(
      'ObjectLockConfigurationNotFoundError',
      'Object Lock configuration does not exist for this bucket',
    );
  }
  const retention = [field('Mode', lock.mode), field('Days', lock.days), field('Years', lock.years)];
  const rule = lock.mode === undefined ? undefined : element('Rule', element('DefaultRetention', retention));
  sendXml(context.response, 200, s3Document('ObjectLockConfiguration', field('ObjectLockEnabled', 'Enabled'), rule));
}

/** PUT /bucket?object-lock: the retention new objects get. The bucket must be versioned. */
export async function putObjectLockConfiguration(context: BucketContext): Promise<void> {
  const bucket = await authorizedBucket(context, { action: 's3:PutBucketObjectLockConfiguration' });
  const root = await receiveXml(context, 'ObjectLockConfiguration');
  if (bucket.settings.objectLock === undefined && bucket.versioning !== 'enabled') {
    throw new MalleeError('InvalidBucketState', 'bucket object lock not configured');
  }
  if (textOf(root, 'ObjectLockEnabled')?.trim() !== 'Enabled') throw malformed();
  const rule = childOf(root, 'Rule');
  await setSetting(context.services.pool, bucket.name, 'objectLock', rule === undefined ? {} : readRule(rule));
  sendEmpty(context.response, 200);
}

function readRule(rule: XmlElement): ObjectLockSettings {
  const retention = childOf(rule, 'DefaultRetention');
  if (retention === undefined) throw malformed();
  const mode = textOf(retention, 'Mode')?.trim();
  if (mode !== 'GOVERNANCE' && mode !== 'COMPLIANCE') throw malformed();
  const [days, years] = [period(retention, 'Days'), period(retention, 'Years')];
  if ((days === undefined) === (years === undefined)) throw malformed();
  const lock: { mode: LockMode; days?: number; years?: number } = { mode };
  if (days !== undefined) lock.days = days;
  if (years !== undefined) lock.years = years;
  return lock;
}

function period(retention: XmlElement, name: 'Days' | 'Years'): number | undefined {
  const value = numberOf(retention, name, -Infinity);
  if (value === undefined) return undefined;
  if (value < 1 || value > (name === 'Days' ? 36_500 : 100)) {
    throw new MalleeError('InvalidRetentionPeriod', `Default retention period must be a positive integer value.`);
  }
  return value;
}
