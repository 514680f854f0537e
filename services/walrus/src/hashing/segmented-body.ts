import type { Body, Sink } from './body.js';
import type { Digests } from './digester.js';
import type { HashJob } from './hash-threads.js';
import { giveSegment, takeSegment } from './segments.js';

/** So many are being filled, written or hashed at a time, for one body. */
export const SEGMENTS = 4;

/**
 * Gathers chunks in segments. A full one goes to the sink and then, while the next one is at the sink, to a hashing thread: nobody
 * else has it meanwhile. Of a body that fails, segments under way are not used again.
 */
export class SegmentedBody implements Body {
  readonly #job: HashJob;
  readonly #sink: Sink;
  #segment: Buffer | undefined;
  #filled = 0;
  #underWay = 0;
  #sinking: Promise<void> = Promise.resolve();
  #failure: { readonly error: unknown } | undefined;
  #onProgress: () => void = () => undefined;

  constructor(job: HashJob, sink: Sink) {
    this.#job = job;
    this.#sink = sink;
  }

  take(chunk: Buffer): Promise<void> | undefined {
    const segment = this.#segment;
    if (segment === undefined || this.#filled + chunk.length >= segment.length) return this.#takeAndSend(chunk);
    this.#filled += chunk.copy(segment, this.#filled);
    return undefined;
  }

  async finish(): Promise<Digests> {
    if (this.#segment !== undefined) this.#send(this.#segment);
    while (this.#underWay > 0 && this.#failure === undefined) await this.#progress();
    if (this.#failure !== undefined) throw this.#failure.error;
    return await this.#job.digest();
  }

  async abort(): Promise<void> {
    this.#failure ??= { error: new Error('the body was given up') };
    this.#job.drop();
    if (this.#segment !== undefined) giveSegment(this.#segment);
    this.#segment = undefined;
    await this.#sinking.catch(() => undefined);
  }

  async #takeAndSend(chunk: Buffer): Promise<void> {
    for (let at = 0; at < chunk.length;) {
      this.#segment ??= await this.#freeSegment();
      const copied = chunk.copy(this.#segment, this.#filled, at);
      at += copied;
      this.#filled += copied;
      if (this.#filled === this.#segment.length) this.#send(this.#segment);
    }
  }

  async #freeSegment(): Promise<Buffer> {
    while (this.#underWay === SEGMENTS && this.#failure === undefined) await this.#progress();
    if (this.#failure !== undefined) throw this.#failure.error;
    return takeSegment();
  }

  #progress(): Promise<void> {
    return new Promise((resolve) => (this.#onProgress = resolve));
  }

  #send(segment: Buffer): void {
    const length = this.#filled;
    this.#segment = undefined;
    this.#filled = 0;
    this.#underWay++;
    this.#sinking = this.#sinking.then(async () => {
      if (this.#failure !== undefined) throw this.#failure.error;
      await this.#sink(segment.subarray(0, length));
    });
    this.#sinking
      .then(() => this.#job.update(segment, length))
      .then(giveSegment)
      .catch((error: unknown) => (this.#failure ??= { error }))
      .finally(() => {
        this.#underWay--;
        this.#onProgress();
      });
  }
}
