import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MalleeError } from '@mallee/errors';
import { runningPid, startDetached, stopDetached } from '@mallee/private-services';
import { type CloudLayout, type DaemonName, treeTop } from './layout.js';

const READY_MS = 60_000;

export function configFile(layout: CloudLayout, name: DaemonName): string {
  return join(layout.stateDirectory, name, 'config.json');
}

export function logFile(layout: CloudLayout, name: DaemonName): string {
  return join(layout.stateDirectory, 'log', `${name}.log`);
}

export function pidFile(layout: CloudLayout, name: DaemonName): string {
  return join(layout.stateDirectory, name, 'daemon.pid');
}

export function baseUrl(layout: CloudLayout, name: DaemonName): string {
  return `http://${layout.host}:${layout.ports[name]}`;
}

/**
 * Starts one daemon as an operator would, if it does not run, and waits until it answers. One that runs but does not answer
 * is starting or stopping: in the latter case it is started anew as soon as it has ended.
 */
export async function startDaemon(layout: CloudLayout, name: DaemonName): Promise<void> {
  const until = Date.now() + READY_MS;
  let launched = false;
  while (Date.now() < until) {
    if (runningPid(pidFile(layout, name)) === undefined) {
      if (launched) break;
      await launch(layout, name);
      launched = true;
    }
    if (await answers(`${baseUrl(layout, name)}/healthz`)) return;
    await sleep(100);
  }
  throw new MalleeError(
    'Platform.Timeout',
    `${name} did not start; the last lines of ${logFile(layout, name)} say why`,
  );
}

async function launch(layout: CloudLayout, name: DaemonName): Promise<void> {
  const program = join(treeTop, 'services', name, 'dist', 'main.js');
  if (!existsSync(program)) {
    throw new MalleeError('Platform.ProgramMissing', `${program} is not built; run npm run build`);
  }
  await startDetached({
    argv: [process.execPath, '--enable-source-maps', program, '--config', configFile(layout, name)],
    pidFile: pidFile(layout, name),
    logFile: logFile(layout, name),
    cwd: layout.stateDirectory,
    // Walrus waits for the disk in threads, many at a time; Node makes four unless told.
    ...(name === 'walrus' ? { env: { ...process.env, UV_THREADPOOL_SIZE: '16' } } : {}),
  });
}

export async function stopDaemon(layout: CloudLayout, name: DaemonName): Promise<'stopped' | 'killed' | 'absent'> {
  return stopDetached(pidFile(layout, name));
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(2000) })).ok;
  } catch {
    return false;
  }
}
