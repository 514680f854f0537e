import { spawn, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Tests only (not exported): a throw-away PostgreSQL on a unix socket, run as `postgres` when we are root. */
export interface ScratchPostgres {
  readonly url: string;
  stop(): void;
}

export function startScratchPostgres(): ScratchPostgres {
  const directory = mkdtempSync(join(tmpdir(), 'mallee-pg-'));
  const account = process.getuid?.() === 0 ? { uid: idOf('-u'), gid: idOf('-g') } : undefined;
  if (account !== undefined) chownSync(directory, account.uid, account.gid);
  const data = join(directory, 'data');
  const run = (program: string, args: string[]): void => {
    const result = spawnSync(join(binaries(), program), args, { ...account, cwd: directory, encoding: 'utf8' });
    if (result.status !== 0) throw new Error(`${program}: ${result.stderr}${result.stdout}`);
  };
  run('initdb', ['-D', data, '-U', 'mallee', '-A', 'trust', '--no-sync', '-E', 'UTF8', '--locale=C']);
  const settings = ['-k', directory, '-c', 'listen_addresses=', '-c', 'fsync=off', '-c', 'max_connections=200'];
  const server = spawn(join(binaries(), 'postgres'), ['-D', data, ...settings], { ...account, stdio: 'ignore' });
  const url = `postgres:///postgres?host=${directory}&user=mallee`;
  for (let i = 0; ; i++) {
    const ready = spawnSync(join(binaries(), 'pg_isready'), ['-h', directory, '-U', 'mallee'], { stdio: 'ignore' });
    if (ready.status === 0) break;
    if (i > 300) throw new Error('the scratch PostgreSQL does not start');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
  }
  return {
    url,
    stop: () => {
      server.kill('SIGKILL');
      rmSync(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    },
  };
}

function binaries(): string {
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : [];
  const newest = versions[0];
  if (newest === undefined)
    throw new Error('PostgreSQL server programs are missing: install the Debian package postgresql');
  return join(root, newest, 'bin');
}

function idOf(flag: '-u' | '-g'): number {
  return Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout.trim());
}
