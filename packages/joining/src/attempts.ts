import { MalleeError } from '@mallee/errors';

const WINDOW_MS = 60_000;
const PER_ADDRESS = 10;
const IN_ALL = 100;
const ADDRESSES = 10_000;

/**
 * Counts failed attempts within a minute, an address and in all. The secrets are too long to be guessed; this keeps a host that tries
 * all the same from costing more than an answer.
 */
export class Attempts {
  readonly #now: () => number;
  #windowEnds = 0;
  #all = 0;
  readonly #byAddress = new Map<string, number>();

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** @throws Joining.TooManyAttempts */
  check(address: string): void {
    this.#turn();
    if (this.#all < IN_ALL && (this.#byAddress.get(address) ?? 0) < PER_ADDRESS) return;
    throw new MalleeError('Joining.TooManyAttempts', 'too many attempts failed; try again in a minute');
  }

  failed(address: string): void {
    this.#turn();
    this.#all += 1;
    if (this.#byAddress.size < ADDRESSES || this.#byAddress.has(address)) {
      this.#byAddress.set(address, (this.#byAddress.get(address) ?? 0) + 1);
    }
  }

  #turn(): void {
    const now = this.#now();
    if (now < this.#windowEnds) return;
    this.#windowEnds = now + WINDOW_MS;
    this.#all = 0;
    this.#byAddress.clear();
  }
}
