import { expect, test } from '@jest/globals';
import { freeMemory } from './free-memory.js';

test('a large buffer is empty afterwards; one that is a part of other memory, or small, stays', () => {
  const whole = Buffer.alloc(64 * 1024, 1);
  const large = Buffer.alloc(256 * 1024, 1);
  const part = large.subarray(0, 64 * 1024);
  const small = Buffer.alloc(100, 1);
  for (const bytes of [whole, part, small]) freeMemory(bytes);
  expect([whole.length, part.length, large.length, small.length]).toEqual([0, 65_536, 262_144, 100]);
});
