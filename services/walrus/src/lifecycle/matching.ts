import type { LifecycleFilter } from '../storage/bucket-settings.js';
import type { StoredObject } from '../storage/objects.js';

/** Whether a rule is about this object. */
export function fits(filter: LifecycleFilter, object: Pick<StoredObject, 'key' | 'tags' | 'size'>): boolean {
  if (!object.key.startsWith(filter.prefix ?? '')) return false;
  if (filter.sizeGreaterThan !== undefined && object.size <= filter.sizeGreaterThan) return false;
  if (filter.sizeLessThan !== undefined && object.size >= filter.sizeLessThan) return false;
  return (filter.tags ?? []).every(([key, value]) => object.tags.some((tag) => tag[0] === key && tag[1] === value));
}

/** When something that began at `since` has lasted `days`: S3 rounds up to the next midnight; a shortened day does not. */
export function dueAt(since: Date, days: number, daySeconds: number): Date {
  const due = since.getTime() + days * daySeconds * 1000;
  if (daySeconds !== 86_400) return new Date(due);
  return new Date(Math.ceil(due / 86_400_000) * 86_400_000);
}
