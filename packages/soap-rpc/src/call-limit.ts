/** A longer timer would end at once. */
const LONGEST_MS = 2 ** 31 - 1;

/** The end of a call that is not of its own making: its time is over, or the caller gives it up. One timer for all of its stages. */
export class CallLimit {
  readonly timeoutMs: number;
  /** Why the call has to end, once it has to. */
  reason: 'timeout' | 'aborted' | undefined;
  readonly #timer: NodeJS.Timeout;
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort = (): void => this.#end('aborted');
  #stop: (() => void) | undefined;

  constructor(timeoutMs: number, signal: AbortSignal | undefined) {
    this.timeoutMs = timeoutMs;
    this.#timer = setTimeout(() => this.#end('timeout'), Math.min(timeoutMs, LONGEST_MS));
    this.#signal = signal;
    if (signal?.aborted === true) this.reason = 'aborted';
    else signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** What the stage under way does when the call has to end; in place of what the last stage would have done. */
  onEnd(stop: () => void): void {
    this.#stop = stop;
    if (this.reason !== undefined) stop();
  }

  /** The call is over. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#signal?.removeEventListener('abort', this.#onAbort);
    this.#stop = undefined;
  }

  #end(reason: 'timeout' | 'aborted'): void {
    if (this.reason !== undefined) return;
    this.reason = reason;
    this.#stop?.();
  }
}
