// The smallest Ceph that a radosgw can stand on: one monitor, one OSD on a file, all in one directory.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MalleeError } from '@mallee/errors';
import { freePort } from './redis.js';

const PROGRAMS = ['radosgw', 'radosgw-admin', 'ceph-mon', 'ceph-osd', 'monmaptool', 'ceph-authtool', 'ceph'];

/** Debian packages that hold all the programs. */
export const RADOSGW_PACKAGES: readonly string[] = ['radosgw', 'ceph-mon', 'ceph-osd'];

export interface PrivateRadosgw {
  readonly port: number;
  /** Ends everything and removes its files. */
  readonly stop: () => Promise<void>;
  /** SIGKILL of the gateway; what it stored stays with the OSD. */
  readonly kill: () => Promise<void>;
  /** Starts the gateway again at the same port. */
  readonly revive: () => Promise<void>;
}

interface Daemon {
  readonly process: ChildProcess;
  readonly ended: Promise<unknown>;
}

/** Those of the programs that are not installed. */
export function missingRadosgwPrograms(): string[] {
  return PROGRAMS.filter((program) => spawnSync(program, ['--version']).error !== undefined);
}

/** For tests and benchmarks, as root: starts it and makes one user. A text says why that is impossible here. */
export async function startRadosgw(user: {
  readonly accessKeyId: string;
  readonly secretKey: string;
}): Promise<PrivateRadosgw | string> {
  const missing = missingRadosgwPrograms();
  if (missing.length > 0) return `${missing.join(', ')} not installed`;
  const directory = mkdtempSync(join(tmpdir(), 'mc-'));
  const daemons: Daemon[] = [];
  const stop = async (): Promise<void> => {
    for (const daemon of daemons.reverse()) await end(daemon);
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    const port = await startAll(directory, daemons);
    const key = [`--access-key=${user.accessKeyId}`, `--secret-key=${user.secretKey}`];
    run(directory, 'radosgw-admin', ['user', 'create', '--uid=user', '--display-name=user', ...key]);
    const kill = async (): Promise<void> => {
      const gateway = daemons.pop();
      if (gateway !== undefined) await end(gateway);
    };
    return { port, stop, kill, revive: () => startGateway(directory, daemons, port) };
  } catch (error) {
    await stop();
    return `radosgw does not start: ${(error as Error).message.slice(0, 300)}`;
  }
}

async function end(daemon: Daemon): Promise<void> {
  daemon.process.kill('SIGKILL');
  await daemon.ended;
}

async function startAll(directory: string, daemons: Daemon[]): Promise<number> {
  const [fsid, osd] = [randomUUID(), randomUUID()];
  const [monitor, port] = [await freePort(), await freePort()];
  writeFileSync(join(directory, 'ceph.conf'), configuration(directory, fsid, monitor, port));
  for (const name of ['mon', 'osd', 'run']) mkdirSync(join(directory, name));
  // radosgw does not start without keys, so all have them.
  const keyring = join(directory, 'keyring');
  const allow = (...services: string[]): string[] => services.flatMap((service) => ['--cap', service, 'allow *']);
  run(directory, 'ceph-authtool', ['--create-keyring', '--gen-key', '-n', 'mon.', ...allow('mon'), keyring]);
  for (const client of ['client.admin', 'client.rgw'])
    run(directory, 'ceph-authtool', ['--gen-key', '-n', client, ...allow('mon', 'osd', 'mgr'), keyring]);
  run(directory, 'ceph-authtool', ['--gen-key', '-n', 'osd.0', ...allow('mon', 'osd', 'mgr'), keyring]);
  const map = join(directory, 'monmap');
  const addresses = `[v2:127.0.0.1:${monitor}]`;
  run(directory, 'monmaptool', ['--create', '--fsid', fsid, '--addv', 'a', addresses, map]);
  run(directory, 'ceph-mon', ['--mkfs', '-i', 'a', '--monmap', map, '--keyring', keyring]);
  daemons.push(launch(directory, 'ceph-mon', ['-i', 'a', '-f']));
  run(directory, 'ceph', ['--connect-timeout', '20', 'osd', 'new', osd]);
  run(directory, 'ceph-osd', ['-i', '0', '--mkfs', '--osd-uuid', osd]);
  daemons.push(launch(directory, 'ceph-osd', ['-i', '0', '-f']));
  run(directory, 'ceph', ['osd', 'crush', 'add', 'osd.0', '1', 'root=default', 'host=bench']);
  await startGateway(directory, daemons, port);
  return port;
}

async function startGateway(directory: string, daemons: Daemon[], port: number): Promise<void> {
  daemons.push(launch(directory, 'radosgw', ['-n', 'client.rgw', '-f']));
  for (let attempt = 0; attempt < 400; attempt += 1) {
    const answer = await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined);
    if (answer?.status === 200) return;
    await sleep(100);
  }
  throw new MalleeError('Platform.CommandFailed', 'it does not answer');
}

function configuration(directory: string, fsid: string, monitor: number, port: number): string {
  return `[global]
fsid = ${fsid}
mon host = [v2:127.0.0.1:${monitor}]
auth cluster required = cephx
auth service required = cephx
auth client required = cephx
keyring = ${directory}/keyring
mon allow pool size one = true
mon warn on pool no redundancy = false
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 8
osd pool default pgp num = 8
osd crush chooseleaf type = 0
ms bind ipv6 = false
public network = 127.0.0.0/8
public addr = 127.0.0.1
cluster addr = 127.0.0.1
run dir = ${directory}/run
admin socket = ${directory}/run/$name.asok
pid file = ${directory}/run/$name.pid
log file = ${directory}/$name.log
mon cluster log file = ${directory}/cluster.log
crash dir = ${directory}/crash
[mon]
mon data = ${directory}/mon
[osd]
osd data = ${directory}/osd
osd objectstore = bluestore
bluestore block size = 21474836480
osd memory target = 1073741824
[client.rgw]
rgw frontends = beast endpoint=127.0.0.1:${port}
rgw data = ${directory}/run
rgw enable usage log = false
rgw enable ops log = false
`;
}

function run(directory: string, program: string, parameters: readonly string[]): void {
  // These two work on files and know no configuration.
  const bare = program === 'monmaptool' || program === 'ceph-authtool';
  const all = bare ? parameters : ['-c', join(directory, 'ceph.conf'), ...parameters];
  const { status, stderr, error } = spawnSync(program, all, { timeout: 60_000, encoding: 'utf8' });
  if (status === 0) return;
  const reason = error?.message ?? stderr;
  throw new MalleeError('Platform.CommandFailed', `${program} ${parameters.join(' ')}: ${reason}`);
}

function launch(directory: string, program: string, parameters: readonly string[]): Daemon {
  const log = openSync(join(directory, `${program}.out`), 'a');
  const child = spawn(program, ['-c', join(directory, 'ceph.conf'), ...parameters], { stdio: ['ignore', log, log] });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  return { process: child, ended };
}
