/**
 * Lets many callers share the runs of a costly act (a sync) that serves all who came before it. One run goes on at a time; who
 * asks while it does waits for the next one. So the run that a caller waits for has begun after the caller asked. A failure reaches
 * all who waited for that run and nobody else.
 */
export class SharedRun {
  readonly #act: () => Promise<void>;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  constructor(act: () => Promise<void>) {
    this.#act = act;
  }

  run(): Promise<void> {
    if (this.#next !== undefined) return this.#next;
    if (this.#running === undefined) return this.#begin();
    const begin = (): Promise<void> => this.#begin();
    this.#next = this.#running.then(begin, begin);
    return this.#next;
  }

  #begin(): Promise<void> {
    this.#next = undefined;
    this.#running = this.#act().finally(() => (this.#running = undefined));
    return this.#running;
  }
}
