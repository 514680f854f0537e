import { expect, it } from '@jest/globals';
import { startLibvirtd } from '@mallee/private-services';
import { describeReal, scratchDirectory } from '@mallee/testing';
import { runCommand } from '@mallee/processes';
import { driverContract } from '../driver-contract.testing.js';
import { exampleSpec } from '../example-spec.testing.js';
import { LibvirtDriver } from './libvirt-driver.js';

describeReal({ programs: ['libvirtd', 'virsh', 'qemu-system-x86_64'] }, 'with a libvirtd of its own', () => {
  driverContract('libvirt', async () => {
    const directory = scratchDirectory();
    const libvirtd = await startLibvirtd({ directory: directory.path });
    return {
      driver: new LibvirtDriver({ uri: libvirtd.uri, domainType: 'qemu', tag: 'contract' }),
      spec: (instanceId: string) => exampleSpec(instanceId, directory.path),
      stop: async () => {
        await libvirtd.stop();
        directory.remove();
      },
    };
  });

  it('knows how a guest ended, and sees only its own domains', async () => {
    const directory = scratchDirectory();
    const libvirtd = await startLibvirtd({ directory: directory.path });
    const one = new LibvirtDriver({ uri: libvirtd.uri, domainType: 'qemu', tag: 'one' });
    const two = new LibvirtDriver({ uri: libvirtd.uri, domainType: 'qemu', tag: 'two' });
    try {
      await one.create(exampleSpec('i-0000000A', directory.path));
      expect(await two.list()).toEqual([]);
      await two.destroy('i-0000000A');
      expect(await one.list()).toHaveLength(1);
      await runCommand('virsh', ['-c', libvirtd.uri, 'destroy', 'mallee-one-i-0000000A']);
      expect(await one.inspect('i-0000000A')).toMatchObject({ state: 'stopped', ending: 'destroyed' });
    } finally {
      await one.destroy('i-0000000A').catch(() => undefined);
      await libvirtd.stop();
      directory.remove();
    }
    await expect(one.list()).rejects.toMatchObject({ code: 'Node.HypervisorUnavailable' });
  }, 120_000);
});
