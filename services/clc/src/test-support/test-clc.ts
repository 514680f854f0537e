import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EC2Client } from '@aws-sdk/client-ec2';
import { createLogger, Health, HttpListener, Metrics, type Logger } from '@mallee/daemon';
import { createPool, migrate, type Pool } from '@mallee/database';
import { jobsMigrations } from '@mallee/jobs';
import { makeIdentity, scratchDirectory, startTestPostgres } from '@mallee/testing';
import { componentClients, type CloudIdentity } from '../components/clients.js';
import { registerComponent } from '../components/registration.js';
import { RegisteredCertificates } from '../components/trust.js';
import { clcConfigSchema, type ClcConfig } from '../config.js';
import { mountFront } from '../front.js';
import { createAccessKey, createAccount, createUser } from '../identity/accounts.js';
import { bootstrap, type BootstrapCredentials } from '../identity/bootstrap.js';
import { clcMigrations, clcSchema } from '../migrations.js';

export interface TestUser {
  readonly accountId: string;
  readonly userId: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** The whole front on a real listener and a real private PostgreSQL, with a lifecycle that only records hints. */
export interface TestClc {
  readonly url: string;
  readonly port: number;
  readonly pool: Pool;
  readonly config: ClcConfig;
  readonly identity: CloudIdentity;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly certificates: RegisteredCertificates;
  readonly admin: BootstrapCredentials;
  readonly hints: { zone: string; ids: string[] }[];
  readonly directory: string;
  ec2(user?: TestUser): EC2Client;
  addUser(account: string): Promise<TestUser>;
  /** A cluster that has answered, with room for `free` instances of every type. */
  addZone(name: string, options?: { port?: number; free?: number; certificate?: string }): Promise<void>;
  stop(): Promise<void>;
}

export async function startTestClc(overrides: Record<string, unknown> = {}): Promise<TestClc> {
  const scratch = scratchDirectory();
  const database = await startTestPostgres();
  const logger = createLogger({ name: 'clc', level: 'fatal' });
  const metrics = new Metrics();
  const health = new Health();
  const identity = await makeIdentity('cloud');
  const keys = { privateKey: join(scratch.path, 'key.pem'), certificate: join(scratch.path, 'cert.pem') };
  writeFileSync(keys.privateKey, identity.privateKeyPem);
  writeFileSync(keys.certificate, identity.certificatePem);
  const config = clcConfigSchema.parse({
    name: 'clc',
    stateDirectory: scratch.path,
    listen: { port: 0 },
    keys,
    databaseUrl: database.url,
    queueUrl: database.url,
    ...overrides,
  });
  const pool = createPool(config.databaseUrl, { schema: clcSchema });
  await migrate(pool, { schema: clcSchema, directories: [clcMigrations, jobsMigrations] });
  const credentialsFile = join(scratch.path, 'credentials.json');
  await bootstrap(pool, credentialsFile, logger);
  const admin = JSON.parse(await readFile(credentialsFile, 'utf8')) as BootstrapCredentials;
  const clients = componentClients(pool, identity, logger, 5_000);
  const certificates = new RegisteredCertificates(pool, logger);
  const http = new HttpListener({ host: '127.0.0.1', port: 0, logger, metrics, health });
  const hints: TestClc['hints'] = [];
  const lifecycle = { hint: (zone: string, ids: string[]) => void hints.push({ zone, ids }) };
  const context = { config, logger, metrics, health, http, pool, identity, clients, certificates, lifecycle };
  const front = mountFront(context);
  const { port } = await http.listen();
  const url = `http://127.0.0.1:${port}`;
  const open: EC2Client[] = [];

  return {
    url,
    port,
    pool,
    config,
    identity,
    logger,
    metrics,
    certificates,
    admin,
    hints,
    directory: scratch.path,
    ec2(user = admin) {
      const client = new EC2Client({ endpoint: url, region: 'mallee', credentials: user, maxAttempts: 1 });
      open.push(client);
      return client;
    },
    async addUser(account) {
      const { accountId } = await createAccount(pool, { name: account });
      const userId = await createUser(pool, { accountId, name: 'admin', isAdmin: false });
      return { accountId, userId, ...(await createAccessKey(pool, userId)) };
    },
    async addZone(name, { port: zonePort = 9, free = 8, certificate = identity.certificatePem } = {}) {
      const where = { host: '127.0.0.1', port: zonePort, partition: name, name, certificate };
      await registerComponent(pool, { type: 'cluster', ...where });
      await pool.query(`update component set last_ok_at = now() where name = $1`, [name]);
      await pool.query(
        `insert into zone_capacity (zone, instance_type, available, maximum) select $1, name, $2, $2 from vm_type
         on conflict (zone, instance_type) do update set available = $2, maximum = $2, updated_at = now()`,
        [name, free],
      );
      await certificates.refresh();
    },
    async stop() {
      for (const client of open) client.destroy();
      await http.close(100);
      front.close();
      clients.close();
      await pool.end();
      await database.stop();
      scratch.remove();
    },
  };
}

/** An image row as registration would leave it. */
export async function addImage(
  clc: Pick<TestClc, 'pool' | 'admin'>,
  id: string,
  given: { kernelId?: string; ramdiskId?: string; size?: number; isPublic?: boolean; accountId?: string } = {},
): Promise<string> {
  const kind = { emi: 'machine', eki: 'kernel', eri: 'ramdisk' }[id.slice(0, 3)];
  await clc.pool.query(
    `insert into image (image_id, account_id, kind, location, architecture, kernel_id, ramdisk_id, size_bytes, digest,
       signature, is_public) values ($1, $2, $3, $4, 'x86_64', $5, $6, $7, 'd', 's', $8)`,
    [
      id,
      given.accountId ?? clc.admin.accountId,
      kind,
      `images/${id}.manifest.xml`,
      given.kernelId ?? null,
      given.ramdiskId ?? null,
      given.size ?? 1_000_000,
      given.isPublic ?? true,
    ],
  );
  return id;
}
