import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { describeReal } from '@mallee/testing';
import { probeKvm } from './probe-kvm.js';

// A stand-in for QEMU plays the consoles; whether real hardware works is for the real probe to say.
describeReal({ root: true }, 'probe for hardware virtualisation', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'mallee-probe-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  async function probe(script: string, timeoutMs = 20_000) {
    const qemu = join(directory, 'qemu');
    await writeFile(qemu, `#!/bin/sh\n${script}\n`);
    await chmod(qemu, 0o755);
    return await probeKvm({ qemu, kernel: '/boot/vmlinuz', timeoutMs });
  }

  it('believes a kernel that came all the way up', async () => {
    const result = await probe(
      'echo "Linux version 6"; echo "Kernel panic - VFS: Unable to mount root fs"; exec sleep 60',
    );
    // Where the machine has no /dev/kvm at all, that is the answer.
    expect(['a kernel booted with hardware virtualisation', '/dev/kvm is missing or not accessible']).toContain(
      result.reason,
    );
  });

  it('does not believe a kernel that only began', async () => {
    expect(await probe('echo "Linux version 6"; exec sleep 60', 500)).toMatchObject({ domainType: 'qemu' });
  });

  it('falls back when QEMU refuses', async () => {
    expect(await probe('echo "no KVM" >&2; exit 1')).toMatchObject({ domainType: 'qemu' });
  });

  it('falls back when there is no QEMU', async () => {
    const result = await probeKvm({ qemu: join(directory, 'absent'), kernel: '/boot/vmlinuz', timeoutMs: 5000 });
    expect(result.domainType).toBe('qemu');
  });
});
