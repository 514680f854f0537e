import { link, readFile, rm, unlink, writeFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { MalleeError } from '@mallee/errors';

const POLL_MS = 250;
const DEADLINE_MS = 15 * 60_000;

/** Runs `work` while holding a lock file with the process id inside; the lock of a dead process is taken over. */
export async function withBuildLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const mine = `${process.pid} ${randomUUID()}`;
  const deadline = Date.now() + DEADLINE_MS;
  while (!(await acquire(path, mine))) {
    if (Date.now() > deadline) throw new MalleeError('Platform.Timeout', `waited in vain for the lock ${path}`);
    await sleep(POLL_MS);
  }
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

/** A hard link appears with its content in one step, so nobody ever reads a half-written lock. */
async function acquire(path: string, mine: string): Promise<boolean> {
  const draft = `${path}.${mine.split(' ')[1]}`;
  await writeFile(draft, mine);
  try {
    await link(draft, path);
    return true;
  } catch {
    await removeIfAbandoned(path);
    return false;
  } finally {
    await unlink(draft);
  }
}

async function removeIfAbandoned(path: string): Promise<void> {
  const owner = Number.parseInt(await readFile(path, 'utf8').catch(() => ''), 10);
  if (Number.isNaN(owner) || isAlive(owner)) return;
  await rm(path, { force: true });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
