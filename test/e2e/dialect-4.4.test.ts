import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  administrationOf,
  baseUrl,
  configurationCall,
  type DaemonName,
  keyFiles,
  startDaemon,
  stopDaemon,
} from '@mallee/local-cloud';
import { describeReal } from '@mallee/testing';
import { setTimeout as sleep } from 'node:timers/promises';
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

const LEGACY = { dialect: '4.4', suite: 'rsa-sha1' } as const;

interface Config {
  nodes: object[];
}

/** Changes the configuration of a daemon that does not run. */
function edit(cloud: TestCloud, name: DaemonName, change: (config: Config) => object): void {
  const file = join(cloud.layout.stateDirectory, name, 'config.json');
  const config = JSON.parse(readFileSync(file, 'utf8')) as Config;
  writeFileSync(file, JSON.stringify({ ...config, ...change(config) }));
}

/** Makes the daemons speak to each other as originals of 4.4 do: their dialect, SHA-1, and nothing before EnableService. */
async function speakAsOriginals(cloud: TestCloud): Promise<void> {
  const { layout } = cloud;
  await stopDaemon(layout, 'nc');
  await stopDaemon(layout, 'cc');
  const peer = (name: DaemonName): object => ({ certificate: keyFiles(layout, name).certificate, ...LEGACY });
  edit(cloud, 'nc', () => ({ peers: [peer('cc')] }));
  edit(cloud, 'cc', ({ nodes }) => ({
    peers: [peer('clc')],
    enableItself: false,
    nodes: nodes.map((node) => ({ ...node, ...LEGACY })),
  }));
  await configurationCall(administrationOf(layout), 'RegisterCluster', {
    Name: layout.zone,
    Partition: layout.zone,
    Host: layout.host,
    Port: String(layout.ports.cc),
    Certificate: readFileSync(keyFiles(layout, 'cc').certificate, 'utf8'),
    Dialect: LEGACY.dialect,
    Suite: LEGACY.suite,
  });
  await startDaemon(layout, 'nc');
  await startDaemon(layout, 'cc');
}

/** Launches as soon as the cluster is enabled and its node has been polled. */
async function launchWhenReady(cloud: TestCloud): Promise<string> {
  const until = Date.now() + 120_000;
  for (;;) {
    try {
      return (await launch(cloud))[0]!;
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'InsufficientInstanceCapacity' || Date.now() > until) throw error;
      await sleep(1000);
    }
  }
}

/** Operations that a daemon served, by dialect, as its metrics count them. */
async function served(cloud: TestCloud, name: DaemonName, dialect: string): Promise<string[]> {
  const text = await (await fetch(`${baseUrl(cloud.layout, name)}/metrics`)).text();
  const lines = text.split('\n').filter((line) => line.includes(`dialect="${dialect}"`));
  return [...new Set(lines.flatMap((line) => /operation="(\w+)"/.exec(line)?.slice(1) ?? []))];
}

describeReal(
  { programs: ['qemu-system-x86_64', 'libvirtd', 'virsh', 'redis-server'] },
  'daemons that take each other for originals of 4.4',
  () => {
    let cloud: TestCloud;
    beforeAll(async () => {
      cloud = await startTestCloud();
      await speakAsOriginals(cloud);
    }, 300_000);
    afterAll(() => cloud?.stop(), 120_000);

    it('boot a real guest and end it', async () => {
      const id = await launchWhenReady(cloud);
      await untilState(cloud, id, ['running', 'terminated']);
      const instance = await describeInstance(cloud, id);
      expect([instance.State?.Name, instance.StateReason]).toEqual(['running', undefined]);
      const text = await untilConsole(cloud, id, /MALLEE-GUEST ready/);
      expect(text).toContain(`instance-id=${id}`);
      await terminate(cloud, [id]);
      expect(await domains(cloud)).toEqual([]);
    }, 600_000);

    it('have used that dialect for all of it, after EnableService', async () => {
      const work = ['DescribeInstances', 'DescribeResources', 'GetConsoleOutput', 'RunInstances', 'TerminateInstances'];
      const states = ['DescribeServices', 'StartService', 'EnableService'];
      expect((await served(cloud, 'cc', '4.4')).sort()).toEqual([...work, ...states].sort());
      expect((await served(cloud, 'nc', '4.4')).sort()).toEqual([
        'ncDescribeInstances',
        'ncDescribeResource',
        'ncGetConsoleOutput',
        'ncRunInstance',
        'ncStartNetwork',
        'ncTerminateInstance',
      ]);
      for (const name of ['cc', 'nc'] as const) expect(await served(cloud, name, '2.0')).toEqual([]);
    });
  },
);
