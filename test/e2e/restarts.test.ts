import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { daemons } from '@mallee/local-cloud';
import { describeReal } from '@mallee/testing';
import {
  describe as describeInstance,
  domains,
  killDaemon,
  launch,
  restart,
  startTestCloud,
  terminate,
  type TestCloud,
  untilConsole,
  untilState,
} from './support/test-cloud.js';

const READY = /MALLEE-GUEST ready/g;

describeReal({ programs: ['qemu-system-x86_64', 'libvirtd', 'virsh', 'redis-server'] }, 'a running guest', () => {
  let cloud: TestCloud;
  beforeAll(async () => {
    cloud = await startTestCloud();
  }, 300_000);
  afterAll(() => cloud?.stop(), 120_000);

  it('does not notice that all five daemons are killed and started again', async () => {
    const [id] = await launch(cloud);
    await untilState(cloud, id!, ['running', 'terminated']);
    await untilConsole(cloud, id!, READY);
    const before = await describeInstance(cloud, id!);
    for (const name of daemons) killDaemon(cloud, name);
    await restart(cloud);
    const after = await untilState(cloud, id!, ['running', 'terminated']);
    expect([after.State?.Name, after.PrivateIpAddress]).toEqual(['running', before.PrivateIpAddress]);
    expect(await domains(cloud)).toEqual([id]);
    const text = await untilConsole(cloud, id!, READY);
    expect(text.match(READY)).toHaveLength(1); // the guest has not booted again
    await terminate(cloud, [id!]);
    expect(await domains(cloud)).toEqual([]);
  }, 600_000);
});
