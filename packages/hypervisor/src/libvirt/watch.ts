import { spawn, type ChildProcess } from 'node:child_process';
import type { Virsh } from './virsh.js';

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

/**
 * Reports the name of every domain that has a lifecycle event. One `virsh event` process stays connected and is started
 * again, with growing pauses, when it ends.
 */
export function watchLifecycle(virsh: Virsh, onEvent: (domain: string) => void): { stop(): void } {
  let stopped = false;
  let child: ChildProcess | undefined;
  let timer: NodeJS.Timeout | undefined;
  let pauseMs = FIRST_PAUSE_MS;

  const start = (): void => {
    child = spawn(virsh.program, ['-c', virsh.uri, 'event', '--event', 'lifecycle', '--loop'], {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, LC_ALL: 'C', ...virsh.env },
    });
    let rest = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      pauseMs = FIRST_PAUSE_MS;
      const lines = (rest + text).split('\n');
      rest = (lines.pop() ?? '').slice(-4096);
      for (const line of lines) reportLine(line, onEvent);
    });
    // 'close' follows 'error' as well as an ordinary end.
    child.on('error', () => undefined);
    child.on('close', () => {
      if (stopped) return;
      timer = setTimeout(start, pauseMs);
      timer.unref();
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    });
    child.unref();
  };
  start();

  return {
    stop: () => {
      stopped = true;
      clearTimeout(timer);
      child?.kill('SIGTERM');
    },
  };
}

function reportLine(line: string, onEvent: (domain: string) => void): void {
  const name = /^event 'lifecycle' for domain '?([^']+?)'?: /.exec(line)?.[1];
  if (name !== undefined) onEvent(name);
}
