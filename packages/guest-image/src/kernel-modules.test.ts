import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { scratchDirectory } from '@mallee/testing';
import { collectModules, indexModules, moduleDependencies } from './kernel-modules.js';

describe('kernel modules', () => {
  test('come after what they depend on, decompressed; built-in ones are left out', async () => {
    const scratch = scratchDirectory();
    const { path } = scratch;
    try {
      await mkdir(join(path, 'kernel/net'), { recursive: true });
      const module = (depends: string) => Buffer.from(`\x7fELF\0license=GPL\0depends=${depends}\0name=x\0`);
      await writeFile(join(path, 'kernel/net/virtio-net.ko.gz'), gzipSync(module('net_failover,virtio')));
      await writeFile(join(path, 'kernel/net/net_failover.ko'), module('failover'));
      await writeFile(join(path, 'kernel/failover.ko'), module(''));
      const modules = await collectModules(await indexModules(path), ['virtio_net', 'ext4']);
      expect(modules.map(({ name }) => name)).toEqual(['failover', 'net_failover', 'virtio_net']);
      expect(modules[2]?.content).toEqual(module('net_failover,virtio'));
    } finally {
      scratch.remove();
    }
  });

  test('without a depends line need nothing', () => {
    expect(moduleDependencies(Buffer.from('no modinfo'))).toEqual([]);
  });
});
