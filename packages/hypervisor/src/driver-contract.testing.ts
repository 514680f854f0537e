import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DomainSpec } from './domain-spec.js';
import type { HypervisorDriver } from './driver.js';

export interface ContractSetup {
  readonly driver: HypervisorDriver;
  /** A domain this driver can start; it need not boot an operating system. */
  spec(instanceId: string): DomainSpec;
  stop(): Promise<void>;
}

/** What every driver must do. The simulated driver is only worth something if it passes the same tests. */
export function driverContract(name: string, setUp: () => Promise<ContractSetup>): void {
  describe(`${name} driver`, () => {
    let setup: ContractSetup;
    beforeAll(async () => {
      setup = await setUp();
    }, 120_000);
    afterAll(() => setup?.stop(), 60_000);

    it('creates, lists, recovers and destroys', async () => {
      const { driver } = setup;
      const spec = setup.spec('i-0000000A');
      expect(await driver.inspect(spec.instanceId)).toBeUndefined();
      await driver.create(spec);
      expect(await driver.inspect(spec.instanceId)).toEqual({ instanceId: spec.instanceId, state: 'running' });
      expect(await driver.list()).toEqual([{ instanceId: spec.instanceId, state: 'running' }]);
      expect(await driver.recover()).toEqual([
        { instanceId: spec.instanceId, state: 'running', metadata: spec.metadata },
      ]);
      await expect(driver.create(spec)).rejects.toMatchObject({ code: 'Node.DomainFailed' });
      await driver.destroy(spec.instanceId);
      expect(await driver.list()).toEqual([]);
      await driver.destroy(spec.instanceId);
    }, 120_000);

    it('reboots in place and survives a second create after the end', async () => {
      const { driver } = setup;
      const spec = setup.spec('i-0000000B');
      await driver.create(spec);
      await driver.reboot(spec.instanceId);
      expect(await driver.inspect(spec.instanceId)).toMatchObject({ state: 'running' });
      await driver.destroy(spec.instanceId);
      await driver.create(spec);
      expect(await driver.inspect(spec.instanceId)).toMatchObject({ state: 'running' });
      await driver.destroy(spec.instanceId);
    }, 120_000);

    it('refuses a spec it cannot render, and reports what it is', async () => {
      const { driver } = setup;
      const spec = { ...setup.spec('i-0000000C'), vcpus: 0 };
      await expect(driver.create(spec)).rejects.toMatchObject({ code: 'Node.DomainFailed' });
      expect(await driver.list()).toEqual([]);
      expect((await driver.fingerprint()).domainType).toBe('qemu');
    });

    it('tells when something happened', async () => {
      const { driver } = setup;
      let seen = 0;
      const watcher = driver.watch?.(() => (seen += 1));
      const spec = setup.spec('i-0000000D');
      for (let attempt = 0; attempt < 10 && seen === 0; attempt += 1) {
        await driver.create(spec);
        await driver.destroy(spec.instanceId);
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
      watcher?.stop();
      expect(seen).toBeGreaterThan(0);
    }, 120_000);
  });
}
