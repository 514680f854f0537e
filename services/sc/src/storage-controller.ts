import type { DaemonContext, RunningDaemon } from '@mallee/daemon';
import { createPool, migrate, type Pool } from '@mallee/database';
import { schemaName, type StorageConfig } from './config.js';
import { serveSoap } from './soap.js';
import { checkDirectory, claimDirectory } from './volumes/identity.js';
import { ReconcileLoop } from './volumes/reconcile-loop.js';
import { VolumeFiles } from './volumes/volume-files.js';
import { VolumeService } from './volumes/volume-service.js';

const MIGRATIONS = new URL('../migrations', import.meta.url).href;

/** Wires the storage controller; volumes are reconciled before it returns, so before a request is taken. */
export async function startStorageController(context: DaemonContext<StorageConfig>): Promise<RunningDaemon> {
  const { config, logger, health } = context;
  const pool = createPool(config.databaseUrl, { schema: schemaName(config.cluster) });
  try {
    await migrate(pool, { schema: schemaName(config.cluster), directories: [MIGRATIONS] });
    const volumes = await openVolumes(pool, config);
    const loop = new ReconcileLoop(volumes, logger, config.reconcileSeconds * 1000);
    await loop.once();
    loop.start();
    health.check('database', async () => void (await pool.query('select 1')));
    health.check('volumes directory', volumes.checkDirectory);
    serveSoap(context, volumes);
    return {
      stop: async () => {
        await loop.stop();
        await pool.end();
      },
    };
  } catch (error) {
    await pool.end();
    throw error;
  }
}

async function openVolumes(pool: Pool, config: StorageConfig): Promise<VolumeService> {
  const files = new VolumeFiles(config.volumesDirectory);
  await files.prepare();
  const id = await claimDirectory(pool, config.volumesDirectory, config.cluster);
  await files.sweep();
  const check = (): Promise<void> => checkDirectory(config.volumesDirectory, id);
  return new VolumeService({ pool, files, limits: config, checkDirectory: check });
}
