import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { MalleeError } from '@mallee/errors';
import { runCommand } from '@mallee/processes';
import { findPostgresBinaries } from './postgres-binaries.js';
import { runDirectory } from './run-directory.js';
import { findUser, isRoot, type SystemUser } from './system-user.js';

export interface PostgresOptions {
  /** Holds the data directory `data` and the server log. */
  readonly directory: string;
  /** false for throw-away clusters of tests: no fsync. */
  readonly durable?: boolean;
}

export interface PrivatePostgres {
  /** For `pg` and every other client: a unix socket, no TCP port. */
  readonly url: string;
  readonly binaries: string;
  readonly stop: () => Promise<void>;
}

const DATABASE = 'mallee';

/**
 * A private cluster on a unix socket, made at the first call and started if it does not run. PostgreSQL refuses to run
 * as root, so for root it runs as the system user `postgres` (or `nobody`), who must be able to reach the directory.
 */
export async function startPostgres({ directory, durable = true }: PostgresOptions): Promise<PrivatePostgres> {
  const binaries = requireBinaries();
  const owner = isRoot() ? (findUser(['postgres', 'nobody']) ?? undefined) : undefined;
  const paths = preparePaths(directory, owner);
  const ids = { uid: owner?.uid, gid: owner?.gid, cwd: '/' };
  if (!existsSync(join(paths.data, 'PG_VERSION'))) {
    const flags = durable ? [] : ['--no-sync'];
    // Under another name until it is whole: an interrupted initdb must not pass for a database.
    const draft = `${paths.data}.${process.pid}.new`;
    const args = ['-D', draft, '-U', DATABASE, '-E', 'UTF8', '--locale=C', '-A', 'trust', ...flags];
    await initialise(join(binaries, 'initdb'), args, ids, draft);
    renameSync(draft, paths.data);
  }
  const pgCtl = join(binaries, 'pg_ctl');
  if (!(await isRunning(pgCtl, paths.data, ids))) {
    const settings = serverSettings(paths.socket, durable).flatMap((setting) => ['-c', setting]);
    const start = ['start', '-w', '-t', '60', '-D', paths.data, '-l', paths.log, '-o', settings.join(' ')];
    await runCommand(pgCtl, start, { ...ids, timeoutMs: 90_000, leavesServer: true });
  }
  await createDatabase(paths.socket);
  return {
    url: `postgres://${DATABASE}@/${DATABASE}?host=${encodeURIComponent(paths.socket)}`,
    binaries,
    stop: () => stopPostgres({ directory }),
  };
}

/** Stops the cluster of this directory; nothing happens when it does not run. */
export async function stopPostgres({ directory }: PostgresOptions): Promise<void> {
  const data = join(resolve(directory), 'data');
  if (!existsSync(join(data, 'PG_VERSION'))) return;
  const owner = isRoot() ? findUser(['postgres', 'nobody']) : undefined;
  const ids = { uid: owner?.uid, gid: owner?.gid, cwd: '/' };
  const pgCtl = join(requireBinaries(), 'pg_ctl');
  if (await isRunning(pgCtl, data, ids)) {
    await runCommand(pgCtl, ['stop', '-w', '-m', 'fast', '-D', data], { ...ids, timeoutMs: 90_000 });
  }
}

function requireBinaries(): string {
  // From this file upwards, so that it works from src, dist and an installed package alike.
  const nodeModules = resolve(createRequire(import.meta.url).resolve('pg/package.json'), '../..');
  const binaries = findPostgresBinaries(nodeModules);
  if (binaries === undefined) {
    throw new MalleeError('Platform.ProgramMissing', 'no PostgreSQL server found; the Debian package is postgresql');
  }
  return binaries;
}

function preparePaths(directory: string, owner: SystemUser | undefined): { data: string; socket: string; log: string } {
  const root = resolve(directory);
  const data = join(root, 'data');
  const socket = join(runDirectory(root), 'pg');
  const log = join(root, 'postgres.log');
  for (const path of [root, data, socket]) mkdirSync(path, { recursive: true });
  for (const path of [data, socket]) chmodSync(path, 0o700);
  if (owner !== undefined) {
    for (const path of [root, data, socket]) chownSync(path, owner.uid, owner.gid);
  }
  return { data, socket, log };
}

function serverSettings(socket: string, durable: boolean): string[] {
  const speed = durable ? [] : ['fsync=off', 'full_page_writes=off', 'synchronous_commit=off'];
  return [
    'listen_addresses=',
    `unix_socket_directories=${socket}`,
    'unix_socket_permissions=0777', // the directory above it is what protects it
    'max_connections=200',
    'shared_buffers=64MB',
    ...speed,
  ];
}

async function initialise(
  initdb: string,
  args: string[],
  ids: { uid?: number | undefined; cwd: string },
  data: string,
): Promise<void> {
  try {
    await runCommand(initdb, args, { ...ids, timeoutMs: 120_000 });
  } catch (cause) {
    if (!isRoot()) throw cause;
    const advice = `PostgreSQL cannot make its data directory ${data}; it runs as another user than root, who must be able to reach it: use --state with a directory like /var/lib/mallee`;
    throw new MalleeError('Configuration.Invalid', advice, { cause });
  }
}

async function isRunning(
  pgCtl: string,
  data: string,
  ids: { uid?: number | undefined; cwd: string },
): Promise<boolean> {
  if (!existsSync(join(data, 'postmaster.pid'))) return false;
  try {
    await runCommand(pgCtl, ['status', '-D', data], ids);
    return readFileSync(join(data, 'postmaster.pid'), 'utf8').includes('ready');
  } catch {
    return false;
  }
}

async function createDatabase(socket: string): Promise<void> {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ host: socket, user: DATABASE, database: 'postgres' });
  await client.connect();
  try {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`create database ${DATABASE}`);
  } finally {
    await client.end();
  }
}
