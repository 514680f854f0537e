import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeReal, scratchDirectory, type ScratchDirectory } from '@mallee/testing';
import { plainName, prepareDisk, type PrepareOptions } from './prepare-disk.js';

const run = promisify(execFile);
const MIB = 1024 * 1024;

describeReal({ programs: ['qemu-img', 'gzip', 'xz', 'bzip2', 'zstd', 'prlimit'] }, 'disks to import', () => {
  let scratch: ScratchDirectory;
  let server: Server;
  let base: string;
  let digest: string;
  const at = (name: string): string => join(scratch.path, name);
  let runs = 0;
  const prepare = async (source: string, more: Partial<PrepareOptions> = {}) => {
    const directory = at(`work${runs++}`);
    await mkdir(directory);
    return await prepareDisk({ source, directory, maxBytes: 64 * MIB, onProgress: () => undefined, ...more });
  };
  const codeOf = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'nothing',
      (error: unknown) => (error as { code?: string }).code ?? String(error),
    );
  const digestOf = async (path: string): Promise<string> =>
    createHash('sha256')
      .update(await readFile(path))
      .digest('hex');

  beforeAll(async () => {
    scratch = scratchDirectory();
    const disk = Buffer.alloc(20 * MIB);
    randomBytes(MIB).copy(disk, 5 * MIB);
    disk.write('GRUB', 100);
    disk[446 + 4] = 0x83;
    disk.writeUInt32LE(2048, 446 + 12);
    disk.writeUInt16BE(0x55aa, 510);
    await writeFile(at('disk.raw'), disk);
    digest = await digestOf(at('disk.raw'));
    await run('qemu-img', ['convert', '-f', 'raw', '-O', 'qcow2', '-c', at('disk.raw'), at('disk.qcow2')]);
    for (const name of ['disk.raw', 'disk.qcow2']) {
      await run('gzip', ['-k', at(name)]);
      await run('xz', ['-k', '-T1', '-1', at(name)]);
      await run('bzip2', ['-k', at(name)]);
      await run('zstd', ['-q', '-k', '-o', at(`${name}.zst`), at(name)]);
    }
    server = createServer((request, response) => {
      if (request.url === '/cut') response.writeHead(200, { 'content-length': 1000 }).end('short');
      else if (request.url === '/big') response.writeHead(200, { 'content-length': 100 * MIB }).end();
      else if (request.url === '/endless') createReadStream('/dev/zero').pipe(response);
      else if (request.url?.startsWith('/disk')) createReadStream(at(request.url.slice(1))).pipe(response);
      else response.writeHead(404).end();
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }, 60_000);
  afterAll(() => {
    server?.closeAllConnections();
    server?.close();
    scratch.remove();
  });

  it.each(['raw', 'qcow2'])(
    'are taken as %s, packed or not',
    async (format) => {
      for (const suffix of ['', '.gz', '.xz', '.bz2', '.zst']) {
        const disk = await prepare(at(`disk.${format}${suffix}`));
        expect(disk).toMatchObject({ size: 20 * MIB, name: 'disk', format, content: { table: 'mbr', loader: 'bios' } });
        expect(await digestOf(disk.path)).toBe(digest);
      }
      const { path } = await prepare(at('disk.raw.zst'));
      expect((await stat(path)).blocks * 512).toBeLessThan(5 * MIB); // the rest are holes
    },
    60_000,
  );

  it('are fetched from a URL, whole and no larger than allowed', async () => {
    expect(await digestOf((await prepare(`${base}/disk.qcow2.xz`)).path)).toBe(digest);
    expect(await codeOf(prepare(`${base}/none`))).toBe('Image.DownloadFailed');
    expect(await codeOf(prepare(`${base}/cut`))).toBe('Image.DownloadFailed');
    expect(await codeOf(prepare(`${base}/big`))).toBe('Image.TooLarge');
    expect(await codeOf(prepare(`${base}/endless`))).toBe('Image.TooLarge');
    expect(await codeOf(prepare('http://127.0.0.1:1/x'))).toBe('Image.DownloadFailed');
    expect(await codeOf(prepare('file:///etc/passwd'))).toBe('Command.Invalid');
    expect(await codeOf(prepare('ftp://host/x'))).toBe('Command.Invalid');
  }, 60_000);

  it('are refused when they unpack to too much, are damaged, or nothing', async () => {
    for (const suffix of ['gz', 'xz', 'bz2', 'zst']) {
      expect(await codeOf(prepare(at(`disk.raw.${suffix}`), { maxBytes: 10 * MIB }))).toBe('Image.TooLarge');
      const bytes = await readFile(at(`disk.raw.${suffix}`));
      await writeFile(at(`cut.${suffix}`), bytes.subarray(0, bytes.length / 2));
      expect(await codeOf(prepare(at(`cut.${suffix}`)))).toBe('Image.FormatRefused');
    }
    await writeFile(at('empty'), '');
    expect(await codeOf(prepare(at('empty')))).toBe('Image.FormatRefused');
    expect(await codeOf(prepare(at('nowhere')))).toBe('Command.Invalid');
    expect(await codeOf(prepare(scratch.path))).toBe('Command.Invalid');
    expect(await codeOf(prepare(at('disk.raw'), { format: 'qcow2' }))).toBe('Image.FormatRefused');
  }, 60_000);

  it('never lead to another file, also when they are packed', async () => {
    await writeFile(at('secret'), randomBytes(MIB));
    await run('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', at('secret'), '-F', 'raw', at('backed.qcow2')]);
    expect(await codeOf(prepare(at('backed.qcow2')))).toBe('Image.FormatRefused');
    await run('gzip', ['-k', at('backed.qcow2')]);
    expect(await codeOf(prepare(at('backed.qcow2.gz')))).toBe('Image.FormatRefused');
    const big = at('virtual.qcow2');
    await run('qemu-img', ['create', '-q', '-f', 'qcow2', big, '1T']);
    expect(await codeOf(prepare(big))).toBe('Image.TooLarge');
    const damaged = await open(at('disk.qcow2'), 'r+');
    await damaged.write(Buffer.alloc(64, 0xff), 0, 64, 40);
    await damaged.close();
    expect(await codeOf(prepare(at('disk.qcow2')))).toMatch(/^(Image.FormatRefused|Platform.CommandFailed)$/);
    await run('qemu-img', ['convert', '-f', 'raw', '-O', 'qcow2', at('disk.raw'), at('whole.qcow2')]);
    const whole = await readFile(at('whole.qcow2'));
    // qemu-img reads what is missing as zeros.
    await writeFile(at('cut.qcow2'), whole.subarray(0, whole.length - 128 * 1024));
    expect(await codeOf(prepare(at('cut.qcow2')))).toBe('Image.FormatRefused');
    // Not closed cleanly, but all of it is there.
    await run('qemu-img', ['convert', '-O', 'qcow2', '-o', 'lazy_refcounts=on', at('disk.raw'), at('dirty.qcow2')]);
    const dirty = await readFile(at('dirty.qcow2'));
    dirty.writeBigUInt64BE(1n, 72);
    await writeFile(at('dirty.qcow2'), dirty);
    expect(await digestOf((await prepare(at('dirty.qcow2'))).path)).toBe(digest);
    // Said to be raw, its bytes are only bytes.
    expect((await prepare(at('backed.qcow2'), { format: 'raw' })).format).toBe('raw');
  }, 60_000);

  it('get a plain name', () => {
    expect(plainName('Debian 12 (x86).qcow2.xz')).toBe('Debian-12-x86-');
    expect(plainName('../..')).toBe('image');
    expect(plainName('disk.img')).toBe('disk');
  });
});
