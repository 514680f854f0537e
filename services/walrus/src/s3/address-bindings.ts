import { MalleeError } from '@mallee/errors';

/** As long as a date is accepted, both ways. */
const KEPT_MS = 30 * 60_000;
const MAX_ENTRIES = 10_000;

/**
 * Remembers from which address a signature was first used. Original nodes sign without a nonce, and send the same signature again when
 * they retry, so a repetition is no attack; one from elsewhere is.
 */
export class AddressBindings {
  readonly #seen = new Map<string, { address: string; until: number }>();

  /** Throws `AccessDenied` when the signature was used from another address. `now` in milliseconds. */
  require(signature: string, address: string, now: number): void {
    for (const [known, { until }] of this.#seen) {
      if (until > now && this.#seen.size < MAX_ENTRIES) break;
      this.#seen.delete(known);
    }
    const found = this.#seen.get(signature);
    if (found === undefined) this.#seen.set(signature, { address, until: now + KEPT_MS });
    else if (found.address !== address) {
      throw new MalleeError('AccessDenied', 'The signature of the request was used from another address before.');
    }
  }
}
