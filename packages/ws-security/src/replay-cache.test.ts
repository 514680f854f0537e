import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { fingerprint } from './fingerprints.js';
import { ReplayCache } from './index.js';
import { codeOf } from './test-support/messages.js';

const signature = (byte: number): Buffer => Buffer.alloc(256, byte);
const record = (
  cache: ReplayCache,
  messageId: string,
  value: Buffer,
  validUntil: number,
  now: number,
  created?: number,
): string => codeOf(() => cache.record({ messageId, signature: value, created, validUntil, now }));

describe('the replay cache', () => {
  it('refuses a MessageID or a SignatureValue that was used', () => {
    const cache = new ReplayCache();
    expect(record(cache, 'a', signature(1), 1000, 0)).toBe('accepted');
    expect(record(cache, 'a', signature(2), 1000, 0)).toBe('Wire.Replayed');
    expect(record(cache, 'b', signature(1), 1000, 0)).toBe('Wire.Replayed');
    expect(record(cache, 'b', signature(2), 1000, 0)).toBe('accepted');
    expect(cache.size(0)).toBe(2);
  });

  it('refuses new messages when it is full, and forgets when a message cannot be valid any more', () => {
    const cache = new ReplayCache({ capacity: 2 });
    record(cache, 'a', signature(1), 10_000, 0);
    record(cache, 'b', signature(2), 15_000, 0);
    expect(record(cache, 'c', signature(3), 20_000, 9000)).toBe('Wire.ReplayCacheFull');
    expect(record(cache, 'a', signature(1), 10_000, 10_000)).toBe('Wire.Replayed');
    // A full table is searched once a second.
    expect(record(cache, 'c', signature(3), 20_000, 10_001)).toBe('accepted');
    expect(record(cache, 'b', signature(2), 15_000, 10_001)).toBe('Wire.Replayed');
    expect(cache.size(10_001)).toBe(2);
  });

  it('does not take what it has forgotten when the clock is put back', () => {
    const cache = new ReplayCache({ capacity: 1 });
    record(cache, 'a', signature(1), 1000, 0);
    expect(record(cache, 'b', signature(2), 3000, 2000)).toBe('accepted');
    expect(record(cache, 'a', signature(1), 1000, 500)).toBe('Wire.Replayed');
  });

  it('refuses what was created before the start, and nothing without a time for it', () => {
    const cache = new ReplayCache({ startedAt: 10_000 });
    expect(record(cache, 'a', signature(1), 320_000, 10_500, 9999)).toBe('Wire.CreatedBeforeStart');
    expect(record(cache, 'a', signature(1), 320_000, 10_500, 10_000)).toBe('accepted');
    expect(record(cache, 'b', signature(2), 320_000, 10_500)).toBe('accepted');
  });

  it('keeps its bound over a million messages and shrinks when they are gone', () => {
    const capacity = 20_000;
    const cache = new ReplayCache({ capacity });
    const value = randomBytes(256);
    let [full, largest, now] = [0, 0, 1e12];
    const arrive = (messages: number, lifetime: number): void => {
      for (let count = 0; count < messages; count += 1) {
        now += 4;
        value.writeUInt32LE((now / 4) >>> 0, 0);
        const code = record(cache, `urn:uuid:${now}`, value, now + lifetime, now);
        if (code === 'Wire.ReplayCacheFull') full += 1;
        else if (code !== 'accepted') throw new Error(`${count}: ${code}`);
        largest = Math.max(largest, cache.bytes);
      }
    };
    // 15,000 alive at a time, which fit.
    arrive(1_000_000, 60_000);
    expect(full).toBe(0);
    expect(cache.size(now)).toBe(15_001);
    // 30,000 alive at a time, which do not.
    arrive(50_000, 120_000);
    expect(full).toBeGreaterThan(10_000);
    expect(cache.size(now)).toBeLessThanOrEqual(capacity);
    expect(largest).toBe(131_072 * 16);
    for (let count = 0; count < 20_000; count += 1) {
      record(cache, `later ${count}`, randomBytes(256), now + 401_000, now + 400_000 + count);
    }
    expect(cache.bytes).toBeLessThan(largest);
  }, 60_000);

  it('never forgets a living message, whatever the order of times', () => {
    const cache = new ReplayCache({ capacity: 5000 });
    const alive = new Map<string, [Buffer, number]>();
    for (let now = 1; now < 20_000; now += 1) {
      const [id, value, until] = [`m${now}`, randomBytes(256), now + Math.floor(Math.random() * 4000)] as const;
      if (record(cache, id, value, until, now) === 'accepted') alive.set(id, [value, until]);
      if (now % 4000 !== 0) continue;
      for (const [name, [bytes, time]] of alive) {
        if (time < now) alive.delete(name);
        else if (record(cache, name, bytes, time, now) !== 'Wire.Replayed') throw new Error(`${name} was forgotten`);
      }
    }
    expect(alive.size).toBeGreaterThan(1000);
  });
});

it('fingerprints of MessageIDs that differ in a digit do not meet', () => {
  const seen = new Set<string>();
  for (let count = 0; count < 300_000; count += 1) {
    seen.add(fingerprint(`urn:uuid:01234567-0123-4123-8123-${count.toString(16).padStart(12, '0')}`).join());
  }
  expect(seen.size).toBe(300_000);
});
