import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MalleeError } from '@mallee/errors';

export interface DetachedProcessOptions {
  readonly argv: readonly [string, ...string[]];
  readonly pidFile: string;
  /** Standard output and error are appended here. */
  readonly logFile: string;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** Starts a program that outlives this process; its pid and start time go to the pid file. */
export async function startDetached({ argv, pidFile, logFile, cwd, env }: DetachedProcessOptions): Promise<number> {
  mkdirSync(dirname(pidFile), { recursive: true });
  mkdirSync(dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'a');
  const [program, ...args] = argv;
  try {
    const child = spawn(program, args, {
      detached: true,
      stdio: ['ignore', log, log],
      env: env ?? process.env,
      ...(cwd === undefined ? {} : { cwd }),
    });
    const spawned = new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', (cause) =>
        reject(new MalleeError('Platform.ProgramMissing', `cannot run ${program}: ${cause.message}`, { cause })),
      );
    });
    // In the same turn as the start: an interrupt in between would leave a process that nobody knows.
    if (child.pid !== undefined) writeFileSync(pidFile, `${child.pid} ${startTime(child.pid) ?? 0}\n`);
    await spawned;
    child.unref();
    return child.pid!;
  } finally {
    closeSync(log);
  }
}

/** The pid of the pid file if that very process still runs: the start time guards against a recycled pid. */
export function runningPid(pidFile: string): number | undefined {
  let text: string;
  try {
    text = readFileSync(pidFile, 'utf8');
  } catch {
    return undefined;
  }
  const [pid, started] = text.trim().split(' ').map(Number);
  if (pid === undefined || !Number.isInteger(pid) || pid <= 1) return undefined;
  const now = startTime(pid);
  if (now === undefined || (started !== undefined && started !== now)) return undefined;
  return pid;
}

/** SIGTERM, then SIGKILL after `graceMs`; the pid file goes with the process. Nothing happens when it does not run. */
export async function stopDetached(pidFile: string, graceMs = 20_000): Promise<'stopped' | 'killed' | 'absent'> {
  const pid = runningPid(pidFile);
  if (pid === undefined) {
    rmSync(pidFile, { force: true });
    return 'absent';
  }
  process.kill(pid, 'SIGTERM');
  const killed = !(await hasEnded(pidFile, graceMs));
  if (killed) {
    process.kill(pid, 'SIGKILL');
    await hasEnded(pidFile, 5000);
  }
  rmSync(pidFile, { force: true });
  return killed ? 'killed' : 'stopped';
}

async function hasEnded(pidFile: string, withinMs: number): Promise<boolean> {
  const until = Date.now() + withinMs;
  while (Date.now() < until) {
    if (runningPid(pidFile) === undefined) return true;
    await sleep(50);
  }
  return runningPid(pidFile) === undefined;
}

/** Field 22 of /proc/PID/stat; undefined for a process that is gone or a zombie. */
function startTime(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : Number(fields[19]);
  } catch {
    return undefined;
  }
}
