import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  startLibvirtd,
  startPostgres,
  startRedis,
  stopLibvirtd,
  stopPostgres,
  stopRedis,
} from '@mallee/private-services';
import type { Progress } from './progress.js';
import type { CloudLayout } from './layout.js';

/** Where database, queues and hypervisor of this cloud are reached. */
export interface Backends {
  readonly databaseUrl: string;
  readonly queueUrl: string;
  readonly libvirtUri: string;
}

/** DATABASE_URL, REDIS_URL and MALLEE_LIBVIRT_URI win; otherwise private servers in the state directory are started. */
export async function startBackends(layout: CloudLayout, step: Progress): Promise<Backends> {
  const databaseUrl =
    process.env['DATABASE_URL'] ??
    (await step('database: private PostgreSQL', async () => (await startPostgres(at(layout, 'postgres'))).url));
  return {
    databaseUrl,
    queueUrl: await startQueues(layout, databaseUrl, step),
    libvirtUri: await startHypervisor(layout, step),
  };
}

/** Stops the private servers of the state directory; those named by environment variables were never ours. */
export async function stopBackends(layout: CloudLayout): Promise<void> {
  await stopLibvirtd(at(layout, 'libvirt'));
  await stopRedis(at(layout, 'redis'));
  await stopPostgres(at(layout, 'postgres'));
}

async function startQueues(layout: CloudLayout, databaseUrl: string, step: Progress): Promise<string> {
  const given = process.env['REDIS_URL'];
  if (given !== undefined) return given;
  const redis = await startRedis(at(layout, 'redis'));
  const text = redis === undefined ? 'PostgreSQL (no redis-server found)' : 'private Redis';
  return step(`queues: ${text}`, () => Promise.resolve(redis?.url ?? databaseUrl));
}

async function startHypervisor(layout: CloudLayout, step: Progress): Promise<string> {
  const given = process.env['MALLEE_LIBVIRT_URI'];
  if (given !== undefined) return given;
  const mode = layout.network.mode === 'bridge' ? 'system' : 'session';
  return step(
    `hypervisor: private libvirtd (${mode} mode)`,
    async () => (await startLibvirtd(at(layout, 'libvirt'))).uri,
  );
}

/** Closed to others: what the servers write in it (queues, logs) has modes of their choice. */
function at(layout: CloudLayout, name: string): { directory: string } {
  const directory = join(layout.stateDirectory, name);
  mkdirSync(directory, { recursive: true });
  chmodSync(directory, 0o700);
  return { directory };
}
