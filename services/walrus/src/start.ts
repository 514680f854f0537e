import { fileURLToPath } from 'node:url';
import {
  loadIdentity,
  loadTrusted,
  type DaemonContext,
  type Logger,
  type Metrics,
  type RunningDaemon,
} from '@mallee/daemon';
import { createPool, migrate } from '@mallee/database';
import { createSoapHandler, SoapClient } from '@mallee/soap-rpc';
import { MalleeCloud, MalleeWalrus, type MalleeCloudOperations, type MalleeWalrusOperations } from '@mallee/wsdl-types';
import type { AccountDirectory } from './accounts/account-directory.js';
import { CloudAccountDirectory } from './accounts/cloud-account-directory.js';
import type { WalrusConfig } from './config.js';
import type { ImageService } from './image-service.js';
import { createComponentHandler } from './s3/component-requests.js';
import { createS3Handler } from './s3/handler.js';
import { FileBlobStore } from './storage/file-blob-store.js';
import { Janitor } from './storage/janitor.js';
import type { ObjectReader } from './storage/object-reader.js';
import { createObjectReader } from './storage/postgres-object-reader.js';

export interface ImageServiceParts {
  readonly objects: ObjectReader;
  readonly accounts: AccountDirectory;
  readonly config: WalrusConfig;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

const MIGRATIONS = fileURLToPath(new URL('../migrations', import.meta.url));
const SCHEMA = 'walrus';

/** Wires Walrus: database, blobs, accounts, S3, image service. `createImages` makes the image half. */
export async function startWalrus(
  { config, logger, metrics, health, http }: DaemonContext<WalrusConfig>,
  createImages: (parts: ImageServiceParts) => ImageService & { close(): void },
): Promise<RunningDaemon> {
  const identity = loadIdentity(config);
  const pool = createPool(config.databaseUrl, { schema: SCHEMA, max: 20 });
  await migrate(pool, { schema: SCHEMA, directories: [MIGRATIONS] });
  const blobs = await FileBlobStore.open(config.objectsDirectory);
  const cloud = new SoapClient<MalleeCloudOperations>({
    service: MalleeCloud,
    url: `${config.cloudUrl.replace(/\/+$/, '')}${MalleeCloud.path}`,
    identity,
    peerCertificates: () => loadTrusted(config, 'cloud'),
    ...(config.cloudUrl.startsWith('https:')
      ? { tls: { pinnedCertificates: () => loadTrusted(config, 'cloud') } }
      : {}),
    // Every S3 request may ask who signed it: while the CLC is away, answers come from the cache or fail at once.
    breaker: { waitMs: 1000, maxWaitMs: 5000 },
    logger,
    metrics,
  });
  const accounts = new CloudAccountDirectory({ cloud, privateKeyPem: identity.privateKeyPem });
  const { graceSeconds, intervalSeconds } = config.janitor;
  const janitor = new Janitor({
    pool,
    blobs,
    logger,
    graceMs: graceSeconds * 1000,
    intervalMs: intervalSeconds * 1000,
  });
  janitor.start();
  const objects = createObjectReader(pool, blobs);
  const images = createImages({ objects, accounts, config, logger, metrics });
  health.check('database', async () => void (await pool.query('select 1')));

  http.route(
    MalleeWalrus.path,
    createSoapHandler<MalleeWalrusOperations>({
      service: MalleeWalrus,
      identity,
      trusted: () => loadTrusted(config, 'cloud'),
      handlers: images.walrusHandlers,
      logger,
      metrics,
    }),
  );
  const now = (): Date => new Date();
  const components = createComponentHandler({
    trustedNodes: () => loadTrusted(config, 'node'),
    images,
    objects,
    now,
  });
  const { region, maxObjectBytes, domain } = config;
  const services = { pool, blobs, accounts, janitor, logger, region, maxObjectBytes, domain, now };
  http.route('*', createS3Handler({ services, metrics, components }));

  return {
    stop: async () => {
      images.close();
      await janitor.stop();
      cloud.close();
      await pool.end();
    },
  };
}
