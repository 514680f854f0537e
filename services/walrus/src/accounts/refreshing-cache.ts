export interface RefreshingCacheOptions<V> {
  /** Asks the source; rejects when it cannot be asked now. */
  readonly load: (key: string) => Promise<V | undefined>;
  /** What the source said in an earlier life of this process; asked when it cannot be asked now and nothing is in memory. */
  readonly recall?: (key: string) => Promise<{ value: V; at: number } | undefined>;
  /** Younger answers are given without asking, in milliseconds. */
  readonly freshMs: number;
  /** Up to this age an answer is given at once and renewed behind it; older ones are renewed first. */
  readonly backgroundMs: number;
  /** How long an answer stands in when the source cannot be asked. */
  readonly staleMs: number;
  /** How long "there is none" is believed. */
  readonly negativeMs: number;
  /** For so long after a failure answers are given at once, however old, and renewed behind: nobody waits for a source that is away. */
  readonly awayMs: number;
  readonly maxEntries: number;
  readonly now?: () => number;
}

interface Entry<V> {
  readonly value: V;
  readonly at: number;
}

/** Answers from memory, renewed from a source that may be away. Questions for one key are asked once at a time. */
export class RefreshingCache<V> {
  readonly #options: RefreshingCacheOptions<V>;
  readonly #now: () => number;
  readonly #entries = new Map<string, Entry<V>>();
  /** Apart, so that guesses of strangers push no real entry out. */
  readonly #absent = new Map<string, number>();
  readonly #loading = new Map<string, Promise<V | undefined>>();

  #failedAt = -Infinity;

  constructor(options: RefreshingCacheOptions<V>) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  async get(key: string): Promise<V | undefined> {
    const { freshMs, backgroundMs, staleMs, negativeMs, awayMs } = this.#options;
    const absentAt = this.#absent.get(key);
    if (absentAt !== undefined && this.#now() - absentAt < negativeMs) return undefined;
    const entry = this.#entries.get(key);
    if (entry === undefined) return await this.#loadOrRecall(key);
    const age = this.#now() - entry.at;
    if (age < freshMs) return entry.value;
    const renewed = this.#load(key);
    const away = this.#now() - this.#failedAt < awayMs;
    if (age < backgroundMs || (away && age < staleMs)) {
      renewed.catch(() => undefined);
      return entry.value;
    }
    try {
      return await renewed;
    } catch (error) {
      if (age < staleMs) return entry.value;
      throw error;
    }
  }

  /** Asks now, whatever the age of the answer; a failure leaves it as it is. */
  async renew(key: string): Promise<void> {
    await this.#load(key);
  }

  async #loadOrRecall(key: string): Promise<V | undefined> {
    try {
      return await this.#load(key);
    } catch (error) {
      const known = await this.#options.recall?.(key).catch(() => undefined);
      if (known === undefined || this.#now() - known.at >= this.#options.staleMs) throw error;
      // Another request may have had an answer of the source meanwhile.
      if ((this.#absent.get(key) ?? -Infinity) >= known.at) return undefined;
      if ((this.#entries.get(key)?.at ?? -Infinity) < known.at) this.#entries.set(key, known);
      this.#bound(this.#entries);
      return this.#entries.get(key)?.value ?? known.value;
    }
  }

  async #load(key: string): Promise<V | undefined> {
    const running = this.#loading.get(key);
    if (running !== undefined) return await running;
    // Of before the question: what changes while it is under way may not be in the answer.
    const at = this.#now();
    const loading = this.#options.load(key).finally(() => this.#loading.delete(key));
    this.#loading.set(key, loading);
    const value = await loading.catch((error: unknown) => {
      this.#failedAt = this.#now();
      throw error;
    });
    this.#failedAt = -Infinity;
    this.#entries.delete(key);
    this.#absent.delete(key);
    if (value === undefined) this.#absent.set(key, at);
    else this.#entries.set(key, { value, at });
    this.#bound(this.#entries);
    this.#bound(this.#absent);
    return value;
  }

  /** Drops what was loaded longest ago. */
  #bound(map: Map<string, unknown>): void {
    while (map.size > this.#options.maxEntries) {
      const oldest = map.keys().next();
      if (oldest.done === true) return;
      map.delete(oldest.value);
    }
  }
}
