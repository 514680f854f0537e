import { existsSync, readdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { makeIdentity, scratchDirectory, type ScratchDirectory, type TestIdentity } from '@mallee/testing';
import { FakeWalrus } from '../test-support/fake-walrus.js';
import { ImageCache } from './image-cache.js';
import { WalrusImages } from './walrus-images.js';

const never = new AbortController().signal;

describe('image cache', () => {
  let identity: TestIdentity;
  let walrus: FakeWalrus;
  let scratch: ScratchDirectory;
  let used: Set<string>;
  let clock = 0;

  beforeAll(async () => {
    identity = await makeIdentity('node');
  });
  beforeEach(async () => {
    scratch = scratchDirectory();
    used = new Set();
    walrus = new FakeWalrus(identity.certificatePem);
    await walrus.listen();
  });
  afterEach(async () => {
    await walrus.close();
    scratch.remove();
  });

  async function openCache(maxBytes = 1 << 20, urlPrefixes: string[] = []): Promise<ImageCache> {
    const cache = new ImageCache({
      directory: scratch.path,
      maxBytes,
      urlPrefixes,
      source: new WalrusImages(identity),
      inUse: () => used,
      now: () => (clock += 1),
      retryPausesMs: [1, 1],
    });
    await cache.open();
    return cache;
  }
  const blobs = () => readdirSync(join(scratch.path, 'blobs'));
  const leftOvers = () => readdirSync(join(scratch.path, 'incoming'));

  it('fetches once, asks again each time, and remembers over a restart', async () => {
    const url = walrus.put('a', Buffer.from('one'));
    const cache = await openCache();
    const image = await cache.fetch(url, never);
    expect(await readFile(image.path, 'utf8')).toBe('one');
    expect((await cache.fetch(url, never)).sha256).toBe(image.sha256);
    expect((await (await openCache()).fetch(url, never)).sha256).toBe(image.sha256);
    expect(walrus.requests.map(({ status }) => status)).toEqual([200, 304, 304]);
  });

  it('sees an image that was registered again', async () => {
    const cache = await openCache();
    const before = await cache.fetch(walrus.put('a', Buffer.from('one')), never);
    const after = await cache.fetch(walrus.put('a', Buffer.from('two')), never);
    expect(after.sha256).not.toBe(before.sha256);
    expect(await readFile(after.path, 'utf8')).toBe('two');
  });

  it('transfers once for callers at the same time, and keeps equal contents once', async () => {
    const cache = await openCache();
    const url = walrus.put('a', Buffer.alloc(50_000, 1));
    await Promise.all(Array.from({ length: 5 }, () => cache.fetch(url, never)));
    expect(walrus.requests.filter(({ status }) => status === 200)).toHaveLength(1);
    await cache.fetch(walrus.put('b', Buffer.alloc(50_000, 1)), never);
    expect(blobs()).toHaveLength(1);
  });

  it.each([
    ['drop', 'drop'],
    ['cut', 'status-503'],
  ] as const)('tries again after %s and %s', async (one, two) => {
    walrus.mischief.push(one, two);
    const image = await (await openCache()).fetch(walrus.put('a', Buffer.alloc(5000, 1)), never);
    expect(image.sizeBytes).toBe(5000);
    expect(leftOvers()).toEqual([]);
  });

  it('gives up after its attempts, and at once where trying again cannot help', async () => {
    const cache = await openCache();
    const url = walrus.put('a', Buffer.from('one'));
    walrus.mischief.push('status-503', 'status-503', 'status-503');
    await expect(cache.fetch(url, never)).rejects.toMatchObject({
      code: 'Node.ImageFetchFailed',
      message: expect.stringContaining('SlowDown'),
    });
    walrus.mischief.push('status-404');
    await expect(cache.fetch(url, never)).rejects.toMatchObject({
      code: 'Node.ImageFetchFailed',
      message: expect.stringContaining('NoSuchKey'),
    });
    expect(walrus.requests).toHaveLength(4);
  });

  it('passes on what the image service says is wrong with the image', async () => {
    walrus.mischief.push('refused');
    const attempt = (await openCache()).fetch(walrus.put('a', Buffer.from('one')), never);
    await expect(attempt).rejects.toMatchObject({ code: 'Image.DigestMismatch' });
    expect(leftOvers()).toEqual([]);
  });

  it.each(['wrong-digest'] as const)('keeps nothing of an image with a %s', async (mischief) => {
    walrus.mischief.push(mischief);
    const attempt = (await openCache()).fetch(walrus.put('a', Buffer.from('one')), never);
    await expect(attempt).rejects.toMatchObject({ code: 'Node.ImageCorrupt' });
    expect([...blobs(), ...leftOvers()]).toEqual([]);
  });

  it('never takes a short image for a whole one', async () => {
    walrus.mischief.push('wrong-length', 'wrong-length', 'wrong-length');
    const attempt = (await openCache()).fetch(walrus.put('a', Buffer.from('one')), never);
    await expect(attempt).rejects.toMatchObject({ code: expect.stringMatching(/Node\.Image/) });
    expect([...blobs(), ...leftOvers()]).toEqual([]);
  });

  it('ends with the signal', async () => {
    walrus.mischief.push('hang');
    const attempt = (await openCache()).fetch(walrus.put('a', Buffer.from('one')), AbortSignal.timeout(50));
    await expect(attempt).rejects.toThrow();
    expect(leftOvers()).toEqual([]);
  });

  it('makes room by what was unused longest, never by what is in use', async () => {
    const cache = await openCache(250);
    const put = async (name: string) => {
      const image = await cache.fetch(walrus.put(name, Buffer.alloc(100, name)), never);
      image.release();
      return image;
    };
    const [a, b] = [await put('a'), await put('b')];
    await cache.fetch(`${walrus.url()}/services/Walrus/images/a.manifest.xml`, never).then((image) => image.release());
    await put('c');
    expect(existsSync(a.path)).toBe(true);
    expect(existsSync(b.path)).toBe(false);
    for (const name of blobs()) used.add(name);
    await expect(put('d')).rejects.toMatchObject({ code: 'Image.CacheFull' });
    used.clear();
    await put('d');
    expect(blobs()).toHaveLength(2);
  });

  it('does not evict what a launch has just fetched', async () => {
    const cache = await openCache(150);
    const pinned = await cache.fetch(walrus.put('a', Buffer.alloc(100, 1)), never);
    const other = walrus.put('b', Buffer.alloc(100, 2));
    await expect(cache.fetch(other, never)).rejects.toMatchObject({ code: 'Image.CacheFull' });
    pinned.release();
    await cache.fetch(other, never);
    expect(existsSync(pinned.path)).toBe(false);
  });

  it('starts clean after a crash: half downloads go, a damaged index costs only a fetch', async () => {
    const url = walrus.put('a', Buffer.from('one'));
    await (await openCache()).fetch(url, never);
    await writeFile(join(scratch.path, 'incoming', 'half'), 'x');
    await writeFile(join(scratch.path, 'index.json'), '{');
    const cache = await openCache();
    expect(leftOvers()).toEqual([]);
    expect(cache.usedBytes()).toBe(3);
    expect((await cache.fetch(url, never)).sizeBytes).toBe(3);
  });

  it.each([
    'ftp://walrus/x',
    'file:///etc/passwd',
    'http://user:secret@walrus/x',
    'not a url',
    'http://169.254.169.254/latest/',
    'http://walrus:8776/services/WalrusX/a',
    'http://walrus:8776/services/Walrus/../../admin',
    'http://walrus:8776/services/Walrus/..%2f..%2fadmin',
  ])('does not ask %s', async (url) => {
    const cache = await openCache(1000, ['http://walrus:8776/services/Walrus']);
    await expect(cache.fetch(url, never)).rejects.toMatchObject({ code: 'Node.ImageFetchFailed' });
    expect(walrus.requests).toEqual([]);
  });
});
