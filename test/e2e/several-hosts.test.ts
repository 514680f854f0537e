import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { DescribeAvailabilityZonesCommand, DescribeInstancesCommand, RunInstancesCommand } from '@aws-sdk/client-ec2';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { copyFileSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { cloudClients, type CloudClients, type CloudLayout, publishGuest } from '@mallee/local-cloud';
import {
  describeReal,
  scratchDirectory,
  type ScratchDirectory,
  startTestPostgres,
  startTestRedis,
  type TestService,
} from '@mallee/testing';

const top = join(import.meta.dirname, '../..');
const run = promisify(execFile);

// One loopback address a machine.
const hosts = { clc: '127.0.0.11', walrus: '127.0.0.12', sc: '127.0.0.13', cc: '127.0.0.14' };
const nodes = { 'nc-1': '127.0.0.15', 'nc-2': '127.0.0.16' };
type Name = keyof typeof hosts | keyof typeof nodes;

/** The addresses are this test's own; the port varies, as an earlier run may linger. */
const port = 20_000 + Math.floor(Math.random() * 9000);

describeReal({ programs: ['qemu-img', 'redis-server'] }, 'six hosts on loopback, simulated hypervisors: wiring', () => {
  const daemons = new Map<Name, ChildProcess>();
  const services: TestService[] = [];
  let scratch: ScratchDirectory;
  let folders: string;
  let layout: CloudLayout;
  let clients: CloudClients;
  let image: string;

  const mallee = async (...args: string[]): Promise<string> =>
    (await run(process.execPath, [join(top, 'cli/dist/main.js'), ...args])).stdout;

  const state = (name: Name, ...path: string[]): string => join(scratch.path, 'state', name, ...path);

  async function configure(): Promise<void> {
    const places = [...Object.entries(hosts), ...Object.entries(nodes)];
    await mallee(
      ...['configure', '--output', folders, '--zone', 'east', '--network', 'user', '--subnet', '10.99.0.0/24'],
      ...['--database-url', services[0]!.url, '--queue-url', services[1]!.url, '--scheduler', 'ROUNDROBIN'],
      ...['--install-prefix', `${folders}/{name}`, '--state-prefix', `${scratch.path}/state/{name}`],
      ...['--metadata-port', '0'],
      ...places.flatMap(([name, host]) => [
        '--host',
        `${name.slice(0, name.startsWith('nc') ? 2 : 9)}=${host}:${port}`,
      ]),
    );
  }

  /** What the operator of a machine may change in its file. */
  function adjust(name: Name, change: (config: Record<string, object>) => void): void {
    const file = join(folders, name, 'config.json');
    const config = JSON.parse(readFileSync(file, 'utf8')) as Record<string, object>;
    change(config);
    writeFileSync(file, JSON.stringify(config));
  }

  async function start(name: Name, host: string): Promise<void> {
    const program = join(top, 'services', name.replace(/-\d$/, ''), 'dist/main.js');
    const log = openSync(join(scratch.path, `${name}.log`), 'a');
    const args = [program, '--config', join(folders, name, 'config.json')];
    daemons.set(name, spawn(process.execPath, args, { stdio: ['ignore', log, log] }));
    const ready = async (): Promise<boolean> => (await fetch(`http://${host}:${port}/readyz`)).ok;
    await eventually(60_000, ready, `${name} is ready`, () => readFileSync(join(scratch.path, `${name}.log`), 'utf8'));
  }

  async function launch(count: number): Promise<string[]> {
    const order = { ImageId: image, MinCount: count, MaxCount: count, InstanceType: 'm1.small' } as const;
    const { Instances } = await clients.ec2.send(new RunInstancesCommand(order));
    const ids = Instances!.map(({ InstanceId }) => InstanceId!);
    let last = '';
    const running = async (): Promise<boolean> => {
      const { Reservations } = await clients.ec2.send(new DescribeInstancesCommand({ InstanceIds: ids }));
      const all = Reservations!.flatMap(({ Instances }) => Instances!);
      last = JSON.stringify(all.map(({ InstanceId, State, StateReason }) => ({ InstanceId, State, StateReason })));
      return all.every(({ State }) => State!.Name === 'running');
    };
    await eventually(90_000, running, 'all are running', () => last);
    return ids;
  }

  /** Instances of which a node has a record. */
  const recordsOf = (name: Name): string[] =>
    readdirSync(state(name, 'records')).map((file) => file.replace(/\.json$/, ''));

  /** How many nodes the cluster controller reports in its metrics as `up` or `down`. */
  async function nodesIn(state: 'up' | 'down'): Promise<number> {
    const text = await (await fetch(`http://${hosts.cc}:${port}/metrics`)).text();
    return Number(new RegExp(`^mallee_nodes\\{.*state="${state}".*\\} (\\d+)$`, 'm').exec(text)?.[1] ?? -1);
  }

  beforeAll(async () => {
    scratch = scratchDirectory();
    folders = join(scratch.path, 'etc');
    services.push(await startTestPostgres(), await startTestRedis());
    await configure();
    for (const [name, host] of Object.entries(nodes)) {
      adjust(name as Name, (config) => {
        config['hypervisor'] = { ...config['hypervisor'], driver: 'simulated' };
        config['metadata'] = { host, port: 0 };
        config['limits'] = { memoryMb: 1024, cores: 4, diskGb: 40 };
      });
    }
    adjust('cc', (config) => (config['timings'] = { pollSeconds: 1, perNodeTimeoutSeconds: 5 }));
    for (const [name, host] of Object.entries({ ...hosts, ...nodes })) await start(name as Name, host);

    // Clients of one machine read its credentials and the image certificate below one directory.
    layout = {
      stateDirectory: folders,
      tag: 'x',
      zone: 'east',
      host: hosts.clc,
      ports: { clc: port, walrus: port, sc: port, cc: port, nc: port, metadata: 0 },
      network: { mode: 'user', bridge: 'none', subnet: '10.99.0.0/24' },
    };
    copyFileSync(state('clc', 'admin-credentials.json'), join(folders, 'admin-credentials.json'));
    clients = cloudClients(layout);
  }, 240_000);

  afterAll(async () => {
    clients?.ec2.destroy();
    clients?.s3.destroy();
    for (const child of daemons.values()) child.kill('SIGKILL');
    for (const service of services.reverse()) await service.stop();
    scratch.remove();
  }, 60_000);

  it('configures again without changing a key, and registers twice', async () => {
    const key = readFileSync(join(folders, 'nc-2/keys/nc-2-pk.pem'), 'utf8');
    const config = readFileSync(join(folders, 'sc/config.json'), 'utf8');
    const saved = (['cc', 'nc-1', 'nc-2'] as const).map((name) => [name, join(folders, name, 'config.json')] as const);
    const texts = saved.map(([, file]) => readFileSync(file, 'utf8'));
    await configure();
    saved.forEach(([, file], index) => writeFileSync(file, texts[index]!));
    expect(readFileSync(join(folders, 'nc-2/keys/nc-2-pk.pem'), 'utf8')).toBe(key);
    expect(readFileSync(join(folders, 'sc/config.json'), 'utf8')).toBe(config);

    const register = [
      ...['register', '--url', `http://${hosts.clc}:${port}`, '--directory', folders],
      ...['--credentials', state('clc', 'admin-credentials.json')],
    ];
    const first = await mallee(...register);
    expect(first).toContain(`cluster east at http://${hosts.cc}:${port}`);
    expect(await mallee(...register)).toBe(first);
    await eventually(60_000, async () => (await nodesIn('up')) === 2, 'both nodes are up');
  }, 120_000);

  it('fetches images from another host and spreads a launch over both nodes', async () => {
    const files = Object.fromEntries(
      ['kernel', 'ramdisk', 'root'].map((name) => {
        const file = join(scratch.path, `${name}.img`);
        writeFileSync(file, Buffer.alloc(64 * 1024, name));
        return [name, file];
      }),
    ) as { kernel: string; ramdisk: string; root: string };
    image = (await publishGuest(layout, clients, { ...files, format: 'raw' } as never, 'guest')).machine;
    await eventually(60_000, async () => (await free()) >= 2, 'the CLC knows of the capacity');
    const ids = await launch(2);
    const placed = (Object.keys(nodes) as Name[]).map(
      (name) => recordsOf(name).filter((id) => ids.includes(id)).length,
    );
    expect(placed).toEqual([1, 1]);
  }, 240_000);

  it('reports a killed node as down; the next launches go to the other', async () => {
    daemons.get('nc-1')!.kill('SIGKILL');
    const down = async (): Promise<boolean> => (await nodesIn('down')) === 1;
    await eventually(60_000, down, 'the cluster controller reports a node as down');
    const before = recordsOf('nc-1').length;
    const ids = await launch(2);
    expect(recordsOf('nc-2')).toEqual(expect.arrayContaining(ids));
    expect(recordsOf('nc-1')).toHaveLength(before);
  }, 240_000);

  it('takes the node back when it runs again', async () => {
    await start('nc-1', nodes['nc-1']);
    await eventually(60_000, async () => (await nodesIn('up')) === 2, 'both nodes are up');
  }, 120_000);

  /** Free places for m1.small as `euca-describe-availability-zones verbose` shows them. */
  async function free(): Promise<number> {
    const { AvailabilityZones } = await clients.ec2.send(
      new DescribeAvailabilityZonesCommand({ ZoneNames: ['verbose'] }),
    );
    const row = AvailabilityZones!.find(({ ZoneName }) => ZoneName === '|- m1.small');
    return Number.parseInt(row?.State ?? '0', 10);
  }
});

async function eventually(
  withinMs: number,
  condition: () => Promise<boolean>,
  what: string,
  more = () => '',
): Promise<void> {
  const until = Date.now() + withinMs;
  let last: unknown;
  while (Date.now() < until) {
    try {
      if (await condition()) return;
    } catch (error) {
      last = error;
    }
    await sleep(200);
  }
  throw new Error(`not within ${withinMs / 1000} s: ${what} ${more().slice(-2000)}`, { cause: last });
}
