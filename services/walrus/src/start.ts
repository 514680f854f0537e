import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  liveIdentity,
  loadTrusted,
  type DaemonContext,
  type Logger,
  type Metrics,
  type RunningDaemon,
} from '@mallee/daemon';
import { createPool, migrate, type Pool } from '@mallee/database';
import { MalleeError } from '@mallee/errors';
import { SoapClient, SoapServer } from '@mallee/soap-rpc';
import { MalleeCloud, type MalleeCloudOperations } from '@mallee/wsdl-types';
import { AccessLogs } from './access-logs/access-logs.js';
import type { AccountDirectory } from './accounts/account-directory.js';
import { AccountRenewal } from './accounts/account-renewal.js';
import { readAccounts } from './accounts/accounts-file.js';
import { CloudAccountDirectory } from './accounts/cloud-account-directory.js';
import { CloudNodes } from './accounts/cloud-nodes.js';
import { postgresKnownAnswers } from './accounts/known-answers.js';
import { StaticAccountDirectory } from './accounts/static-account-directory.js';
import type { WalrusConfig } from './config.js';
import type { ImageService } from './image-service.js';
import { createBundleReceiver } from './images/bundle-upload.js';
import { LifecycleWorker } from './lifecycle/worker.js';
import { createComponentHandler } from './s3/component-requests.js';
import { createS3Handler, namesBucket } from './s3/handler.js';
import { withSoap } from './soap/handler.js';
import { walrusDialect } from './soap-dialect.js';
import { claimStore } from './storage/claim-store.js';
import { Keyring } from './storage/encryption.js';
import { Janitor } from './storage/janitor.js';
import { loadMasterKey } from './storage/master-key.js';
import { openBlobStore } from './storage/open-blob-store.js';
import type { ObjectReader } from './storage/object-reader.js';
import { createObjectReader } from './storage/postgres-object-reader.js';
import { createObjectReplacer, type ObjectReplacer } from './storage/replace-content.js';

export interface ImageServiceParts {
  readonly objects: ObjectReader;
  readonly replaceObject: ObjectReplacer;
  readonly nodeCertificates: () => readonly string[];
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
  const identity = liveIdentity(config, logger);
  const pool = createPool(config.databaseUrl, { schema: SCHEMA, max: 20 });
  await migrate(pool, { schema: SCHEMA, directories: [MIGRATIONS] });
  const blobs = await openBlobStore(config);
  await claimStore(pool, blobs);
  const { accounts, nodes, close: closeAccounts } = accountsOf(config, identity, pool, { logger, metrics });
  const { graceSeconds, intervalSeconds } = config.janitor;
  const janitor = new Janitor({
    pool,
    blobs,
    logger,
    graceMs: graceSeconds * 1000,
    intervalMs: intervalSeconds * 1000,
  });
  janitor.start();
  const masterKey = await loadMasterKey(config.masterKeyFile ?? join(config.stateDirectory, 'sse-master.key'));
  const keys = new Keyring(masterKey);
  const objects = createObjectReader(pool, blobs, keys);
  const replaceObject = createObjectReplacer(pool, blobs, keys);
  const nodeCertificates = (): string[] => [...loadTrusted(config, 'node'), ...nodes()];
  const images = createImages({ objects, replaceObject, nodeCertificates, accounts, config, logger, metrics });
  health.check('database', async () => void (await pool.query('select 1')));

  new SoapServer({ config, logger, metrics, http }).route([walrusDialect(images.walrusHandlers)], {
    trusted: () => loadTrusted(config, 'cloud'),
  });
  const now = (): Date => new Date();
  const { daySeconds } = config.lifecycle;
  const intervalMs = config.lifecycle.intervalSeconds * 1000;
  const lifecycle = new LifecycleWorker({ pool, logger, janitor, daySeconds, intervalMs, now });
  lifecycle.start();
  const { region, maxObjectBytes, domain } = config;
  const limits = {
    region,
    maxObjectBytes,
    domain,
    bodyIdleMs: config.bodyIdleSeconds * 1000,
  };
  const accessLogs = new AccessLogs({
    ...{ pool, blobs, keys, logger, now, refreshMs: 15_000 },
    intervalMs: config.accessLogs.intervalSeconds * 1000,
    maxLines: config.accessLogs.maxLines,
  });
  await accessLogs.start();
  const services = { ...limits, pool, blobs, accounts, janitor, keys, logger, now, accessLogs };
  const components = createComponentHandler({
    // All originals of a cluster may share the key of the cluster.
    trustedNodes: () => [...nodeCertificates(), ...loadTrusted(config, 'cluster')],
    ...(config.originalNodes.accept ? { originals: config.originalNodes } : {}),
    images,
    objects,
    receiveBundle: createBundleReceiver(services),
    now,
  });
  const rest = createS3Handler({ services, metrics, components });
  http.route('*', withSoap(rest, services, metrics), { asksForBody: true, claims: namesBucket(domain) });

  return {
    stop: async () => {
      images.close();
      await accessLogs.stop();
      await lifecycle.stop();
      await janitor.stop();
      closeAccounts();
      await pool.end();
    },
  };
}

function accountsOf(
  config: WalrusConfig,
  identity: ReturnType<typeof liveIdentity>,
  pool: Pool,
  { logger, metrics }: { logger: Logger; metrics: Metrics },
): { accounts: AccountDirectory; nodes: () => readonly string[]; close: () => void } {
  if (config.accountsFile !== undefined) {
    const accounts = new StaticAccountDirectory(readAccounts(config.accountsFile));
    return { accounts, nodes: () => [], close: () => undefined };
  }
  if (config.cloudUrl === undefined) {
    throw new MalleeError('Configuration.Invalid', 'either cloudUrl or accountsFile must be set');
  }
  const trusted = (): string[] => loadTrusted(config, 'cloud');
  const cloud = new SoapClient<MalleeCloudOperations>({
    service: MalleeCloud,
    url: `${config.cloudUrl.replace(/\/+$/, '')}${MalleeCloud.path}`,
    identity,
    peerCertificates: trusted,
    ...(config.cloudUrl.startsWith('https:') ? { tls: { pinnedCertificates: trusted } } : {}),
    // Every S3 request may ask who signed it: while the CLC is away, answers come from the cache or fail at once.
    breaker: { waitMs: 1000, maxWaitMs: 5000 },
    logger,
    metrics,
  });
  const known = postgresKnownAnswers(pool);
  const accounts = new CloudAccountDirectory({ cloud, privateKeyPem: () => identity().privateKeyPem, known });
  const renewal = new AccountRenewal(accounts, logger);
  renewal.start();
  const nodes = new CloudNodes(cloud, logger, known);
  nodes.start();
  const close = (): void => {
    renewal.stop();
    nodes.stop();
    cloud.close();
  };
  return { accounts, nodes: () => nodes.certificates(), close };
}
