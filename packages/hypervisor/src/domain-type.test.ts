import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { chooseDomainType, type DomainTypeOptions } from './domain-type.js';

describe('choice of the domain type', () => {
  let directory: string;
  let options: DomainTypeOptions;
  let probes: number;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'mallee-type-'));
    const kernel = join(directory, 'vmlinuz');
    await writeFile(kernel, 'kernel');
    probes = 0;
    options = {
      setting: 'auto',
      resultFile: join(directory, 'probe.json'),
      qemu: '/bin/true',
      kernel,
      probe: () => {
        probes += 1;
        return Promise.resolve({ domainType: 'kvm', reason: 'booted' });
      },
    };
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it('obeys the configuration without probing', async () => {
    expect(await chooseDomainType({ ...options, setting: 'kvm' })).toMatchObject({
      domainType: 'kvm',
      from: 'configuration',
    });
    expect(probes).toBe(0);
  });

  it('takes emulation and says so when there is no kernel to probe with', async () => {
    const { kernel: _, ...without } = options;
    expect(await chooseDomainType(without)).toMatchObject({ domainType: 'qemu', from: 'default' });
  });

  it('probes once and remembers', async () => {
    expect((await chooseDomainType(options)).from).toBe('probe');
    expect(await chooseDomainType(options)).toMatchObject({ domainType: 'kvm', from: 'memory' });
    expect(probes).toBe(1);
  });

  it('probes again when the kernel changed or the memory is damaged', async () => {
    await chooseDomainType(options);
    await utimes(options.kernel!, 1, 1);
    expect((await chooseDomainType(options)).from).toBe('probe');
    await writeFile(options.resultFile, '{');
    expect((await chooseDomainType(options)).from).toBe('probe');
    expect(probes).toBe(3);
  });
});
