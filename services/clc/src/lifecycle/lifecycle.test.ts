import { setTimeout as sleep } from 'node:timers/promises';
import { createLogger, Metrics } from '@mallee/daemon';
import type { Pool } from '@mallee/database';
import { MalleeError } from '@mallee/errors';
import { makeIdentity, startTestPostgres, startTestRedis, type TestService } from '@mallee/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import {
  correlationId,
  openCloud,
  register,
  requestInstance,
  requestTermination,
  requestVolume,
} from '../../test-support/cloud-database.js';
import { SimulatedZone, type Identity } from '../../test-support/simulated-zone.js';
import { componentClients, type ComponentClients } from '../components/clients.js';
import { timingsSchema } from '../config.js';
import { startLifecycle, type Lifecycle } from './index.js';

const logger = createLogger({ name: 'test', level: 'silent' });
const timings = timingsSchema.parse({
  clusterPollMs: 300,
  clusterBusyPollMs: 100,
  componentTimeoutMs: 1500,
  reconcileMs: 500,
  outboxPollMs: 500,
});
const id = 'i-0000000A';
const volume = 'vol-0000000A';
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

describe.each(['redis', 'postgres'] as const)('lifecycle with queues on %s', (backend) => {
  let pool: Pool;
  let zone: SimulatedZone;
  let clients: ComponentClients;
  let lifecycle: Lifecycle | undefined;
  let hook: (point: string) => Promise<void> | void;

  beforeEach(async () => {
    pool = await openCloud(postgres.url, `clc_${++counter}`);
    hook = () => undefined;
    zone = new SimulatedZone({ identity: cluster, cloudCertificate: cloud.certificatePem, at: (point) => hook(point) });
    const url = await zone.listen();
    for (const type of ['cluster', 'storage'] as const) await register(pool, type, 'z', url, cluster.certificatePem);
    await register(pool, 'walrus', 'eucalyptus', url, cluster.certificatePem);
    clients = componentClients(pool, cloud, logger);
    lifecycle = undefined;
  });
  afterEach(async () => {
    await lifecycle?.stop();
    clients.close();
    await zone.close();
    await pool.end();
  });

  async function start(more: Partial<typeof timings> = {}): Promise<void> {
    const queueUrl = backend === 'redis' ? redis.url : postgres.url;
    const config = { queueUrl, timings: { ...timings, ...more } };
    lifecycle = await startLifecycle({ pool, config, logger, metrics: new Metrics(), clients, leaseMs: 2000 });
  }

  async function instance(): Promise<Record<string, unknown>> {
    const { rows } = await pool.query('select * from instance where instance_id = $1', [id]);
    return rows[0] as Record<string, unknown>;
  }

  async function until(state: string, table: 'instance' | 'volume' = 'instance'): Promise<Record<string, unknown>> {
    for (;;) {
      const { rows } = await pool.query(`select * from ${table} where ${table}_id = $1`, [
        table === 'volume' ? volume : id,
      ]);
      const row = rows[0] as Record<string, unknown>;
      if (row['state'] === state) return row;
      await sleep(30);
    }
  }

  async function events(): Promise<unknown[]> {
    const sql = 'select from_state, to_state, reason_code from instance_event where instance_id = $1 order by event_id';
    return (await pool.query(sql, [id])).rows.map((row) => [row.from_state, row.to_state, row.reason_code]);
  }

  test('an instance comes up with its addresses, and goes when it is terminated', async () => {
    zone.boots = 'Pending';
    await start();
    await requestInstance(pool, id, 'z');
    while (zone.instances.get(id) === undefined) await sleep(20);
    expect(zone.instances.get(id)?.request).toMatchObject({
      correlationId,
      userId: 'AIDATEST',
      imageId: 'emi-00000001',
      kernelId: 'eki-00000001',
      imageURL: expect.stringMatching(/^http:\/\/127.*\/services\/Walrus\/images\/machine\.manifest\.xml\?digest=d$/),
      kernelURL: expect.stringMatching(/kernel\.manifest\.xml\?digest=d$/),
      ramdiskURL: expect.stringMatching(/ramdisk\.manifest\.xml\?digest=d$/),
      instanceType: { name: 'm1.small', memory: 128, cores: 1, disk: 2 },
      keyName: 'ssh-ed25519 AAAA u',
      minCount: 1,
      maxCount: 1,
      instanceIds: [id],
      netNames: ['default'],
      macAddresses: ['d0:0d:00:00:00:01'],
      vlan: -1,
      userData: 'dGVzdA==',
      launchIndex: '0',
      platform: 'linux',
    });
    zone.instances.get(id)!.stateName = 'Extant';
    lifecycle?.hint('z', [id]);
    expect(await until('running')).toMatchObject({
      private_ip: '10.1.0.7',
      public_ip: null,
      node: 'http://node:8775/axis2/services/EucalyptusNC',
      deadline_at: null,
      running_at: expect.any(Date),
    });
    await requestTermination(pool, id);
    expect(await until('terminated')).toMatchObject({
      reason_code: 'Client.UserInitiatedShutdown',
      terminated_at: expect.any(Date),
    });
    expect(await events()).toEqual([
      ['pending', 'running', null],
      ['shutting-down', 'terminated', null],
    ]);
    expect(zone.instances.get(id)).toMatchObject({ starts: 1 });
  });

  test('capacity and the health of the components are stored', async () => {
    zone.capacity = 5;
    await start();
    for (;;) {
      const sql = 'select count(*) as n from component where last_ok_at is not null and last_error is null';
      if ((await pool.query(sql)).rows[0].n === 3) break;
      await sleep(30);
    }
    const { rows } = await pool.query('select instance_type, available, maximum from zone_capacity order by 1');
    expect(rows).toHaveLength(5);
    expect(rows[0]).toEqual({ instance_type: 'c1.medium', available: 5, maximum: 5 });
    await zone.close();
    for (;;) {
      const { rows: failed } = await pool.query(`select last_error_code from component where last_error is not null`);
      if (failed.length === 3) break;
      await sleep(30);
    }
  });

  test.each([
    [new MalleeError('Cluster.NoCapacity', 'node a: 0 MB free'), 'Server.InsufficientInstanceCapacity'],
    [new MalleeError('Image.NotFound', 'no such manifest'), 'Image.NotFound'],
  ])('a refusal by the cluster ends the instance with its reason', async (refusal, code) => {
    zone.refusal = refusal;
    await start();
    await requestInstance(pool, id, 'z');
    expect(await until('terminated')).toMatchObject({ reason_code: code, reason_message: refusal.message });
    expect(await events()).toEqual([['pending', 'terminated', code]]);
  });

  test('a cluster that answers with an empty list has no room', async () => {
    zone.capacity = 0;
    await start();
    await requestInstance(pool, id, 'z');
    expect(await until('terminated')).toMatchObject({ reason_code: 'Server.InsufficientInstanceCapacity' });
  });

  test('a launch whose answer was lost is not sent twice', async () => {
    let received = 0;
    hook = async (point) => {
      if (point === 'run received') received++;
      if (point === 'run stored' && received === 1) await sleep(4000);
    };
    await start();
    await requestInstance(pool, id, 'z');
    await until('running');
    for (;;) {
      const { rows } = await pool.query(`select phase from workflow_run where job_id = 'run-instance-${id}'`);
      if (rows[0]?.phase === 'done') break;
      await sleep(50);
    }
    expect(received).toBe(1);
    expect(zone.instances.get(id)?.starts).toBe(1);
  });

  test('a launch waits for a cluster that is away', async () => {
    zone.deaf = true;
    await start();
    await requestInstance(pool, id, 'z');
    await sleep(2000);
    expect(await instance()).toMatchObject({ state: 'pending' });
    zone.deaf = false;
    await until('running');
    expect(zone.instances.get(id)?.starts).toBe(1);
  });

  test('a failure of the node is told', async () => {
    zone.boots = 'Pending';
    await start();
    await requestInstance(pool, id, 'z');
    while (zone.instances.get(id) === undefined) await sleep(20);
    const reason = { reasonCode: 'Node.ImageCorrupt', reasonMessage: 'digest differs' };
    Object.assign(zone.instances.get(id)!, { stateName: 'Teardown', reason });
    expect(await until('terminated')).toMatchObject({
      reason_code: 'Node.ImageCorrupt',
      reason_message: 'digest differs',
    });
  });

  test('an instance that its cluster lost is terminated; one of a silent cluster is not', async () => {
    await start();
    await requestInstance(pool, id, 'z');
    await until('running');
    zone.deaf = true;
    await sleep(3000);
    expect(await instance()).toMatchObject({ state: 'running' });
    zone.instances.clear();
    zone.deaf = false;
    expect(await until('terminated')).toMatchObject({ reason_code: 'Cluster.InstanceLost' });
  });

  test('a terminated instance that a cluster still runs is ended, an unknown one is left alone', async () => {
    await start();
    await requestInstance(pool, id, 'z');
    await until('running');
    await pool.query(`update instance set state = 'terminated', desired = 'terminated' where instance_id = $1`, [id]);
    zone.instances.set('i-FFFFFFFF', { stateName: 'Extant', starts: 1, terminations: 0 });
    while (zone.instances.get(id)?.terminations === 0) await sleep(30);
    expect(await instance()).toMatchObject({ state: 'terminated' });
    expect(zone.instances.get('i-FFFFFFFF')?.terminations).toBe(0);
  });

  test('an instance that never boots ends at its deadline and is taken back', async () => {
    zone.boots = 'Pending';
    await start();
    await requestInstance(pool, id, 'z', 1500);
    expect(await until('terminated')).toMatchObject({ reason_code: 'Workflow.DeadlineExceeded' });
    while (zone.instances.get(id)?.terminations === 0) await sleep(30);
  });

  test('a termination does not wait for a launch that hangs', async () => {
    let hangs = true;
    hook = async (point) => {
      while (hangs && point === 'run received') await sleep(20);
    };
    await start({ componentTimeoutMs: 60_000 });
    await requestInstance(pool, id, 'z');
    await sleep(500);
    await requestTermination(pool, id);
    expect(await until('terminated')).toMatchObject({ reason_code: 'Client.UserInitiatedShutdown' });
    // The hanging call goes through after all: what it started is ended.
    hangs = false;
    while (!zone.instances.has(id)) await sleep(20);
    while (zone.instances.get(id)?.stateName !== 'Teardown') await sleep(50);
    expect(await instance()).toMatchObject({ state: 'terminated' });
  });

  test('a hint makes the next poll happen now', async () => {
    zone.boots = 'Extant';
    await start({ clusterPollMs: 600_000 });
    while (zone.polls === 0) await sleep(20);
    await sleep(300);
    const before = zone.polls;
    lifecycle?.hint('z', []);
    lifecycle?.hint('unknown', []);
    while (zone.polls === before) await sleep(20);
  });

  test('a volume is created, found again, deleted', async () => {
    await start();
    await requestVolume(pool, volume, 'z', 'create');
    while (!zone.volumes.has(volume)) await sleep(20);
    zone.volumes.get(volume)!.status = 'available';
    expect(await until('available', 'volume')).toMatchObject({ deadline_at: null, reason_code: null });
    await requestVolume(pool, volume, 'z', 'delete');
    await until('deleted', 'volume');
    expect(zone.volumes.size).toBe(0);
  });

  test('a volume that cannot be made, or is lost, is an error with its reason', async () => {
    await start();
    zone.volumeFailure = new MalleeError('Storage.NoSpace', 'disk full');
    await requestVolume(pool, volume, 'z', 'create');
    expect(await until('error', 'volume')).toMatchObject({
      reason_code: 'Storage.NoSpace',
      reason_message: 'disk full',
    });
    await pool.query(`update volume set state = 'available', changed_at = now()`);
    expect(await until('error', 'volume')).toMatchObject({ reason_code: 'Storage.VolumeNotFound' });
    await requestVolume(pool, volume, 'z', 'delete');
    await until('deleted', 'volume');
  });
});
