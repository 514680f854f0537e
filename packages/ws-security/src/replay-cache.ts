import { MalleeError } from '@mallee/errors';

export interface ReplayCacheOptions {
  /** Most messages remembered at a time; beyond it new messages are refused, as forgetting one would open it to replay. */
  readonly capacity?: number;
}

const DEFAULT_CAPACITY = 200_000;
const SIGNATURE_PREFIX = 24;

/**
 * Remembers every verified message for as long as its Timestamp is valid, by SignatureValue and by MessageID. One cache per daemon,
 * shared by all its endpoints. In memory: after a restart a message of the last 320 s could be taken once more.
 */
export class ReplayCache {
  readonly #capacity: number;
  /** Key to the time until which it is kept; in order of arrival, which is nearly the order of expiry. */
  readonly #seen = new Map<string, number>();

  constructor(options: ReplayCacheOptions = {}) {
    this.#capacity = 2 * (options.capacity ?? DEFAULT_CAPACITY);
  }

  /** Number of messages remembered. */
  get size(): number {
    return this.#seen.size / 2;
  }

  /** Records a verified message; throws Wire.Replayed if it was seen before. Times in milliseconds. */
  record(messageId: string, signature: Buffer, validUntil: number, now: number): void {
    this.#forget(now);
    // Fresh strings: a slice would keep the whole message alive. 24 bytes of an RSA signature do not occur twice by chance.
    const bySignature = `s${signature.toString('latin1', 0, SIGNATURE_PREFIX)}`;
    const byId = Buffer.from(`m${messageId}`).toString();
    for (const [key, what] of [
      [bySignature, 'signature'],
      [byId, 'MessageID'],
    ] as const) {
      const until = this.#seen.get(key);
      if (until !== undefined && until >= now) {
        throw new MalleeError('Wire.Replayed', `a message with this ${what} has been received before`);
      }
    }
    if (this.#seen.size + 2 > this.#capacity) {
      throw new MalleeError('Wire.LimitExceeded', 'the replay cache is full', {
        details: { capacity: this.#capacity / 2 },
      });
    }
    for (const key of [bySignature, byId]) {
      this.#seen.delete(key);
      this.#seen.set(key, validUntil);
    }
  }

  /** Drops what has expired from the old end. */
  #forget(now: number): void {
    for (const [key, until] of this.#seen) {
      if (until >= now) break;
      this.#seen.delete(key);
    }
  }
}
