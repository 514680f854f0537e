import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeReal } from '@mallee/testing';
import { logFile, daemons } from '@mallee/local-cloud';
import { readFileSync } from 'node:fs';
import {
  describe as describeInstance,
  domains,
  launch,
  startTestCloud,
  terminate,
  type TestCloud,
  untilConsole,
  untilState,
} from './support/test-cloud.js';

describeReal(
  { programs: ['qemu-system-x86_64', 'libvirtd', 'virsh', 'redis-server'] },
  'a launch through five daemons',
  () => {
    let cloud: TestCloud;
    beforeAll(async () => {
      cloud = await startTestCloud();
    }, 300_000);
    afterAll(() => cloud?.stop(), 120_000);

    it('boots a real guest whose console names its instance id, and ends it', async () => {
      const [id] = await launch(cloud);
      await untilState(cloud, id!, ['running', 'terminated']);
      const instance = await describeInstance(cloud, id!);
      expect([instance.State?.Name, instance.StateReason]).toEqual(['running', undefined]);
      const text = await untilConsole(cloud, id!, /MALLEE-GUEST ready/);
      expect(text).toContain(`instance-id=${id}`);
      expect(text).toContain(`local-ipv4=${instance.PrivateIpAddress}`);
      await terminate(cloud, [id!]);
      const ended = await describeInstance(cloud, id!);
      expect(ended.StateReason?.Code).toBe('Client.UserInitiatedShutdown');
      expect(await domains(cloud)).toEqual([]);
    }, 600_000);

    it('leaves one correlation id in the logs of every daemon that worked on it', async () => {
      const [id] = await launch(cloud);
      await untilState(cloud, id!, ['running', 'terminated']);
      const texts = daemons.map((name) => readFileSync(logFile(cloud.layout, name), 'utf8'));
      const logs = Object.fromEntries(daemons.map((name, index) => [name, texts[index]!]));
      const line = logs['nc']!.split('\n').find((text) => text.includes(id!) && text.includes('correlationId'));
      const correlationId = /"correlationId":"([0-9a-f-]{36})"/.exec(line ?? '')?.[1];
      expect(correlationId).toBeDefined();
      for (const name of ['clc', 'cc', 'nc']) expect(logs[name]).toContain(correlationId);
      await terminate(cloud, [id!]);
    }, 600_000);
  },
);
