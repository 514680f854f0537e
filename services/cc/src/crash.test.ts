/* The built daemon as a process, killed at every step of a launch and of a termination. */
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { freePort } from '@mallee/private-services';
import {
  scratchDirectory,
  startTestPostgres,
  startTestRedis,
  type ScratchDirectory,
  type TestService,
} from '@mallee/testing';
import { build, DaemonProcess } from './test-support/daemon-process.js';
import { makeKeys } from './test-support/keys.js';
import { SimulatedNode, type OrderMoment } from './test-support/simulated-node.js';
import {
  cloudClients,
  runRequest,
  testConfig,
  until,
  type Overrides,
  type Surroundings,
} from './test-support/test-cluster.js';

let scratch: ScratchDirectory;
let postgres: TestService;
let redis: TestService;
let around: Surroundings;
let nodes: SimulatedNode[] = [];
let daemon: DaemonProcess | undefined;
let clients: ReturnType<typeof cloudClients> | undefined;
let count = 0;

beforeAll(async () => {
  build();
  scratch = scratchDirectory();
  [postgres, redis] = await Promise.all([startTestPostgres(), startTestRedis()]);
  const keys = await makeKeys(scratch.path);
  around = { directory: scratch.path, keys, databaseUrl: postgres.url, queueUrl: redis.url };
}, 300_000);

afterEach(async () => {
  daemon?.kill();
  await daemon?.ended();
  daemon = undefined;
  clients?.cc.close();
  clients?.extension.close();
  for (const node of nodes.splice(0)) await node.down();
});

afterAll(async () => {
  await Promise.all([postgres.stop(), redis.stop()]);
  scratch.remove();
});

async function start(overrides: Overrides = {}) {
  count += 1;
  nodes = [new SimulatedNode(around.keys), new SimulatedNode(around.keys)];
  for (const node of nodes) await node.up();
  const urls = nodes.map((node) => node.url);
  const config = testConfig(around, urls, { cluster: `Crash${String(count)}`, ...overrides });
  const started = new DaemonProcess(config, await freePort());
  daemon = started;
  await started.start();
  const made = cloudClients(around, started.origin);
  clients = made;
  const types = [{ name: 'one', memory: 1, cores: 1, disk: 1, deviceMapping: [] }];
  const cores = async (): Promise<number> => {
    const { resources } = await made.cc.call('DescribeResources', { instanceTypes: types });
    return resources[0]?.availableInstances ?? 0;
  };
  const find = async (id: string) => {
    const { instances } = await made.cc.call('DescribeInstances', { instanceIds: [] });
    return instances.find((instance) => instance.instanceId === id);
  };
  await until('both nodes are up', async () => (await cores()) === 8);
  return { daemon: started, cc: made.cc, config, cores, find };
}

const holders = (id: string): SimulatedNode[] => nodes.filter((node) => node.instances.has(id));

/** Kills the daemon the first time the moment comes. */
function killAt(moment: OrderMoment, target: DaemonProcess): void {
  let done = false;
  for (const node of nodes) {
    node.onOrder = (now) => {
      if (now !== moment || done) return;
      done = true;
      target.kill();
    };
  }
}

test.each<OrderMoment | 'answered'>(['answered', 'network', 'run', 'has-run'])(
  'killed during a launch (%s): one instance, on one node, with its address',
  async (moment) => {
    const { daemon: victim, cc, cores, find } = await start();
    if (moment !== 'answered') killAt(moment, victim);
    const { instances } = await cc.call('RunInstances', runRequest('i-000000a1'));
    if (moment === 'answered') victim.kill();
    await victim.ended();
    await victim.start();
    await until('a node has it', () => holders('i-000000a1').length > 0);
    holders('i-000000a1')[0]?.setState('i-000000a1', 'Extant');
    await until('it is Extant', async () => (await find('i-000000a1'))?.stateName === 'Extant');
    expect((await find('i-000000a1'))?.netParams).toEqual(instances[0]?.netParams);
    expect(holders('i-000000a1')).toHaveLength(1);
    await until('nothing is reserved any more', async () => (await cores()) === 7);
    expect(nodes.flatMap((node) => node.terminations)).toEqual([]);
  },
  120_000,
);

test.each<OrderMoment>(['terminate', 'has-terminated'])(
  'killed during a termination (%s): it ends, and its address and capacity are free',
  async (moment) => {
    const { daemon: victim, cc, cores, find } = await start({ network: { subnet: '10.9.0.0/30' } });
    await cc.call('RunInstances', runRequest('i-000000b1'));
    await until('a node has it', () => holders('i-000000b1').length > 0);
    killAt(moment, victim);
    await cc.call('TerminateInstances', { instanceIds: ['i-000000b1'] });
    await victim.ended();
    await victim.start();
    await until('it has ended', async () => (await find('i-000000b1'))?.stateName === 'Teardown');
    await until('its capacity is free', async () => (await cores()) === 8);
    // The only address of the subnet.
    await cc.call('RunInstances', runRequest('i-000000b2'));
  },
  120_000,
);

test('stops cleanly at SIGTERM; takes nodes in and out at SIGHUP without losing anything', async () => {
  const { daemon: running, cc, config, cores, find } = await start();
  await cc.call('RunInstances', runRequest('i-000000c1'));
  const owner = await until('a node has it', () => holders('i-000000c1')[0]);
  const other = nodes.find((node) => node !== owner);
  if (other === undefined) throw new Error('there are two nodes');
  running.write({ ...config, nodes: config.nodes.filter(({ url }) => url === other.url) });
  running.signal('SIGHUP');
  await until('only the other node counts', async () => (await cores()) === 4);
  owner.setState('i-000000c1', 'Extant');
  await until('it is still followed', async () => (await find('i-000000c1'))?.stateName === 'Extant');
  running.write(config);
  running.signal('SIGHUP');
  await until('both nodes count', async () => (await cores()) === 7);
  running.signal('SIGTERM');
  expect(await running.ended()).toBe(0);
}, 120_000);

test('stops cleanly at SIGTERM though a node hangs, and does not blame the node for it', async () => {
  const { daemon: running, cc } = await start({ timings: { perNodeTimeoutSeconds: 600 } });
  let hanging = false;
  for (const node of nodes) {
    node.onPoll = () => {
      hanging = true;
      return new Promise(() => undefined);
    };
  }
  await until('a node hangs', () => hanging);
  running.signal('SIGTERM');
  expect(await running.ended()).toBe(0);
  for (const node of nodes) node.onPoll = () => Promise.resolve();
  await running.start();
  await cc.call('RunInstances', runRequest('i-000000d1'));
}, 120_000);
