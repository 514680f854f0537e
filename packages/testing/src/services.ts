import { startLibvirtd, startPostgres, startRedis } from '@mallee/private-services';
import { MalleeError } from '@mallee/errors';
import { scratchDirectory } from './scratch.js';

export interface TestService {
  /** Connection URL (or URI). */
  readonly url: string;
  /** Stops the service and removes its files. */
  readonly stop: () => Promise<void>;
}

/** A throw-away PostgreSQL cluster of its own (no fsync). */
export async function startTestPostgres(): Promise<TestService> {
  return inScratch(async (directory) => startPostgres({ directory, durable: false }));
}

export async function startTestRedis(): Promise<TestService> {
  return inScratch(async (directory) => {
    const redis = await startRedis({ directory });
    if (redis === undefined) {
      throw new MalleeError(
        'Platform.ProgramMissing',
        'redis-server is not installed; the Debian package is redis-server',
      );
    }
    return redis;
  });
}

/** A libvirtd of its own: system mode as root, session mode otherwise. */
export async function startTestLibvirtd(): Promise<TestService> {
  return inScratch(async (directory) => {
    const { uri, stop } = await startLibvirtd({ directory });
    return { url: uri, stop };
  });
}

async function inScratch(start: (directory: string) => Promise<TestService>): Promise<TestService> {
  const scratch = scratchDirectory();
  try {
    const { url, stop } = await start(scratch.path);
    return {
      url,
      stop: async () => {
        await stop();
        scratch.remove();
      },
    };
  } catch (error) {
    scratch.remove();
    throw error;
  }
}
