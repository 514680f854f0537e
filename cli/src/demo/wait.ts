import { setTimeout as sleep } from 'node:timers/promises';
import { MalleeError } from '@mallee/errors';

/** Asks until `probe` gives a value; its text so far shows what it waits for. */
export async function waitFor<T>(
  what: string,
  timeoutMs: number,
  probe: () => Promise<T | undefined>,
  everyMs = 500,
): Promise<T> {
  const until = Date.now() + timeoutMs;
  for (;;) {
    const value = await probe();
    if (value !== undefined) return value;
    if (Date.now() > until) {
      throw new MalleeError('Platform.Timeout', `${what} did not happen within ${Math.round(timeoutMs / 1000)} s`);
    }
    await sleep(everyMs);
  }
}
