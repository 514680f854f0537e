import { watchFile, unwatchFile } from 'node:fs';
import { loadConfig, type Logger } from '@mallee/daemon';
import { toMalleeError } from '@mallee/errors';
import { clusterConfigSchema, type ClusterConfig } from './config.js';

const INTERVAL_MS = 2000;

/** Reads the file again when it changes or at SIGHUP. A wrong file is reported and the old configuration stays. */
export function watchConfig(
  file: string,
  logger: Logger,
  apply: (config: ClusterConfig) => Promise<void>,
): { stop(): void } {
  const read = async (): Promise<void> => {
    try {
      await apply(loadConfig(file, clusterConfigSchema));
      logger.info({ file }, 'configuration read again');
    } catch (error) {
      const { code, message } = toMalleeError(error);
      logger.error({ code, reason: message }, 'the new configuration is not used');
    }
  };
  const onSignal = (): void => void read();
  const onChange = (now: { mtimeMs: number }, before: { mtimeMs: number }): void => {
    if (now.mtimeMs !== before.mtimeMs && now.mtimeMs > 0) void read();
  };
  process.on('SIGHUP', onSignal);
  watchFile(file, { interval: INTERVAL_MS, persistent: false }, onChange);
  return {
    stop: () => {
      process.off('SIGHUP', onSignal);
      unwatchFile(file, onChange);
    },
  };
}
