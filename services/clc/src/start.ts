import { liveIdentity, type DaemonContext, type Health, type RunningDaemon } from '@mallee/daemon';
import { createPool, migrate, type Pool } from '@mallee/database';
import { jobsMigrations } from '@mallee/jobs';
import { joiningMigrations, serveJoining } from '@mallee/joining';
import { componentClients } from './components/clients.js';
import { RegisteredCertificates } from './components/trust.js';
import type { ClcConfig } from './config.js';
import { mountFront } from './front.js';
import { bootstrap } from './identity/bootstrap.js';
import { componentRegistrars } from './joining/component-registrar.js';
import { startLifecycle } from './lifecycle/index.js';
import { clcMigrations, clcSchema } from './migrations.js';

/** Puts the cloud controller together on the listener of its daemon. */
export async function startClc(context: DaemonContext<ClcConfig>): Promise<RunningDaemon> {
  const { config, logger, metrics, health } = context;
  const pool = createPool(config.databaseUrl, { schema: clcSchema });
  await migrate(pool, { schema: clcSchema, directories: [clcMigrations, jobsMigrations, joiningMigrations] });
  if (config.bootstrap) await bootstrap(pool, config.bootstrap.credentialsFile, logger);
  const identity = liveIdentity(config, logger);
  const clients = componentClients(
    pool,
    identity,
    logger,
    config.timings.componentTimeoutMs,
    metrics,
    config.listen.addresses?.[0],
  );
  const certificates = new RegisteredCertificates(pool, logger);
  await certificates.start();
  const lifecycle = await startLifecycle({ pool, config, logger, metrics, clients });
  const front = mountFront({ ...context, pool, identity, clients, certificates, lifecycle });
  checkDatabase(health, pool);
  const registrars = componentRegistrars({
    config,
    certificate: () => identity().certificatePem,
    changed: () => certificates.refresh(),
  });
  const joining = await serveJoining({ ...context, pool, registrars });
  return {
    async stop() {
      await joining.close();
      certificates.stop();
      front.close();
      await lifecycle.stop();
      clients.close();
      await pool.end();
    },
  };
}

/** The components are no part of readiness: the front answers without them and says in DescribeComponents what is away. */
function checkDatabase(health: Health, pool: Pool): void {
  health.check('database', async () => {
    await pool.query('select 1');
  });
}
