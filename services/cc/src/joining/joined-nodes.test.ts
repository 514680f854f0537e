import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createLogger } from '@mallee/daemon';
import { createPool, migrate, transaction, type Pool } from '@mallee/database';
import { databaseSchemaOf, type Newcomer } from '@mallee/joining';
import {
  makeIdentity,
  scratchDirectory,
  startTestPostgres,
  type ScratchDirectory,
  type TestService,
} from '@mallee/testing';
import { schemaName } from '../config.js';
import { makeKeys } from '../test-support/keys.js';
import { testConfig } from '../test-support/test-cluster.js';
import { JoinedNodes } from './joined-nodes.js';
import { NodeRegistrar } from './node-registrar.js';
import { NodeReport } from './node-report.js';

const logger = createLogger({ name: 'cc', level: 'silent' });
const migrations = join(import.meta.dirname, '../../migrations');
const configured = 'http://10.0.0.9:8775/axis2/services/EucalyptusNC';

let database: TestService;
let scratch: ScratchDirectory;
let pool: Pool;
let joined: JoinedNodes;
let config: ReturnType<typeof testConfig>;
let registrar: NodeRegistrar;

beforeAll(async () => {
  scratch = scratchDirectory();
  database = await startTestPostgres();
  const keys = await makeKeys(scratch.path);
  const around = { directory: scratch.path, keys, databaseUrl: database.url, queueUrl: database.url };
  config = testConfig(around, [configured]);
  pool = createPool(database.url, { schema: schemaName('One') });
  await migrate(pool, { schema: schemaName('One'), directories: [migrations] });
  joined = new JoinedNodes(pool, join(scratch.path, 'joined'), logger);
  const changed = async (): Promise<void> => void (await joined.refresh());
  registrar = new NodeRegistrar({ config: () => config, certificate: () => keys.cluster.certificatePem, changed });
}, 60_000);
afterAll(async () => {
  await pool.end();
  await database.stop();
  scratch.remove();
});

async function register(given: Partial<Newcomer>): Promise<{ name: string; url: string }> {
  const { certificatePem: certificate } = await makeIdentity('node');
  const newcomer = {
    role: 'node' as const,
    cluster: undefined,
    name: undefined,
    host: '10.0.0.1',
    port: 8775,
    tls: false,
  };
  return transaction(pool, (client) => registrar.register(client, { ...newcomer, certificate, ...given }));
}

test('nodes get the next name; names and addresses are given once', async () => {
  expect(await register({})).toMatchObject({ name: 'nc-1', url: 'http://10.0.0.1:8775' });
  expect(await register({ host: 'node2.example', tls: true })).toMatchObject({
    name: 'nc-2',
    url: 'https://node2.example:8775',
  });
  expect(await register({ name: 'rack-7', host: 'fd00::1' })).toMatchObject({ url: 'http://[fd00::1]:8775' });
  const taken = { code: 'Joining.NameTaken' };
  await expect(register({ host: '10.0.0.1', port: 8775 })).rejects.toMatchObject(taken);
  await expect(register({ name: 'rack-7', host: '10.0.0.3' })).rejects.toMatchObject(taken);
  await expect(register({ host: '10.0.0.9' })).rejects.toMatchObject(taken);
});

test('they are nodes like those of the configuration, with a file for their certificate', async () => {
  expect(await joined.refresh()).toBe(true);
  expect(await joined.refresh()).toBe(false);
  const all = joined.addTo(config);
  expect(all.nodes.map(({ url }) => new URL(url).host)).toEqual([
    '10.0.0.9:8775',
    '10.0.0.1:8775',
    'node2.example:8775',
    '[fd00::1]:8775',
  ]);
  const file = all.nodes[1]!.certificate!;
  expect(readFileSync(file, 'utf8')).toContain('BEGIN CERTIFICATE');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(all.trust.node).toHaveLength(4);
  expect(config.nodes).toHaveLength(1);
});

test('a second certificate comes beside the first, and goes with its node', async () => {
  const file = joined.addTo(config).nodes[1]!.certificate!;
  const { certificatePem } = await makeIdentity('next');
  await transaction(pool, async (client) => {
    const present = await registrar.certificates(client, 'nc-1');
    await registrar.replaceCertificates(client, 'nc-1', [...present, certificatePem]);
  });
  await registrar.changed();
  expect(readFileSync(file, 'utf8').match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
  await pool.query(`delete from joined_node where name = 'nc-1'`);
  expect(await joined.refresh()).toBe(true);
  expect(existsSync(file)).toBe(false);
});

test('the cloud controller is told of every certificate, again when they change and when it did not take them', async () => {
  const told: (readonly string[])[] = [];
  let away = true;
  const call = (_name: string, request: object): Promise<never> => {
    if (away) return Promise.reject(new Error('away'));
    told.push((request as { certificates: readonly string[] }).certificates);
    return Promise.resolve({} as never);
  };
  const report = new NodeReport({ call } as never, () => joined.addTo(config), logger);
  report.look();
  away = false;
  report.look();
  report.look();
  await report.stop();
  expect(told.map((some) => some.length)).toEqual([3]);
  await pool.query(`delete from joined_node`);
  await joined.refresh();
  report.look();
  await report.stop();
  expect(told.map((some) => some.length)).toEqual([3, 1]);
});

test('the tools find the database of the cluster', () => {
  for (const cluster of ['One', 'a-b_C']) {
    expect(databaseSchemaOf({ cluster, nodes: [] })).toBe(schemaName(cluster));
  }
});
