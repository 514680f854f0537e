import { isMalleeError } from '@mallee/errors';
import { canonicalize } from '@mallee/xml';
import type { VerifiedMessage } from '../index.js';
import type { Sample } from './samples.js';

/** What a service learns of a message. */
export function dispatched(message: VerifiedMessage): string {
  const { action, messageId, to, certificatePem, bodySigned, payload } = message;
  // A Body that the peer never signed is nobody's word; that is what the profile means, and bodySigned says so.
  return JSON.stringify([action, messageId, to, certificatePem, bodySigned, bodySigned ? canonicalize(payload) : '']);
}

/** For tests: counts what became of the variants of one message. */
export class Tally {
  readonly #sample: Sample;
  readonly #genuine: string;
  built = 0;
  accepted = 0;
  /** Variants that were accepted and say something else, or that ended in anything but a Wire error. */
  readonly wrong: string[] = [];

  constructor(sample: Sample) {
    this.#sample = sample;
    this.#genuine = dispatched(sample.receive(sample.text));
  }

  try(message: string | Uint8Array, what: () => string): void {
    this.built += 1;
    try {
      const received = this.#sample.receive(message);
      this.accepted += 1;
      if (dispatched(received) !== this.#genuine) this.wrong.push(what());
      // The strict reader has the last word on what the short way takes.
      this.#sample.receive(message, { shortWay: false });
    } catch (error) {
      if (!isMalleeError(error) || !error.code.startsWith('Wire.')) this.wrong.push(`${what()}: ${String(error)}`);
    }
  }

  /** One line for the log of the tests: how much was tried. */
  report(what: string): void {
    process.stdout.write(
      `  ${what}: ${this.built} messages built, ${this.accepted} accepted, ${this.wrong.length} wrong\n`,
    );
  }
}

/** A generator of numbers in [0, 1) that gives the same ones for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
