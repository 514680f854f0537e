import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { type DaemonName, publishGuest } from '@mallee/local-cloud';
import { describeReal } from '@mallee/testing';
import {
  domains,
  killDaemon,
  launch,
  restart,
  startTestCloud,
  terminate,
  type TestCloud,
  untilState,
} from './support/test-cloud.js';

// Milliseconds after the answer of RunInstances: while the CLC dispatches, the CC places, the NC stages, the domain boots.
const moments = [0, 400, 1500];
const victims: DaemonName[] = ['clc', 'cc', 'nc', 'walrus'];

describeReal(
  { programs: ['qemu-system-x86_64', 'libvirtd', 'virsh', 'redis-server'] },
  'a daemon killed during a launch',
  () => {
    let cloud: TestCloud;
    beforeAll(async () => {
      cloud = await startTestCloud();
    }, 300_000);
    afterAll(() => cloud?.stop(), 120_000);

    it.each(victims.flatMap((name) => moments.map((delay) => [name, delay] as const)))(
      '%s after %i ms: the instance ends as running or terminated with a reason, once',
      async (name, delay) => {
        // A new image, so that Walrus has something to decrypt while it is killed.
        const images =
          name === 'walrus' ? await publishGuest(cloud.layout, cloud, cloud.guest, `fresh-${delay}`) : cloud.images;
        const [id] = await launch({ ...cloud, images });
        await sleep(delay);
        killDaemon(cloud, name);
        await sleep(500);
        await restart(cloud);
        const instance = await untilState(cloud, id!, ['running', 'terminated']);
        if (instance.State?.Name === 'running') {
          expect(await domains(cloud)).toEqual([id]);
          await terminate(cloud, [id!]);
        } else {
          expect(instance.StateReason?.Code).toBeTruthy();
          expect(instance.StateReason?.Message).toBeTruthy();
        }
        expect(await domains(cloud)).toEqual([]);
      },
      300_000,
    );
  },
);
