import type { OutgoingHttpHeaders } from 'node:http';
import type { Bucket } from '../storage/buckets.js';
import type { StoredObject } from '../storage/objects.js';
import { dueAt, fits } from './matching.js';

const DAY_SECONDS = 86_400;

/** `x-amz-expiration` of an object that a lifecycle rule will expire. */
export function expiryHeader(
  bucket: Bucket,
  object: Pick<StoredObject, 'key' | 'tags' | 'size' | 'lastModified'>,
): OutgoingHttpHeaders {
  let first: { at: Date; id: string } | undefined;
  for (const rule of bucket.settings.lifecycle ?? []) {
    if (!rule.enabled || !fits(rule.filter, object)) continue;
    const at =
      rule.expireDate !== undefined
        ? new Date(rule.expireDate)
        : rule.expireDays !== undefined
          ? dueAt(object.lastModified, rule.expireDays, DAY_SECONDS)
          : undefined;
    if (at !== undefined && (first === undefined || at < first.at)) first = { at, id: rule.id };
  }
  if (first === undefined) return {};
  return { 'x-amz-expiration': `expiry-date="${first.at.toUTCString()}", rule-id="${encodeURIComponent(first.id)}"` };
}
