import { createPool, migrate, type Pool } from '@mallee/database';
import { scratchDirectory, startTestPostgres, type TestService } from '@mallee/testing';
import { checkDirectory, claimDirectory } from '../volumes/identity.js';
import { VolumeFiles } from '../volumes/volume-files.js';
import { VolumeService, type VolumeLimits } from '../volumes/volume-service.js';

export const migrations = new URL('../../migrations', import.meta.url).href;

/** For tests: a PostgreSQL of its own, and volume services on it, each with its own schema and directory. */
export class VolumeWorld {
  readonly url: string;
  readonly #postgres: TestService;
  readonly #cleanup: (() => Promise<void> | void)[] = [];
  #count = 0;

  private constructor(postgres: TestService) {
    this.#postgres = postgres;
    this.url = postgres.url;
  }

  static async start(): Promise<VolumeWorld> {
    return new VolumeWorld(await startTestPostgres());
  }

  directory(): string {
    const scratch = scratchDirectory();
    this.#cleanup.push(() => scratch.remove());
    return scratch.path;
  }

  /** A migrated, empty schema. */
  async database(): Promise<Pool> {
    const schema = `sc_test${++this.#count}`;
    const pool = createPool(this.url, { schema });
    this.#cleanup.push(() => pool.end());
    await migrate(pool, { schema, directories: [migrations] });
    return pool;
  }

  /** Limits that never bite, unless given. */
  async service(limits: Partial<VolumeLimits> = {}): Promise<VolumeService> {
    const pool = await this.database();
    const files = new VolumeFiles(this.directory());
    await files.prepare();
    const id = await claimDirectory(pool, files.directory, 'zone');
    return new VolumeService({
      pool,
      files,
      limits: { maxVolumeSizeGb: 10, maxTotalGb: 1000, reserveGb: 0, ...limits },
      checkDirectory: () => checkDirectory(files.directory, id),
    });
  }

  async stop(): Promise<void> {
    for (const step of this.#cleanup.reverse()) await step();
    await this.#postgres.stop();
  }
}
