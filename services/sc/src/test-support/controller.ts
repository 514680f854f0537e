import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLogger, Health, HttpListener, loadIdentity, Metrics } from '@mallee/daemon';
import { SoapClient } from '@mallee/soap-rpc';
import { makeIdentity, scratchDirectory, startTestPostgres } from '@mallee/testing';
import { MalleeStorage, type MalleeStorageOperations } from '@mallee/wsdl-types';
import { storageConfigSchema, type StorageConfig } from '../config.js';
import { startStorageController } from '../storage-controller.js';

export interface TestController {
  readonly config: StorageConfig;
  /** Signs as the cloud. */
  readonly client: SoapClient<MalleeStorageOperations>;
  /** Signs with a key that nobody registered. */
  readonly stranger: SoapClient<MalleeStorageOperations>;
  readonly url: string;
  stop(): Promise<void>;
}

/** For tests: a storage controller in this process behind a real port, with its own PostgreSQL and directory. */
export async function startTestController(settings: Record<string, unknown> = {}): Promise<TestController> {
  const postgres = await startTestPostgres();
  const scratch = scratchDirectory();
  const config = await writeConfig(scratch.path, postgres.url, settings);
  const logger = createLogger({ name: 'test', level: 'silent' });
  const metrics = new Metrics();
  const health = new Health();
  const http = new HttpListener({ host: '127.0.0.1', port: 0, logger, metrics, health });
  const running = await startStorageController({ config, logger, metrics, health, http });
  const { port } = await http.listen();
  const url = `http://127.0.0.1:${port}`;
  const clients = [clientOf(scratch.path, 'cloud', url), clientOf(scratch.path, 'stranger', url)] as const;
  return {
    config,
    client: clients[0],
    stranger: clients[1],
    url,
    stop: async () => {
      clients.forEach((client) => client.close());
      await http.close(100);
      await running.stop();
      await postgres.stop();
      scratch.remove();
    },
  };
}

/** Key pairs of cloud, storage and stranger, and a configuration that names them; `sc.json` has the same. */
export async function writeConfig(
  directory: string,
  databaseUrl: string,
  settings: Record<string, unknown> = {},
): Promise<StorageConfig> {
  const file = (name: string): string => join(directory, name);
  for (const name of ['cloud', 'storage', 'stranger']) {
    const { privateKeyPem, certificatePem } = await makeIdentity(name);
    writeFileSync(file(`${name}.key`), privateKeyPem);
    writeFileSync(file(`${name}.pem`), certificatePem);
  }
  const raw = {
    name: 'sc',
    stateDirectory: directory,
    listen: { port: 0 },
    keys: { privateKey: file('storage.key'), certificate: file('storage.pem') },
    trust: { cloud: [file('cloud.pem')] },
    cluster: 'zone-1',
    databaseUrl,
    volumesDirectory: file('volumes'),
    reserveGb: 0,
    ...settings,
  };
  writeFileSync(file('sc.json'), JSON.stringify(raw));
  return storageConfigSchema.parse(raw);
}

export function clientOf(directory: string, signer: string, url: string): SoapClient<MalleeStorageOperations> {
  const pem = (name: string): ReturnType<typeof loadIdentity> =>
    loadIdentity({ keys: { privateKey: join(directory, `${name}.key`), certificate: join(directory, `${name}.pem`) } });
  return new SoapClient<MalleeStorageOperations>({
    service: MalleeStorage,
    url: url + MalleeStorage.path,
    identity: pem(signer),
    peerCertificates: [pem('storage').certificatePem],
    // A test that kills the daemon must reach it as soon as it is back.
    breaker: false,
  });
}

/** What a rejected call says: the code of the peer's failure. */
export async function peerCode(call: Promise<unknown>): Promise<unknown> {
  try {
    await call;
    return 'no failure';
  } catch (error) {
    return (error as { details?: { peerCode?: unknown } }).details?.peerCode;
  }
}
