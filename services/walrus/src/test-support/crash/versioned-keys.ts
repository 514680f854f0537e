import type { CrashClient } from './client.js';
import { elements } from './client.js';
import { md5, oneOf, randomContent } from './expectation.js';

const KEYS = 4;
const VERSIONS = 6;

/** What is known of one key. */
interface Known {
  /** Acknowledged versions: id to digest, the newest last. */
  readonly versions: Map<string, string>;
  /** Versions whose removal was asked for; `true`: acknowledged. */
  readonly removed: Map<string, boolean>;
  /** Digests of versions whose writing nobody acknowledged. */
  readonly maybe: Set<string>;
}

/** Random work of one client on keys of its own in a bucket with versions. */
export class VersionedKeys {
  readonly #client: CrashClient;
  readonly #bucket: string;
  readonly #known: Map<string, Known>;

  constructor(client: CrashClient, bucket: string, prefix: string) {
    this.#client = client;
    this.#bucket = bucket;
    const fresh = (): Known => ({ versions: new Map(), removed: new Map(), maybe: new Set() });
    this.#known = new Map(Array.from({ length: KEYS }, (_, i) => [`${prefix}-${i}`, fresh()]));
  }

  async step(): Promise<void> {
    const [key, known] = oneOf([...this.#known])!;
    if (known.versions.size > VERSIONS) await this.#remove(key, known);
    else if (Math.random() < 0.2) await this.#client.ask('marker', { method: 'DELETE', target: this.#target(key) });
    else await this.#put(key, known);
  }

  async verify(): Promise<void> {
    for (const [key, known] of this.#known) {
      await this.#tidy(key, known);
      for (const [id, digest] of [...known.versions]) await this.#check(key, known, id, digest);
      known.removed.clear();
      known.maybe.clear();
    }
  }

  #target(key: string, versionId?: string): string {
    return `/${this.#bucket}/${key}${versionId === undefined ? '' : `?versionId=${versionId}`}`;
  }

  async #put(key: string, known: Known): Promise<void> {
    const { bytes: body, digest } = randomContent(100_000);
    known.maybe.add(digest);
    const reply = await this.#client.ask('put version', { method: 'PUT', target: this.#target(key), body });
    if (reply === undefined) return;
    known.maybe.delete(digest);
    known.versions.set(String(reply.headers['x-amz-version-id']), digest);
  }

  async #remove(key: string, known: Known): Promise<void> {
    const id = oneOf([...known.versions.keys()])!;
    known.removed.set(id, false);
    const reply = await this.#client.ask('delete version', { method: 'DELETE', target: this.#target(key, id) });
    if (reply === undefined) return;
    known.removed.set(id, true);
    known.versions.delete(id);
  }

  async #check(key: string, known: Known, id: string, digest: string): Promise<void> {
    const { tally } = this.#client;
    const reply = await this.#client.ask('get version', { target: this.#target(key, id) }, [404]);
    if (reply === undefined) return;
    tally.checked++;
    if (reply.status === 404) {
      if (!known.removed.has(id)) tally.wrong.push(`version ${id} of ${key} is lost`);
      known.versions.delete(id);
    } else if (md5(reply.body) !== digest) tally.wrong.push(`version ${id} of ${key} is not what was written`);
  }

  /** Looks at what is listed: nothing acknowledged as removed, nothing never written. Delete markers go, to keep the list short. */
  async #tidy(key: string, known: Known): Promise<void> {
    const { tally } = this.#client;
    const listing = await this.#client.ask('list versions', { target: `/${this.#bucket}?prefix=${key}&versions=` });
    if (listing === undefined) return;
    for (const entry of elements(listing.body, 'Version')) {
      const document = Buffer.from(entry);
      const id = elements(document, 'VersionId')[0]!;
      if (known.removed.get(id) === true) tally.wrong.push(`version ${id} of ${key} is back`);
      if (known.versions.has(id) || known.removed.has(id)) continue;
      const digest = /[0-9a-f]{32}/.exec(elements(document, 'ETag')[0] ?? '')?.[0] ?? '';
      if (!known.maybe.has(digest)) tally.wrong.push(`version ${id} of ${key} was never written`);
      known.versions.set(id, digest);
    }
    for (const entry of elements(listing.body, 'DeleteMarker')) {
      const id = elements(Buffer.from(entry), 'VersionId')[0]!;
      await this.#client.ask('delete marker', { method: 'DELETE', target: this.#target(key, id) });
    }
  }
}
