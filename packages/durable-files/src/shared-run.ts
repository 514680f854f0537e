/**
 * Lets many callers share the runs of a costly act (a sync, a look-up) that serves all who came before it. One run goes on at a
 * time; who asks while it does waits for the next one. So the run that a caller waits for has begun after the caller asked. A
 * failure reaches all who waited for that run and nobody else.
 */
export class SharedRun<T = void> {
  readonly #act: () => Promise<T>;
  #running: Promise<T> | undefined;
  #next: Promise<T> | undefined;

  constructor(act: () => Promise<T>) {
    this.#act = act;
  }

  /** Nobody waits. */
  get idle(): boolean {
    return this.#running === undefined && this.#next === undefined;
  }

  run(): Promise<T> {
    if (this.#next !== undefined) return this.#next;
    if (this.#running === undefined) return this.#begin();
    const begin = (): Promise<T> => this.#begin();
    this.#next = this.#running.then(begin, begin);
    return this.#next;
  }

  #begin(): Promise<T> {
    this.#next = undefined;
    this.#running = this.#act().finally(() => (this.#running = undefined));
    return this.#running;
  }
}
