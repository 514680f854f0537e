import { createHash, randomBytes } from 'node:crypto';
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPool, type Pool } from '@mallee/database';
import { freePort } from '@mallee/private-services';
import {
  makeIdentity,
  scratchDirectory,
  startTestPostgres,
  startTypeScript,
  type TestIdentity,
  type TestService,
} from '@mallee/testing';
import { constants, publicEncrypt, X509Certificate } from 'node:crypto';
import { createLogger, Health, HttpListener, Metrics } from '@mallee/daemon';
import { createSoapHandler } from '@mallee/soap-rpc';
import { MalleeCloud, type MalleeCloudOperations } from '@mallee/wsdl-types';
import { filesBelow, send, sendSigned } from './test-support/fixture.js';
import { alice } from './test-support/serve.js';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));
const scratch = scratchDirectory();
const objectsDirectory = join(scratch.path, 'objects');
let postgres: TestService;
let pool: Pool;
let cloud: HttpListener;
let port: number;
let config: string;
let daemon: ChildProcess | undefined;

interface Identity extends TestIdentity {
  readonly files: { privateKey: string; certificate: string };
}

async function identityWithFiles(commonName: string): Promise<Identity> {
  const identity = await makeIdentity(commonName);
  const files = {
    privateKey: join(scratch.path, `${commonName}.key`),
    certificate: join(scratch.path, `${commonName}.pem`),
  };
  writeFileSync(files.privateKey, identity.privateKeyPem);
  writeFileSync(files.certificate, identity.certificatePem);
  return { ...identity, files };
}

/** A CLC that knows one access key. */
async function startCloud(identity: Identity, walrus: Identity): Promise<number> {
  const logger = createLogger({ name: 'cloud', level: 'fatal' });
  const metrics = new Metrics();
  cloud = new HttpListener({ host: '127.0.0.1', port: 0, logger, metrics, health: new Health() });
  const key = {
    key: new X509Certificate(walrus.certificatePem).publicKey,
    padding: constants.RSA_PKCS1_OAEP_PADDING,
    oaepHash: 'sha256',
  };
  const { accountId, canonicalId, userId, displayName } = alice;
  cloud.route(
    MalleeCloud.path,
    createSoapHandler<MalleeCloudOperations>({
      service: MalleeCloud,
      identity,
      trusted: () => [walrus.certificatePem],
      logger,
      metrics,
      handlers: {
        ResolveAccessKey: async ({ accessKeyId }) => {
          if (accessKeyId !== alice.accessKeyId) return { return: true, found: false, certificates: [] };
          const encryptedSecret = publicEncrypt(key, Buffer.from(alice.secretKey)).toString('base64');
          const known = { accountId, canonicalId, userId, displayName, encryptedSecret, admin: false, enabled: true };
          return { return: true, found: true, certificates: [], ...known };
        },
      },
    }),
  );
  return (await cloud.listen()).port;
}

beforeAll(async () => {
  postgres = await startTestPostgres();
  pool = createPool(postgres.url, { schema: 'walrus' });
  mkdirSync(objectsDirectory);
  const [clc, walrus] = [await identityWithFiles('clc'), await identityWithFiles('walrus')];
  port = await freePort();
  config = join(scratch.path, 'walrus.json');
  const settings = {
    name: 'walrus',
    stateDirectory: scratch.path,
    listen: { host: '127.0.0.1', port },
    keys: walrus.files,
    trust: { cloud: [clc.files.certificate] },
    log: { level: 'warn' },
    databaseUrl: postgres.url,
    objectsDirectory,
    cloudUrl: `http://127.0.0.1:${await startCloud(clc, walrus)}`,
    imageCacheDirectory: join(scratch.path, 'images'),
    imageKey: clc.files,
    janitor: { graceSeconds: 0, intervalSeconds: 3600 },
  };
  writeFileSync(config, JSON.stringify(settings));
}, 120_000);
afterAll(async () => {
  daemon?.kill('SIGKILL');
  await cloud?.close(100);
  await pool?.end();
  await postgres?.stop();
  scratch.remove();
}, 60_000);

async function startDaemon(): Promise<void> {
  daemon = startTypeScript(main, ['--config', config]);
  let output = '';
  for (const stream of [daemon.stdout, daemon.stderr])
    stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  for (let attempt = 0; attempt < 300; attempt++) {
    const ready = await send(port, { target: '/readyz' }).catch(() => undefined);
    if (ready?.status === 200) return;
    if (daemon.exitCode !== null) throw new Error(`walrus ended: ${output}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`walrus is not ready: ${output}`);
}

async function end(signal: NodeJS.Signals): Promise<number | null> {
  const ended = new Promise<number | null>((resolve) => daemon!.once('exit', (code) => resolve(code)));
  daemon!.kill(signal);
  return await ended;
}

describe('Walrus killed with SIGKILL during uploads', () => {
  /** Per key the MD5 of what was acknowledged last, and of what may have been stored since. */
  const acknowledged = new Map<string, string>();
  const possible = new Map<string, Set<string>>();

  async function writer(id: number, stopped: () => boolean): Promise<void> {
    for (let n = 0; !stopped(); n++) {
      const key = `w${id}-${n % 3}`;
      const body = randomBytes(Math.floor(Math.random() * 400_000));
      const md5 = createHash('md5').update(body).digest('hex');
      possible.set(key, (possible.get(key) ?? new Set()).add(md5));
      const reply = await sendSigned(port, { method: 'PUT', target: `/killed/${key}`, body }).catch(() => undefined);
      if (reply?.status !== 200) continue;
      acknowledged.set(key, md5);
      possible.set(key, new Set([md5]));
    }
  }

  it('loses nothing that was acknowledged and leaves no garbage', async () => {
    await startDaemon();
    expect((await sendSigned(port, { method: 'PUT', target: '/killed' })).status).toBe(200);
    for (let round = 0; round < 4; round++) {
      let stopped = false;
      const writers = [1, 2, 3, 4].map((id) => writer(id, () => stopped));
      await new Promise((resolve) => setTimeout(resolve, 300 + Math.random() * 500));
      await end('SIGKILL');
      stopped = true;
      await Promise.all(writers);
      await startDaemon();
      for (const [key, hashes] of possible) {
        const got = await sendSigned(port, { target: `/killed/${key}` });
        if (got.status === 404) expect(acknowledged.has(key)).toBe(false);
        else expect([...hashes]).toContain(createHash('md5').update(got.body).digest('hex'));
      }
      const { rows } = await pool.query('select blob_id from object_version order by blob_id');
      const blobs = rows.map((row: { blob_id: string }) => row.blob_id);
      // The janitor works behind the start.
      for (let wait = 0; wait < 100 && filesBelow(objectsDirectory).length !== blobs.length; wait++) {
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      expect(filesBelow(objectsDirectory).sort()).toEqual(blobs);
    }
    expect(acknowledged.size).toBeGreaterThan(0);
    expect(await end('SIGTERM')).toBe(0);
  }, 180_000);
});
