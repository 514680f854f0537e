import { readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { runCommand } from '@mallee/processes';
import { describeReal, scratchDirectory } from '@mallee/testing';
import { buildGuestImage } from './build-guest-image.js';

describeReal({ programs: ['mke2fs', 'debugfs', 'apt-get', 'e2fsck'] }, 'buildGuestImage', () => {
  test('builds once for callers at the same time, then answers from the folder; repairs a damaged image', async () => {
    const scratch = scratchDirectory();
    const directory = scratch.path;
    try {
      const steps: string[] = [];
      const build = () => buildGuestImage({ directory, onProgress: (step) => steps.push(step) });
      const [first, second] = await Promise.all([build(), build()]);
      expect(first).toEqual(second);
      expect(new Set(steps).size).toBe(steps.length);
      const names = await readdir(directory);
      expect(names).toHaveLength(1); // no work folder, no lock
      expect((await stat(first.root)).size).toBe(64 * 1024 * 1024);

      await build();
      expect(new Set(steps).size).toBe(steps.length);

      await runCommand('e2fsck', ['-fn', first.root]);
      await writeFile(join(directory, names[0] ?? '', 'ramdisk'), 'cut');
      const rebuilt = await build();
      expect((await stat(rebuilt.ramdisk)).size).toBeGreaterThan(500_000);
    } finally {
      scratch.remove();
    }
  }, 240_000);
});
