import { existsSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { buildGuestImage } from '@mallee/guest-image';
import { LibvirtDriver } from '@mallee/hypervisor';
import { describeReal, scratchDirectory, startTestLibvirtd, type TestService } from '@mallee/testing';
import type { LaunchRequest } from './instances/record.js';
import { eventually, exampleLaunch } from './test-support/examples.js';
import { FakeWalrus } from './test-support/fake-walrus.js';
import { runInstanceMessage } from './test-support/run-instance-message.js';
import { TestNode } from './test-support/test-node.js';

const IMAGES = resolve(import.meta.dirname, '../../../node_modules/.cache/mallee-guest-image');
const BOOT_MS = 180_000;
const programs = ['libvirtd', 'virsh', 'qemu-system-x86_64', 'qemu-img', 'mke2fs', 'dpkg-deb', 'apt-get'];

/*
 * One node controller as a process, a libvirtd of its own, emulated guests with user-mode networking, and a fake Walrus.
 * Guests are heavy under emulation, so the tests share them and run one after another.
 */
describeReal({ programs }, 'node controller with real guests', () => {
  const scratch = scratchDirectory();
  let libvirtd: TestService;
  let walrus: FakeWalrus;
  let node: TestNode;
  let driver: LibvirtDriver;
  let urls: Pick<LaunchRequest, 'imageUrl' | 'kernelUrl' | 'ramdiskUrl'>;

  beforeAll(async () => {
    const image = await buildGuestImage({ directory: IMAGES });
    libvirtd = await startTestLibvirtd();
    driver = new LibvirtDriver({ uri: libvirtd.url, domainType: 'qemu', tag: 'nctest' });
    node = await TestNode.prepare(scratch.path, {
      hypervisor: { uri: libvirtd.url, domainType: 'qemu', domainTag: 'nctest' },
      network: { mode: 'user', subnet: '10.88.0.0/24' },
      limits: { memoryMb: 1024, cores: 2, diskGb: 10 },
      timings: { sweepSeconds: 1, bootSeconds: 60, teardownSeconds: 600 },
    });
    walrus = new FakeWalrus(node.identity.certificatePem);
    await walrus.listen();
    urls = {
      imageUrl: walrus.put('machine', image.root),
      kernelUrl: walrus.put('kernel', image.kernel),
      ramdiskUrl: walrus.put('ramdisk', image.ramdisk),
    };
    await node.start();
  }, 600_000);

  afterAll(async () => {
    await node?.stop();
    for (const { instanceId } of (await driver?.list()) ?? []) await driver.destroy(instanceId);
    await walrus?.close();
    await libvirtd?.stop();
    scratch.remove();
  }, 120_000);

  function launch(instanceId: string, change: Partial<LaunchRequest> = {}): LaunchRequest {
    return exampleLaunch({ instanceId, ...urls, ...change });
  }

  async function state(instanceId: string): Promise<string | undefined> {
    return (await node.instance(instanceId))?.stateName;
  }

  const first = 'i-00000001';

  it(
    'boots a guest that gets its address, key and user data',
    async () => {
      const userData = Buffer.from('hello from the user').toString('base64');
      const { instance } = await node.call('ncRunInstance', runInstanceMessage(launch(first, { userData })));
      expect(instance).toMatchObject({ stateName: 'Pending', bundleTaskStateName: 'none' });
      await eventually('the domain runs', async () => (await state(first)) === 'Extant', BOOT_MS);
      await eventually(
        'the guest is ready',
        async () => (await node.console(first)).includes('MALLEE-GUEST ready'),
        BOOT_MS,
      );
      const text = await node.console(first);
      expect(text).toMatch(/ready instance-id=i-00000001 local-ipv4=10\.88\.0\.9 public-key=yes source=seed/);
      expect(text).toContain('hello from the user');
      const resources = await node.call('ncDescribeResource', {});
      expect(resources).toMatchObject({
        nodeStatus: 'OK',
        memorySizeAvailable: 896,
        numberOfCoresAvailable: 1,
        diskSizeAvailable: 9,
      });
    },
    2 * BOOT_MS,
  );

  it(
    'leaves the running guest alone when it is killed and started again',
    async () => {
      const before = await driver.recover();
      await node.kill();
      expect(await driver.inspect(first)).toMatchObject({ state: 'running' });
      await node.start();
      expect(await state(first)).toBe('Extant');
      expect(await driver.recover()).toEqual(before);
      expect(await node.console(first)).toContain('MALLEE-GUEST ready');
    },
    BOOT_MS,
  );

  it(
    'adopts a running guest from libvirt when its record is lost',
    async () => {
      await node.kill();
      await rm(join(scratch.path, 'state/records'), { recursive: true });
      await node.start();
      expect(await node.instance(first)).toMatchObject({ stateName: 'Extant', reservationId: 'r-0A1B2C3D' });
      expect(existsSync(join(scratch.path, 'instances', first, 'disk'))).toBe(true);
    },
    BOOT_MS,
  );

  it(
    'reboots it',
    async () => {
      const readyLines = async (): Promise<number> =>
        (await node.console(first)).split('MALLEE-GUEST ready').length - 1;
      const before = await readyLines();
      expect((await node.call('ncRebootInstance', { instanceId: first })).status).toBe(false);
      await eventually('the guest is ready again', async () => (await readyLines()) > before, BOOT_MS);
      expect(await state(first)).toBe('Extant');
    },
    BOOT_MS,
  );

  it('terminates it at once and leaves nothing but the end of its console', async () => {
    const answer = await node.call('ncTerminateInstance', { instanceId: first });
    expect(answer).toMatchObject({ instanceId: first, previousState: '1', shutdownState: '5' });
    await eventually('it is gone', async () => (await state(first)) === 'Teardown', 30_000);
    expect(await driver.list()).toEqual([]);
    expect(readdirSync(join(scratch.path, 'instances'))).toEqual([]);
    expect(await node.details(first)).toMatchObject({
      stateName: 'Teardown',
      reasonCode: 'Client.UserInitiatedShutdown',
    });
    expect(await node.console(first)).toContain('MALLEE-GUEST ready');
    await node.call('ncTerminateInstance', { instanceId: first });
  }, 60_000);

  it(
    'lets a guest reach nothing of this host, and sees that it switches itself off',
    async () => {
      const id = 'i-00000002';
      // QEMU leads the gateway address to the loopback of the host, where the test's own image service listens.
      const script = [
        '#!/bin/sh',
        `printf 'GET /from-the-guest HTTP/1.0\\r\\n\\r\\n' | timeout 10 nc -w 5 10.88.0.1 ${new URL(walrus.url()).port} ||`,
        '  echo NOT-REACHED',
        'poweroff',
      ];
      const userData = Buffer.from(`${script.join('\n')}\n`).toString('base64');
      await node.call('ncRunInstance', runInstanceMessage(launch(id, { userData })));
      await eventually('it is over', async () => (await state(id)) === 'Teardown', BOOT_MS);
      expect(await node.details(id)).toMatchObject({ reasonCode: 'Client.InstanceInitiatedShutdown' });
      expect(await node.console(id)).toMatch(/^NOT-REACHED/m);
      expect(walrus.requests.map(({ path }) => path)).not.toContain('/from-the-guest');
      expect(readdirSync(join(scratch.path, 'instances'))).toEqual([]);
    },
    2 * BOOT_MS,
  );

  it.each([0, 60, 150, 250, 400, 700, 1200])(
    'ends running or torn down, never doubled, when it is killed %i ms into a launch',
    async (delayMs) => {
      const id = `i-0000${delayMs.toString(16).padStart(4, '0')}`;
      await node.call('ncRunInstance', runInstanceMessage(launch(id)));
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      await node.kill();
      await node.start();
      const settled = async (): Promise<boolean> => ['Extant', 'Teardown'].includes((await state(id)) ?? 'lost');
      await eventually('it has settled', settled, BOOT_MS);
      const domains = (await driver.list()).filter(({ instanceId }) => instanceId === id);
      expect(domains).toHaveLength((await state(id)) === 'Extant' ? 1 : 0);
      await node.call('ncTerminateInstance', { instanceId: id });
      await eventually('it is gone', async () => (await state(id)) === 'Teardown', 30_000);
      expect(await driver.list()).toEqual([]);
      expect(readdirSync(join(scratch.path, 'instances'))).toEqual([]);
    },
    2 * BOOT_MS,
  );
});
