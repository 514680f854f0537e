import { describe, expect, it } from '@jest/globals';
import { RefreshingCache } from './refreshing-cache.js';

function setUp(): {
  cache: RefreshingCache<string>;
  asked: string[];
  clock: { now: number };
  source: Map<string, string> & { down?: boolean };
} {
  const clock = { now: 0 };
  const asked: string[] = [];
  const source: Map<string, string> & { down?: boolean } = new Map([['key', 'one']]);
  const cache = new RefreshingCache<string>({
    load: async (key) => {
      asked.push(key);
      if (source.down === true) throw new Error('away');
      return source.get(key);
    },
    freshMs: 5,
    backgroundMs: 60,
    staleMs: 1000,
    negativeMs: 2,
    awayMs: 20,
    maxEntries: 3,
    now: () => clock.now,
  });
  return { cache, asked, clock, source };
}
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('RefreshingCache', () => {
  it('asks once while fresh, renews behind the answer, then before it', async () => {
    const { cache, asked, clock, source } = setUp();
    expect(await cache.get('key')).toBe('one');
    source.set('key', 'two');
    clock.now = 4;
    expect(await cache.get('key')).toBe('one');
    expect(asked).toHaveLength(1);
    clock.now = 10;
    expect(await cache.get('key')).toBe('one');
    await settle();
    expect(await cache.get('key')).toBe('two');
    source.delete('key');
    clock.now = 100;
    expect(await cache.get('key')).toBeUndefined();
  });

  it('keeps answering while the source is away, for a bounded time', async () => {
    const { cache, clock, source } = setUp();
    await cache.get('key');
    source.down = true;
    clock.now = 500;
    expect(await cache.get('key')).toBe('one');
    clock.now = 1001;
    await expect(cache.get('key')).rejects.toThrow('away');
    await expect(cache.get('other')).rejects.toThrow('away');
  });

  it('lets nobody wait for a source that does not answer, once one request has seen that', async () => {
    let fail: ((error: Error) => void) | undefined;
    let now = 0;
    const load = (): Promise<string> => (now === 0 ? Promise.resolve('one') : new Promise((_, no) => (fail = no)));
    const times = { freshMs: 5, backgroundMs: 10, staleMs: 1000, negativeMs: 2, awayMs: 20 };
    const cache = new RefreshingCache<string>({ ...times, load, maxEntries: 3, now: () => now });
    await cache.get('key');
    now = 100;
    const first = cache.get('key');
    fail?.(new Error('timed out'));
    expect(await first).toBe('one');
    now = 110;
    expect(await cache.get('key')).toBe('one');
    fail?.(new Error('timed out'));
  });

  it('asks once for many at the same time and believes an absence for a short time', async () => {
    const { cache, asked, clock, source } = setUp();
    expect(await Promise.all([1, 2, 3].map(() => cache.get('none')))).toEqual([undefined, undefined, undefined]);
    expect(asked).toEqual(['none']);
    source.set('none', 'now there');
    expect(await cache.get('none')).toBeUndefined();
    clock.now = 2;
    expect(await cache.get('none')).toBe('now there');
  });

  it('recalls what was said before only while the source is away, and no absence that was seen since', async () => {
    let now = 100;
    const source = new Map<string, string>();
    let away = true;
    const load = (key: string): Promise<string | undefined> =>
      away ? Promise.reject(new Error('away')) : Promise.resolve(source.get(key));
    const recall = (key: string) => Promise.resolve(key === 'key' ? { value: 'before', at: 50 } : undefined);
    const times = { freshMs: 5, backgroundMs: 10, staleMs: 1000, negativeMs: 2, awayMs: 20 };
    const cache = new RefreshingCache<string>({ ...times, load, recall, maxEntries: 3, now: () => now });
    expect(await cache.get('key')).toBe('before');
    await expect(cache.get('other')).rejects.toThrow('away');
    away = false;
    now = 130;
    expect(await cache.get('key')).toBeUndefined();
    away = true;
    now = 140;
    expect(await cache.get('key')).toBeUndefined();
    source.set('key', 'now');
    away = false;
    expect(await cache.get('key')).toBe('now');
    away = true;
    const late = new RefreshingCache<string>({ ...times, load, recall, maxEntries: 3, now: () => 1050 });
    await expect(late.get('key')).rejects.toThrow('away');
  });

  it('is bounded, and guesses push nothing real out', async () => {
    const { cache, asked } = setUp();
    await cache.get('key');
    for (let i = 0; i < 20; i++) await cache.get(`guess ${i}`);
    asked.length = 0;
    await cache.get('key');
    expect(asked).toEqual([]);
  });
});
