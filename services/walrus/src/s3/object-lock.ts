import type { OutgoingHttpHeaders } from 'node:http';
import { headerValue } from '@mallee/aws-signatures';
import { MalleeError } from '@mallee/errors';
import type { Bucket } from '../storage/buckets.js';
import type { ObjectLockSettings } from '../storage/bucket-settings.js';
import type { Retention, StoredObject } from '../storage/objects.js';
import { denied, isAllowed } from './authorize.js';
import type { S3Context } from './context.js';

const MODES: readonly string[] = ['GOVERNANCE', 'COMPLIANCE'];

/** Retention and legal hold of a new object: what its headers say, else the rule of the bucket. */
export function lockOfNewObject(
  context: Pick<S3Context, 'headers'> & { readonly services: Pick<S3Context['services'], 'now'> },
  bucket: Bucket,
): Pick<StoredObject, 'retention' | 'legalHold'> {
  const { headers, services } = context;
  const mode = headerValue(headers, 'x-amz-object-lock-mode');
  const until = headerValue(headers, 'x-amz-object-lock-retain-until-date');
  const hold = headerValue(headers, 'x-amz-object-lock-legal-hold');
  const { objectLock } = bucket.settings;
  if (mode === undefined && until === undefined && hold === undefined) {
    return { retention: ruleRetention(objectLock, services.now()), legalHold: undefined };
  }
  if (objectLock === undefined) {
    throw new MalleeError('InvalidRequest', 'Bucket is missing Object Lock Configuration');
  }
  if ((mode === undefined) !== (until === undefined)) {
    throw new MalleeError(
      'InvalidArgument',
      'x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied',
    );
  }
  if (hold !== undefined && hold !== 'ON' && hold !== 'OFF') {
    throw new MalleeError('InvalidArgument', 'The legal hold must be ON or OFF.');
  }
  const retention =
    mode === undefined ? ruleRetention(objectLock, services.now()) : retentionOf(mode, until ?? '', services.now());
  return { retention, legalHold: hold === undefined ? undefined : hold === 'ON' };
}

/** Reads a retention. Throws `InvalidArgument`. */
export function retentionOf(mode: string, until: string, now: Date): Retention {
  const date = new Date(until);
  if (!MODES.includes(mode) || Number.isNaN(date.getTime()) || !/^\d{4}-\d\d-\d\dT/.test(until)) {
    throw new MalleeError('InvalidArgument', 'The retention mode or date is not valid.');
  }
  if (date <= now) throw new MalleeError('InvalidArgument', 'The retain until date must be in the future!');
  return { mode: mode as Retention['mode'], until: date };
}

/** Gives a check that throws `AccessDenied` when a version may not be deleted yet. */
export function deletionGuard(context: S3Context, bucket: Bucket): ((version: StoredObject) => void) | undefined {
  if (bucket.settings.objectLock === undefined) return undefined;
  return (version) => {
    if (version.deleteMarker) return;
    if (version.legalHold === true) throw denied();
    const { retention } = version;
    if (retention === undefined || retention.until <= context.services.now()) return;
    if (retention.mode === 'COMPLIANCE' || !bypasses(context, bucket, version.key)) throw denied();
  };
}

/** Whether the caller asks to go past governance retention, and may. */
export function bypasses(context: S3Context, bucket: Bucket, key: string): boolean {
  const asked = headerValue(context.headers, 'x-amz-bypass-governance-retention')?.toLowerCase() === 'true';
  return asked && isAllowed(context, bucket, { action: 's3:BypassGovernanceRetention', key });
}

export function lockHeaders(object: StoredObject): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = {};
  if (object.retention !== undefined) {
    headers['x-amz-object-lock-mode'] = object.retention.mode;
    headers['x-amz-object-lock-retain-until-date'] = object.retention.until.toISOString();
  }
  if (object.legalHold !== undefined) headers['x-amz-object-lock-legal-hold'] = object.legalHold ? 'ON' : 'OFF';
  return headers;
}

function ruleRetention(rule: ObjectLockSettings | undefined, now: Date): Retention | undefined {
  if (rule?.mode === undefined) return undefined;
  const until = new Date(now);
  if (rule.days !== undefined) until.setUTCDate(until.getUTCDate() + rule.days);
  else until.setUTCFullYear(until.getUTCFullYear() + (rule.years ?? 0));
  return { mode: rule.mode, until };
}
