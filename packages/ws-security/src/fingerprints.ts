import { randomInt } from 'node:crypto';

const { imul } = Math;

const FIRST_SLOTS = 256;
/** While the table is full it is searched for expired entries this often at most, in milliseconds: the search takes some. */
const SEARCH_PAUSE_MS = 1000;

/** Bytes of one slot: two words of the fingerprint and the time. */
const SLOT_BYTES = 4 + 4 + 8;

/**
 * A set of 64-bit fingerprints, each kept until a time of its own, in flat arrays: 16 bytes a slot, where a Map of strings takes some
 * 200 an entry. Linear probing. An expired entry stays in its slot, so that no chain of probes breaks, until the table is rebuilt:
 * when it is two thirds full, into one that fits what is still alive.
 */
export class Fingerprints {
  readonly #capacity: number;
  #low = new Uint32Array(FIRST_SLOTS);
  #high = new Uint32Array(FIRST_SLOTS);
  /** 0 marks a slot never used. */
  #until = new Float64Array(FIRST_SLOTS);
  #used = 0;
  #searchedAt = Number.NEGATIVE_INFINITY;
  /** The latest time of all entries forgotten; -Infinity before the first. */
  #forgotten = Number.NEGATIVE_INFINITY;

  /** Holds up to `capacity` entries that have not expired. */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get forgotten(): number {
    return this.#forgotten;
  }

  /** Size of the table in bytes; while it is rebuilt, the old and the new one exist. */
  get bytes(): number {
    return this.#low.length * SLOT_BYTES;
  }

  /** Number of entries that have not expired. */
  count(now: number): number {
    let alive = 0;
    const until = this.#until;
    for (let at = 0; at < until.length; at += 1) if (until[at]! !== 0 && until[at]! >= now) alive += 1;
    return alive;
  }

  /** Makes room for `more` entries; false when the table holds its capacity of entries that have not expired. */
  reserve(more: number, now: number): boolean {
    const full = this.#used + more > this.#capacity;
    if (!full && (this.#used + more) * 3 <= this.#low.length * 2) return true;
    if (full && Math.abs(now - this.#searchedAt) < SEARCH_PAUSE_MS) return false;
    if (full) this.#searchedAt = now;
    const alive = this.count(now);
    if (alive + more > this.#capacity) return false;
    let slots = FIRST_SLOTS;
    // At most half full: a table that is rebuilt has room for as many again before the next time.
    while (slots < (alive + more) * 2) slots *= 2;
    this.#rebuild(slots, now);
    return true;
  }

  has(low: number, high: number, now: number): boolean {
    const at = this.#find(low, high);
    return this.#until[at]! !== 0 && this.#until[at]! >= now;
  }

  /** Adds an entry or sets its time. Call `reserve` before. */
  add(low: number, high: number, until: number): void {
    const at = this.#find(low, high);
    if (this.#until[at] === 0) this.#used += 1;
    else if (this.#until[at]! > this.#forgotten) this.#forgotten = this.#until[at]!;
    this.#low[at] = low;
    this.#high[at] = high;
    this.#until[at] = until;
  }

  /** The slot of the entry, or the empty one where it would go. */
  #find(low: number, high: number): number {
    const mask = this.#low.length - 1;
    let at = (imul(low, 0x9e3779b1) ^ high) & mask;
    while (this.#until[at] !== 0 && (this.#low[at] !== low || this.#high[at] !== high)) at = (at + 1) & mask;
    return at;
  }

  #rebuild(slots: number, now: number): void {
    const [low, high, until] = [this.#low, this.#high, this.#until];
    this.#low = new Uint32Array(slots);
    this.#high = new Uint32Array(slots);
    this.#until = new Float64Array(slots);
    this.#used = 0;
    for (let at = 0; at < low.length; at += 1) {
      const time = until[at]!;
      if (time === 0) continue;
      if (time >= now) this.add(low[at]!, high[at]!, time);
      else if (time > this.#forgotten) this.#forgotten = time;
    }
  }
}

// Nobody outside can compute which texts share a slot.
const SEEDS: readonly [number, number] = [randomInt(0x7fffffff), randomInt(0x7fffffff)];

/** 64 bits of a text, as two words: two multiplicative hashes that cross at the end (the construction known as cyrb53). */
export function fingerprint(text: string): readonly [low: number, high: number] {
  let [low, high] = SEEDS;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    low = imul(low ^ unit, 0x9e3779b1);
    high = imul(high ^ unit, 0x5f356495);
  }
  low = imul(low ^ (low >>> 16), 0x85ebca6b) ^ imul(high ^ (high >>> 13), 0xc2b2ae35);
  high = imul(high ^ (high >>> 16), 0x85ebca6b) ^ imul(low ^ (low >>> 13), 0xc2b2ae35);
  return [low >>> 0, high >>> 0];
}
