import { expect, it } from '@jest/globals';
import { KeyedQueue } from './keyed-queue.js';

it('runs one task of a key at a time, goes on after a failure, and forgets idle keys', async () => {
  const queue = new KeyedQueue();
  const order: string[] = [];
  const task = (name: string, ms: number) => async (): Promise<void> => {
    order.push(`${name} begins`);
    await new Promise((resolve) => setTimeout(resolve, ms));
    order.push(`${name} ends`);
    if (name === 'a1') throw new Error('no');
  };
  const a1 = queue.run('a', task('a1', 30));
  void queue.run('a', task('a2', 1));
  void queue.run('b', task('b1', 1));
  await expect(a1).rejects.toThrow('no');
  expect(queue.isBusy('a')).toBe(true);
  await queue.idle();
  expect(order.filter((line) => line.startsWith('a'))).toEqual(['a1 begins', 'a1 ends', 'a2 begins', 'a2 ends']);
  expect(order.indexOf('b1 ends')).toBeLessThan(order.indexOf('a1 ends'));
  await new Promise((resolve) => setImmediate(resolve));
  expect(queue.isBusy('a')).toBe(false);
});
