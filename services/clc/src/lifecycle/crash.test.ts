import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Pool } from '@mallee/database';
import { freePort } from '@mallee/private-services';
import {
  endOf,
  makeIdentity,
  scratchDirectory,
  startTestPostgres,
  startTestRedis,
  startTypeScript,
  type ScratchDirectory,
  type TestService,
} from '@mallee/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { openCloud, register, requestInstance, requestTermination } from '../../test-support/cloud-database.js';
import type { LifecycleProcessOptions } from '../../test-support/lifecycle-process.js';
import { SimulatedZone, type Identity, type SimulatedInstance } from '../../test-support/simulated-zone.js';
import type { ZoneProcessOptions } from '../../test-support/zone-process.js';

const file = (name: string): string => fileURLToPath(new URL(`../../test-support/${name}`, import.meta.url));
const timings = {
  clusterPollMs: 300,
  clusterBusyPollMs: 100,
  componentTimeoutMs: 3000,
  reconcileMs: 500,
  outboxPollMs: 500,
};
const id = 'i-0000000A';
let postgres: TestService;
let redis: TestService;
let cloud: Identity;
let cluster: Identity;
let counter = 0;

beforeAll(async () => {
  [postgres, redis, cloud, cluster] = await Promise.all([
    startTestPostgres(),
    startTestRedis(),
    makeIdentity('cloud'),
    makeIdentity('cluster'),
  ]);
}, 120_000);
afterAll(async () => {
  await Promise.all([postgres.stop(), redis.stop()]);
}, 60_000);

describe.each(['redis', 'postgres'] as const)('SIGKILL during a launch, queues on %s', (backend) => {
  let pool: Pool;
  let schema: string;
  let children: ChildProcess[];
  let scratch: ScratchDirectory;

  beforeEach(async () => {
    schema = `clc_${++counter}`;
    pool = await openCloud(postgres.url, schema);
    children = [];
    scratch = scratchDirectory();
  });
  afterEach(async () => {
    for (const child of children) await kill(child);
    await pool.end();
    scratch.remove();
  });

  async function kill(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = endOf(child);
    child.kill('SIGKILL');
    await ended;
  }

  function startClc(): ChildProcess {
    const queueUrl = backend === 'redis' ? redis.url : postgres.url;
    const options: LifecycleProcessOptions = { databaseUrl: postgres.url, queueUrl, schema, identity: cloud, timings };
    const child = startTypeScript(file('lifecycle-process.ts'), [JSON.stringify(options)]);
    child.stderr?.pipe(process.stderr);
    children.push(child);
    return child;
  }

  async function registerAt(url: string): Promise<void> {
    await register(pool, 'cluster', 'z', url, cluster.certificatePem);
    await register(pool, 'walrus', 'eucalyptus', url, cluster.certificatePem);
  }

  async function until(state: string): Promise<{ reason_code: string | null }> {
    for (;;) {
      const { rows } = await pool.query<{ state: string; reason_code: string | null }>(
        'select state, reason_code from instance where instance_id = $1',
        [id],
      );
      if (rows[0]?.state === state) return rows[0];
      await sleep(30);
    }
  }

  async function expectOneLife(): Promise<void> {
    const { rows } = await pool.query('select to_state from instance_event where instance_id = $1 order by event_id', [
      id,
    ]);
    expect(rows.map((row) => row.to_state)).toEqual(['running', 'terminated']);
  }

  test.each(['run received', 'run stored', 'first poll', 'terminate received'])(
    'the cloud controller dies at "%s": the instance lives exactly once',
    async (killAt) => {
      let clc: ChildProcess | undefined;
      const zone = new SimulatedZone({
        identity: cluster,
        cloudCertificate: cloud.certificatePem,
        at: async (point) => {
          if (point === killAt && clc !== undefined) {
            const victim = clc;
            clc = undefined;
            await kill(victim);
          }
        },
      });
      zone.boots = 'Pending';
      await registerAt(await zone.listen());
      clc = startClc();
      const first = clc;
      await requestInstance(pool, id, 'z');
      while (!zone.instances.has(id)) {
        if (first.signalCode !== null && children.length === 1) startClc();
        await sleep(20);
      }
      if (killAt === 'first poll') {
        const before = zone.polls;
        while (zone.polls === before) await sleep(5);
        await kill(first);
      }
      zone.instances.get(id)!.stateName = 'Extant';
      if (killAt !== 'terminate received') {
        while (first.signalCode === null) await sleep(20);
        if (children.length === 1) startClc();
      }
      await until('running');
      await requestTermination(pool, id);
      if (killAt === 'terminate received') {
        while (first.signalCode === null) await sleep(20);
        startClc();
      }
      expect(await until('terminated')).toMatchObject({ reason_code: 'Client.UserInitiatedShutdown' });
      expect(zone.instances.get(id)).toMatchObject({ starts: 1, stateName: 'Teardown' });
      await expectOneLife();
      for (const child of children) await kill(child);
      await zone.close();
    },
    60_000,
  );

  test.each(['run received', 'run stored', 'terminate received'])(
    'the cluster controller dies at "%s": the instance lives exactly once',
    async (killAt) => {
      const state = join(scratch.path, 'instances.json');
      const port = await freePort();
      const startZone = async (options: Partial<ZoneProcessOptions>): Promise<ChildProcess> => {
        const all = { identity: cluster, cloudCertificate: cloud.certificatePem, port, file: state, ...options };
        const child = startTypeScript(file('zone-process.ts'), [JSON.stringify(all)]);
        children.push(child);
        child.stderr?.pipe(process.stderr);
        await new Promise((resolve) => child.stdout?.once('data', resolve));
        return child;
      };
      const zone = await startZone({ killAt });
      await registerAt(`http://127.0.0.1:${port}`);
      startClc();
      await requestInstance(pool, id, 'z');
      if (killAt === 'terminate received') {
        await until('running');
        await requestTermination(pool, id);
      }
      while (zone.signalCode === null) await sleep(20);
      await startZone({});
      if (killAt !== 'terminate received') {
        await until('running');
        await requestTermination(pool, id);
      }
      await until('terminated');
      await expectOneLife();
      const [[, one]] = JSON.parse(readFileSync(state, 'utf8')) as [[string, SimulatedInstance]];
      expect(one).toMatchObject({ starts: 1, stateName: 'Teardown' });
    },
    60_000,
  );
});
