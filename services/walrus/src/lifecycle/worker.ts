import type { Logger } from '@mallee/daemon';
import type { Pool } from '@mallee/database';
import type { LifecycleRule } from '../storage/bucket-settings.js';
import { bucketsWith, type Bucket } from '../storage/buckets.js';
import { listVersionsPage, type ListedVersion, type VersionListingPage } from '../storage/list-versions.js';
import { abortUpload, uploadsOf } from '../storage/multipart.js';
import type { StoredObject } from '../storage/objects.js';
import { deleteCurrent, deleteVersion } from '../storage/write-version.js';
import { dueAt, fits } from './matching.js';

export interface LifecycleOptions {
  readonly pool: Pool;
  readonly logger: Logger;
  readonly janitor: { collectSoon(): void };
  /** How long a "day" of a rule lasts; 86400, or less in tests. */
  readonly daySeconds: number;
  readonly intervalMs: number;
  readonly now: () => Date;
}

const PAGE = 1000;

/** Carries out the expiration of lifecycle rules: looks at every bucket that has rules, each interval. */
export class LifecycleWorker {
  readonly #options: LifecycleOptions;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<unknown> = Promise.resolve();
  #stopping = false;

  constructor(options: LifecycleOptions) {
    this.#options = options;
  }

  start(): void {
    const { intervalMs, logger } = this.#options;
    let busy = false;
    this.#timer = setInterval(() => {
      if (busy) return;
      busy = true;
      this.#running = this.run()
        .catch((error: unknown) => logger.warn({ err: error }, 'the lifecycle worker could not finish; it tries again'))
        .finally(() => (busy = false));
    }, intervalMs);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    clearInterval(this.#timer);
    await this.#running;
  }

  /** One pass over all buckets; gives how many versions and uploads went. */
  async run(): Promise<number> {
    let expired = 0;
    for (const bucket of await bucketsWith(this.#options.pool, 'lifecycle')) {
      const rules = (bucket.settings.lifecycle ?? []).filter((rule) => rule.enabled);
      expired += await this.#expireVersions(bucket, rules);
      expired += await this.#abortUploads(bucket, rules);
    }
    if (expired > 0) this.#options.janitor.collectSoon();
    return expired;
  }

  async #expireVersions(bucket: Bucket, rules: readonly LifecycleRule[]): Promise<number> {
    let expired = 0;
    let history: History = { key: '', noncurrent: 0, newer: undefined };
    let page: VersionListingPage | undefined = await this.#page(bucket, { key: '', versionId: undefined });
    while (page !== undefined) {
      // Before anything of this page goes: the next one begins behind its last version.
      const following: VersionListingPage | undefined =
        page.next === undefined ? undefined : await this.#page(bucket, page.next);
      for (const [i, version] of page.versions.entries()) {
        if (this.#stopping) return expired;
        history = advance(history, version);
        const after = page.versions[i + 1] ?? following?.versions[0];
        const alone = version.isLatest && after?.object.key !== version.object.key;
        if (await this.#expireOne(bucket, rules, version, { ...history, alone })) expired++;
      }
      page = following;
    }
    return expired;
  }

  async #page(bucket: Bucket, after: { key: string; versionId: string | undefined }): Promise<VersionListingPage> {
    return await listVersionsPage(this.#options.pool, {
      bucket: bucket.name,
      prefix: '',
      delimiter: undefined,
      keyMarker: after.key,
      versionIdMarker: after.versionId,
      maxKeys: PAGE,
    });
  }

  async #expireOne(
    bucket: Bucket,
    rules: readonly LifecycleRule[],
    { object, isLatest }: ListedVersion,
    history: History & { alone: boolean },
  ): Promise<boolean> {
    const due = rules.some((rule) => this.#isDue(rule, object, isLatest, history));
    if (!due || isHeld(object, this.#options.now())) return false;
    const { pool } = this.#options;
    const { key } = object;
    // Only if it still is what was looked at, and nothing holds it by now.
    const unchanged = (current: StoredObject | undefined): void => {
      if (current?.rank !== object.rank || isHeld(current, this.#options.now())) throw new Changed();
    };
    try {
      if (isLatest && !object.deleteMarker) {
        await deleteCurrent(pool, { bucket: bucket.name, key, owner: bucket.owner }, unchanged);
        return true;
      }
      return (await deleteVersion(pool, bucket.name, key, object.versionId, unchanged)) !== undefined;
    } catch (error) {
      if (error instanceof Changed) return false;
      throw error;
    }
  }

  #isDue(rule: LifecycleRule, object: StoredObject, isLatest: boolean, history: History & { alone: boolean }): boolean {
    const { daySeconds } = this.#options;
    const now = this.#options.now();
    const passed = (since: Date, days: number): boolean => dueAt(since, days, daySeconds) <= now;
    if (!fits(rule.filter, object)) return false;
    if (!isLatest) {
      if (rule.noncurrentDays === undefined && rule.newerNoncurrentVersions === undefined) return false;
      if (history.noncurrent <= (rule.newerNoncurrentVersions ?? 0)) return false;
      return passed(history.newer ?? object.lastModified, rule.noncurrentDays ?? 0);
    }
    if (object.deleteMarker) {
      if (!history.alone) return false;
      return (
        rule.expireMarkers === true || (rule.expireDays !== undefined && passed(object.lastModified, rule.expireDays))
      );
    }
    if (rule.expireDate !== undefined) return new Date(rule.expireDate) <= now;
    return rule.expireDays !== undefined && passed(object.lastModified, rule.expireDays);
  }

  async #abortUploads(bucket: Bucket, rules: readonly LifecycleRule[]): Promise<number> {
    const aborting = rules.filter((rule) => rule.abortUploadDays !== undefined);
    if (aborting.length === 0) return 0;
    const { pool, now, daySeconds } = this.#options;
    let aborted = 0;
    let after = { afterKey: '', afterId: '' };
    for (;;) {
      const uploads = await uploadsOf(pool, { bucket: bucket.name, prefix: '', ...after, limit: PAGE });
      for (const upload of uploads) {
        const due = aborting.some(
          (rule) =>
            upload.key.startsWith(rule.filter.prefix ?? '') &&
            dueAt(upload.initiatedAt, rule.abortUploadDays ?? 0, daySeconds) <= now(),
        );
        if (!due) continue;
        await abortUpload(pool, upload.uploadId).then(
          () => aborted++,
          () => undefined,
        );
      }
      const last = uploads[uploads.length - 1];
      if (uploads.length < PAGE || last === undefined) return aborted;
      after = { afterKey: last.key, afterId: last.uploadId };
    }
  }
}

class Changed extends Error {}

/** What the versions of the same key that came before (newer ones) say about the next. */
interface History {
  readonly key: string;
  /** How many noncurrent versions there are up to this one. */
  readonly noncurrent: number;
  /** When the version became noncurrent: the time of the next newer one. */
  readonly newer: Date | undefined;
  readonly previous?: Date;
}

function advance(history: History, { object, isLatest }: ListedVersion): History {
  const { key, lastModified } = object;
  if (key !== history.key || isLatest)
    return { key, noncurrent: isLatest ? 0 : 1, newer: undefined, previous: lastModified };
  return { key, noncurrent: history.noncurrent + 1, newer: history.previous, previous: lastModified };
}

function isHeld(object: StoredObject, now: Date): boolean {
  return object.legalHold === true || (object.retention !== undefined && object.retention.until > now);
}
