import { existsSync } from 'node:fs';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { scratchDirectory, type ScratchDirectory } from '@mallee/testing';
import { CONSOLE_BYTES, InstanceFiles } from './instance-files.js';

const id = 'i-0A1B2C3D';

describe('files of an instance', () => {
  let scratch: ScratchDirectory;
  let files: InstanceFiles;
  beforeEach(async () => {
    scratch = scratchDirectory();
    files = new InstanceFiles(join(scratch.path, 'instances'), join(scratch.path, 'consoles'));
    await files.prepare();
    await files.create(id);
  });
  afterEach(() => scratch.remove());

  it.each(['../../etc/passwd', 'i-0A1B2C3D/..', '', 'i-0A1B2C3D\0', 'emi-0A1B2C3D'])('makes no path of %j', (bad) => {
    expect(() => files.console(bad)).toThrow(expect.objectContaining({ code: 'Node.UnknownInstance' }));
  });

  it('gives the last 64 KiB of the console, and nothing before there is one', async () => {
    expect((await files.readConsole(id)).length).toBe(0);
    await writeFile(files.console(id), `${'x'.repeat(100_000)}end`);
    const tail = await files.readConsole(id);
    expect(tail.length).toBe(CONSOLE_BYTES);
    expect(tail.toString().endsWith('xend')).toBe(true);
  });

  it('keeps the end of the console, and nothing else, after the instance', async () => {
    await writeFile(files.console(id), 'last words');
    await writeFile(files.disk(id), 'disk');
    await files.remove(id);
    expect(existsSync(files.disk(id))).toBe(false);
    expect((await files.readConsole(id)).toString()).toBe('last words');
    await files.remove(id);
    expect((await files.readConsole(id)).toString()).toBe('last words');
    expect(await files.list()).toEqual([id]);
    await files.forget(id);
    expect(await files.list()).toEqual([]);
  });

  it('cuts a console that grows without end', async () => {
    await writeFile(files.console(id), `${'x'.repeat(9 * 1024 * 1024)}end`);
    await files.shortenConsole(id);
    expect((await stat(files.console(id))).size).toBe(CONSOLE_BYTES);
    expect((await files.readConsole(id)).toString().endsWith('end')).toBe(true);
  });

  it('lists only what has the name of an instance', async () => {
    await mkdir(join(scratch.path, 'instances', 'lost+found'));
    expect(await files.list()).toEqual([id]);
  });
});
