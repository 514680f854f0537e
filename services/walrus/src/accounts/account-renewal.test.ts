import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { createLogger } from '@mallee/daemon';
import { AccountRenewal } from './account-renewal.js';

const logger = createLogger({ name: 'test', level: 'fatal' });
beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

it('asks about one user a second while there is one, else looks now and then, also after a failure, until it is stopped', async () => {
  const answers: (boolean | Error)[] = [true, true, false, new Error('away'), true];
  const asked: number[] = [];
  let pruned = 0;
  const renewOldest = (): Promise<boolean> => {
    asked.push(Date.now() - began);
    const answer = answers.shift() ?? false;
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  const prune = (): Promise<void> => Promise.resolve(void pruned++);
  const began = Date.now();
  const renewal = new AccountRenewal({ renewOldest, prune }, logger);
  renewal.start();
  await jest.advanceTimersByTimeAsync(45_000);
  expect(asked).toEqual([10_000, 11_000, 12_000, 22_000, 32_000, 33_000, 43_000]);
  expect(pruned).toBe(1);
  renewal.stop();
  await jest.advanceTimersByTimeAsync(60_000);
  expect(asked).toHaveLength(7);
});
