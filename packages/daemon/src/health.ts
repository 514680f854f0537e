import { toMalleeError } from '@mallee/errors';

export interface CheckResult {
  readonly name: string;
  readonly ok: boolean;
  readonly code?: string;
  readonly message?: string;
}

/** Named readiness checks; each throws when what it looks at cannot do its work. */
export class Health {
  readonly #checks = new Map<string, () => Promise<void>>();

  check(name: string, run: () => Promise<void>): void {
    this.#checks.set(name, run);
  }

  /** Runs all checks at once, each bounded by `timeoutMs`. */
  async run(timeoutMs = 3000): Promise<CheckResult[]> {
    return Promise.all([...this.#checks].map(([name, run]) => this.#runOne(name, run, timeoutMs)));
  }

  async #runOne(name: string, run: () => Promise<void>, timeoutMs: number): Promise<CheckResult> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
    });
    try {
      await Promise.race([run(), timeout]);
      return { name, ok: true };
    } catch (error) {
      const typed = toMalleeError(error);
      return { name, ok: false, code: typed.code, message: typed.message };
    } finally {
      clearTimeout(timer);
    }
  }
}
