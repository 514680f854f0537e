import { randomBytes } from 'node:crypto';
import { createLogger, Health, HttpListener, Metrics, type Logger } from '@mallee/daemon';
import { createPool, migrate, type Pool } from '@mallee/database';
import { fileURLToPath } from 'node:url';
import { AccessLogs, type AccessLogOptions } from '../access-logs/access-logs.js';
import type { AccessKeyHolder } from '../accounts/account-directory.js';
import { StaticAccountDirectory, type StaticAccount } from '../accounts/static-account-directory.js';
import { imagesNotServed } from '../image-service.js';
import { createBundleReceiver } from '../images/bundle-upload.js';
import { LifecycleWorker } from '../lifecycle/worker.js';
import { createComponentHandler } from '../s3/component-requests.js';
import { createS3Handler, namesBucket } from '../s3/handler.js';
import { withSoap } from '../soap/handler.js';
import { Keyring } from '../storage/encryption.js';
import type { BlobStore } from '../storage/blob-store.js';
import { Janitor } from '../storage/janitor.js';
import { claimStore } from '../storage/claim-store.js';
import { openBlobStore } from '../storage/open-blob-store.js';
import { createObjectReader } from '../storage/postgres-object-reader.js';
import type { S3Place } from '../storage/s3-requests.js';

export function holder(name: string, digit: string, isAdmin = false): AccessKeyHolder {
  return {
    accessKeyId: `AKIA${name.toUpperCase()}`,
    secretKey: `secret-of-${name}`,
    accountId: digit.repeat(12),
    canonicalId: digit.repeat(64),
    displayName: name,
    userId: `AIDA${name.toUpperCase()}`,
    isAdmin,
  };
}

export const alice = holder('alice', '1');
export const bob = holder('bob', '2');
export const admin = holder('admin', '3', true);

export interface ServeOptions {
  readonly databaseUrl: string;
  readonly objectsDirectory: string;
  /** A store behind this one, in place of the directory. */
  readonly behind?: S3Place;
  readonly maxObjectBytes?: number;
  readonly trustedNodes?: readonly string[];
  readonly images?: typeof imagesNotServed;
  readonly accounts?: readonly StaticAccount[];
  /** Signing certificates (PEM) by account id. */
  readonly certificates?: Readonly<Record<string, readonly string[]>>;
  readonly masterKey?: Buffer;
  readonly lifecycleDaySeconds?: number;
  readonly lifecycleIntervalMs?: number;
  readonly port?: number;
  readonly bodyIdleMs?: number;
  readonly answerIdleMs?: number;
  readonly accessLogs?: Partial<AccessLogOptions>;
  /** Of the access logs. */
  readonly logger?: Logger;
}

export interface ServedWalrus {
  readonly port: number;
  readonly pool: Pool;
  readonly blobs: BlobStore;
  readonly janitor: Janitor;
  readonly lifecycle: LifecycleWorker;
  readonly accessLogs: AccessLogs;
  stop(): Promise<void>;
}

/** Walrus in this process with fixed accounts; everything else is real. */
export async function serve(options: ServeOptions): Promise<ServedWalrus> {
  const logger = createLogger({ name: 'walrus-test', level: 'fatal' });
  const metrics = new Metrics();
  const pool = createPool(options.databaseUrl, { schema: 'walrus', max: 10 });
  await migrate(pool, { schema: 'walrus', directories: [fileURLToPath(new URL('../../migrations', import.meta.url))] });
  const storage =
    options.behind === undefined ? { kind: 'posix' as const } : { kind: 's3' as const, ...options.behind };
  const blobs = await openBlobStore({ storage, objectsDirectory: options.objectsDirectory });
  await claimStore(pool, blobs);
  const janitor = new Janitor({ pool, blobs, logger, graceMs: 0, intervalMs: 3_600_000 });
  await janitor.sweep();
  const now = (): Date => new Date();
  const http = new HttpListener({
    host: '127.0.0.1',
    port: options.port ?? 0,
    logger,
    metrics,
    health: new Health(),
    answerIdleMs: options.answerIdleMs,
  });
  const accounts = new StaticAccountDirectory(options.accounts ?? [alice, bob, admin], options.certificates);
  const maxObjectBytes = options.maxObjectBytes ?? 64 * 1024 * 1024;
  const keys = new Keyring(options.masterKey ?? randomBytes(32));
  const lifecycleDaySeconds = options.lifecycleDaySeconds ?? 86_400;
  const limits = {
    region: 'mallee',
    maxObjectBytes,
    domain: 's3.test',
    bodyIdleMs: options.bodyIdleMs ?? 60_000,
  };
  const accessLogs = new AccessLogs({
    ...{ pool, blobs, keys, now, intervalMs: 3_600_000, maxLines: 10_000, refreshMs: 3_600_000 },
    logger: options.logger ?? logger,
    ...options.accessLogs,
  });
  await accessLogs.start();
  const services = { ...limits, pool, blobs, accounts, janitor, keys, logger, now, accessLogs };
  const intervalMs = options.lifecycleIntervalMs ?? 3_600_000;
  const lifecycle = new LifecycleWorker({ pool, logger, janitor, daySeconds: lifecycleDaySeconds, intervalMs, now });
  lifecycle.start();
  const components = createComponentHandler({
    trustedNodes: () => options.trustedNodes ?? [],
    images: options.images ?? imagesNotServed,
    objects: createObjectReader(pool, blobs),
    receiveBundle: createBundleReceiver(services),
    now,
    originals: {},
  });
  const rest = createS3Handler({ services, metrics, components });
  http.route('*', withSoap(rest, services, metrics), { asksForBody: true, claims: namesBucket(limits.domain) });
  const { port } = await http.listen();
  return {
    port,
    pool,
    blobs,
    janitor,
    lifecycle,
    accessLogs,
    stop: async () => {
      await http.close(100);
      await accessLogs.stop();
      await lifecycle.stop();
      await janitor.stop();
      await pool.end();
    },
  };
}
