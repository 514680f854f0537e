import { expect, test } from '@jest/globals';
import { CallLimit } from './call-limit.js';

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

test('ends the stage under way, once, for the first reason', async () => {
  const controller = new AbortController();
  const limit = new CallLimit(30, controller.signal);
  const ended: string[] = [];
  limit.onEnd(() => ended.push('first'));
  limit.onEnd(() => ended.push(`second ${limit.reason}`));
  await pause(100);
  controller.abort();
  expect([ended, limit.reason]).toEqual([['second timeout'], 'timeout']);
  limit.onEnd(() => ended.push('third'));
  expect(ended.at(-1)).toBe('third');
  limit.clear();
});

test('a call that was given up before it began ends at its first stage', () => {
  const limit = new CallLimit(1000, AbortSignal.abort());
  let ended = false;
  limit.onEnd(() => (ended = true));
  expect([ended, limit.reason]).toEqual([true, 'aborted']);
  limit.clear();
});

test('a call that is over is not ended any more, and a very long time is no short one', async () => {
  const controller = new AbortController();
  const limit = new CallLimit(Number.MAX_SAFE_INTEGER, controller.signal);
  let ended = false;
  limit.onEnd(() => (ended = true));
  await pause(20);
  expect(limit.reason).toBeUndefined();
  limit.clear();
  controller.abort();
  expect(ended).toBe(false);
});
