import { unwatchFile, watchFile, type Stats } from 'node:fs';

const INTERVAL_MS = 1000;
const SETTLE_MS = 100;

/**
 * Calls `changed` soon after one of the files was written or replaced, and at SIGHUP; once for what changes together. It looks at the
 * files every second: notifications of the kernel do not follow a file that is renamed into place.
 */
export function watchFiles(files: readonly string[], changed: () => void): { stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  const soon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(changed, SETTLE_MS).unref();
  };
  const look = (now: Stats, before: Stats): void => {
    if (now.mtimeMs > 0 && (now.mtimeMs !== before.mtimeMs || now.ino !== before.ino)) soon();
  };
  for (const file of files) watchFile(file, { interval: INTERVAL_MS, persistent: false }, look);
  process.on('SIGHUP', soon);
  return {
    stop: () => {
      clearTimeout(timer);
      process.off('SIGHUP', soon);
      for (const file of files) unwatchFile(file, look);
    },
  };
}
