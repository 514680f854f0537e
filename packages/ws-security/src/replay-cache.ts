import { MalleeError } from '@mallee/errors';
import { Fingerprints, fingerprint } from './fingerprints.js';

export interface ReplayCacheOptions {
  /** Most messages remembered at a time; beyond it new messages are refused, as forgetting one would open it to replay. */
  readonly capacity?: number;
  /**
   * When this cache began to remember, in milliseconds since 1970: the start of the daemon. Messages created before it are refused with
   * Wire.CreatedBeforeStart, since the daemon that ran before may have answered them. Without it a message of the last 320 s can be taken
   * once more after a restart.
   */
  readonly startedAt?: number;
}

/** What the cache needs to know of a verified message. Times in milliseconds since 1970. */
export interface ReplayEntry {
  readonly messageId: string;
  /** The SignatureValue. */
  readonly signature: Buffer;
  /** Undefined for a message without Timestamp. */
  readonly created?: number | undefined;
  /** The last moment at which the message would be taken. */
  readonly validUntil: number;
  readonly now: number;
}

const DEFAULT_CAPACITY = 500_000;

/**
 * Remembers every verified message for as long as its Timestamp is valid, by SignatureValue and by MessageID. One cache per daemon,
 * shared by all its endpoints.
 *
 * Memory: a table that grows and shrinks with the messages alive, never above 32 MiB at the default capacity (64 MiB for the moment of
 * a rebuild); see `bytes`. 500,000 messages of 320 s are 1,560 a second, without pause. It keeps fingerprints of 64 bits, so one
 * message in some 10^13 is refused wrongly, and none is taken wrongly.
 *
 * Restart: an unconditional refusal of everything from before the start (`startedAt`) is chosen over a file on disk: it needs no write per
 * message, cannot be lost or rolled back, and costs an honest peer nothing while the clocks agree, as whatever was on its way to the
 * old daemon died with its connection. A peer whose clock is d behind is refused for d after a restart (20 s at most, then it would be
 * refused anyway), and calls again. What remains: messages that a peer with a clock d ahead sent within d before the start.
 */
export class ReplayCache {
  readonly #capacity: number;
  readonly #startedAt: number;
  readonly #seen: Fingerprints;

  constructor(options: ReplayCacheOptions = {}) {
    this.#capacity = options.capacity ?? DEFAULT_CAPACITY;
    this.#startedAt = options.startedAt ?? Number.NEGATIVE_INFINITY;
    this.#seen = new Fingerprints(2 * this.#capacity);
  }

  /** Bytes that the memory of messages takes. */
  get bytes(): number {
    return this.#seen.bytes;
  }

  /** Number of messages remembered at a time. Looks at the whole table. */
  size(now: number): number {
    return this.#seen.count(now) / 2;
  }

  /**
   * Records a verified message. Throws Wire.Replayed if it was seen before, or may have been (older than what is remembered, after the
   * clock was put back), Wire.CreatedBeforeStart, or Wire.ReplayCacheFull.
   */
  record(entry: ReplayEntry): void {
    const { messageId, signature, created, validUntil, now } = entry;
    if (created !== undefined && created < this.#startedAt) throw beforeStart(created, this.#startedAt);
    // The bytes of an RSA signature are as good as random: they are their own fingerprint.
    const [low, high] = [signature.readUInt32LE(0), signature.readUInt32LE(4)];
    const [idLow, idHigh] = fingerprint(messageId);
    if (this.#seen.has(low, high, now)) throw replayed('a message with this signature has been received before');
    if (this.#seen.has(idLow, idHigh, now)) throw replayed('a message with this MessageID has been received before');
    if (validUntil <= this.#seen.forgotten) throw replayed('the message is older than what is remembered');
    if (!this.#seen.reserve(2, now)) throw full(this.#capacity);
    this.#seen.add(low, high, validUntil);
    this.#seen.add(idLow, idHigh, validUntil);
  }
}

function replayed(what: string): MalleeError {
  return new MalleeError('Wire.Replayed', what);
}

function full(capacity: number): MalleeError {
  return new MalleeError('Wire.ReplayCacheFull', `${capacity} messages are remembered against replay`, {
    details: { capacity },
  });
}

function beforeStart(created: number, startedAt: number): MalleeError {
  const details = { created: new Date(created).toISOString(), startedAt: new Date(startedAt).toISOString() };
  const text = `the message was created ${details.created}, before this daemon started at ${details.startedAt}`;
  return new MalleeError('Wire.CreatedBeforeStart', text, { details });
}
