import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { createSigningRequest } from '@mallee/certificates';
import { Health, HttpListener, Metrics } from '@mallee/daemon';
import { createPool, migrate, type Pool } from '@mallee/database';
import { MalleeError } from '@mallee/errors';
import {
  makeIdentity,
  scratchDirectory,
  startTestPostgres,
  type ScratchDirectory,
  type TestIdentity,
  type TestService,
} from '@mallee/testing';
import { pino } from 'pino';
import {
  connectPinned,
  createToken,
  fingerprint,
  formatToken,
  joinCloud,
  joiningMigrations,
  JOIN_PATH,
  listTokens,
  newcomerUrl,
  parseToken,
  revokeToken,
  ROTATE_PATH,
  rotationChallenge,
  serveJoining,
  signRotation,
  type JoinableConfig,
  type JoinOptions,
  type Registrar,
} from './index.js';
import { Relay } from './test-support/relay.js';

let database: TestService;
let pool: Pool;
let scratch: ScratchDirectory;
let endpoint: { port: number | undefined; close(): Promise<void> };
let config: JoinableConfig;
let hub: TestIdentity;
let failure: Error | undefined;
let registrations = 0;
let sequence = 0;

/** Nodes in a table of one's own: what a service does, without the service. */
const registrar: Registrar = {
  async register(client, newcomer) {
    registrations += 1;
    const name = newcomer.name ?? `nc-${String((sequence += 1))}`;
    const url = newcomerUrl(newcomer);
    const taken = await client.query(`select from thing where name = $1 or url = $2`, [name, url]);
    if ((taken.rowCount ?? 0) > 0) throw new MalleeError('Joining.NameTaken', `${name} is taken`);
    await client.query(`insert into thing values ($1, $2, $3)`, [name, url, [newcomer.certificate]]);
    if (failure !== undefined) throw failure;
    const network = { mode: 'user' as const, subnet: '10.9.0.0/24' };
    const cluster = { cluster: 'one', clusterUrl: 'http://127.0.0.1:8774', clusterCertificates: [hub.certificatePem] };
    return { role: 'node', name, url, ...cluster, imageUrlPrefixes: [], network, domainTag: 'abcd' };
  },
  async certificates(client, name) {
    const { rows } = await client.query<{ pems: string[] }>(`select pems from thing where name = $1 for update`, [
      name,
    ]);
    return rows[0]?.pems ?? [];
  },
  async replaceCertificates(client, name, certificates) {
    await client.query(`update thing set pems = $2 where name = $1`, [name, certificates]);
  },
  changed: () => Promise.resolve(),
};

beforeAll(async () => {
  database = await startTestPostgres();
  pool = createPool(database.url, { schema: 'joining' });
  await migrate(pool, { schema: 'joining', directories: [joiningMigrations] });
  await pool.query(`create table thing (name text primary key, url text unique, pems text[] not null)`);
});
afterAll(async () => {
  await pool.end();
  await database.stop();
});

beforeEach(async () => {
  scratch = scratchDirectory();
  await pool.query('truncate thing, join_token');
  failure = undefined;
  registrations = 0;
  hub = await makeIdentity('cluster');
  const keys = { privateKey: join(scratch.path, 'pk.pem'), certificate: join(scratch.path, 'cert.pem') };
  writeFileSync(keys.privateKey, hub.privateKeyPem);
  writeFileSync(keys.certificate, hub.certificatePem);
  const listen = { host: '127.0.0.1', port: 0 };
  const settings = { listen, keys, joining: { url: 'https://127.0.0.1:1', listen } };
  endpoint = await serveJoining({ ...around(), config: settings, pool, registrars: { node: registrar } });
  config = { ...settings, joining: { ...settings.joining, url: `https://127.0.0.1:${String(endpoint.port)}` } };
});
afterEach(async () => {
  await endpoint.close();
  scratch.remove();
});

function around() {
  const shared = { logger: pino({ level: 'silent' }), metrics: new Metrics(), health: new Health() };
  return { ...shared, http: new HttpListener({ host: '127.0.0.1', port: 0, ...shared }) };
}

const make = async (ttlSeconds = 60): Promise<string> =>
  (await createToken(pool, config, { role: 'node', ttlSeconds })).text;

function options(token: string, more: Partial<JoinOptions> & { in?: string } = {}): JoinOptions {
  const directory = join(scratch.path, more.in ?? 'nc');
  return {
    token,
    places: () => ({ directory, stateDirectory: `${directory}-state` }),
    tls: false,
    settings: {
      hypervisor: { driver: 'simulated', uri: 'test:///default', domainType: 'qemu' },
      metadataPort: 0,
      network: { mode: 'user', subnet: '10.9.0.0/24' },
    },
    ...more,
  };
}

const things = async () =>
  (await pool.query<{ name: string; url: string; pems: string[] }>('select * from thing')).rows;
const code = (name: string): unknown => expect.objectContaining({ code: name });

test('a new host joins: its key stays, its certificate is registered, its configuration is complete and private', async () => {
  const joined = await joinCloud(options(await make(), { name: 'rack-1', port: 9001 }));
  expect(joined).toMatchObject({ role: 'node', name: 'rack-1', already: false });
  const file = (...path: string[]): string => join(scratch.path, 'nc', ...path);
  const [thing] = await things();
  expect(thing).toMatchObject({ name: 'rack-1', url: 'http://127.0.0.1:9001' });
  expect(thing!.pems).toEqual([readFileSync(file('keys/nc-cert.pem'), 'utf8')]);
  expect(JSON.parse(readFileSync(joined.configFile, 'utf8'))).toMatchObject({
    name: 'rack-1',
    listen: { host: '127.0.0.1', port: 9001 },
    keys: { privateKey: file('keys/nc-pk.pem') },
    trust: { cluster: [file('trust/cluster-cert.pem')] },
    clusterUrl: 'http://127.0.0.1:8774',
  });
  expect(readFileSync(file('trust/cluster-cert.pem'), 'utf8').trim()).toBe(hub.certificatePem.trim());
  for (const name of ['keys/nc-pk.pem', 'config.json', 'join.json'])
    expect(statSync(file(name)).mode & 0o777).toBe(0o600);
  expect(statSync(file()).mode & 0o077).toBe(0);
  expect(readFileSync(file('join.json'), 'utf8')).not.toContain(parseToken(await make()).secret);
  expect((await listTokens(pool)).map(({ state }) => state)).toContain('used');
});

test('the secret is stored as a hash only', async () => {
  const { secret } = parseToken(await make());
  const { rows } = await pool.query<{ text: string }>(`select join_token::text as text from join_token`);
  expect(rows[0]!.text).not.toContain(secret);
  expect(rows[0]!.text).not.toContain(Buffer.from(secret).toString('hex'));
});

test('the same command again changes nothing; another host is told that the token was used', async () => {
  const token = await make();
  await joinCloud(options(token));
  writeFileSync(join(scratch.path, 'nc/config.json'), 'edited by the operator');
  expect(await joinCloud(options(token))).toMatchObject({ already: true });
  expect(readFileSync(join(scratch.path, 'nc/config.json'), 'utf8')).toBe('edited by the operator');
  await expect(joinCloud(options(token, { in: 'other', port: 9002 }))).rejects.toThrow(code('Joining.TokenUsed'));
  expect(await things()).toHaveLength(1);
  await expect(joinCloud(options(await make()))).rejects.toThrow(code('Joining.Occupied'));
});

test('many hosts with one token at the same time: one is registered', async () => {
  const token = await make();
  const hosts = [1, 2, 3, 4, 5].map((n) => joinCloud(options(token, { in: `nc${String(n)}`, port: 9100 + n })));
  const results = await Promise.allSettled(hosts);
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(await things()).toHaveLength(1);
  for (const result of results)
    if (result.status === 'rejected') expect(result.reason).toEqual(code('Joining.TokenUsed'));
});

test('an answer that was lost is given again to the holder of the key, also after the token has expired', async () => {
  const token = await make();
  const relay = await Relay.to(endpoint.port!);
  const throughRelay = formatToken({ ...parseToken(token), urls: [`https://127.0.0.1:${String(relay.port)}`] });
  relay.dropAnswersAfter = 2500; // the request is longer: the handshake passes, the answer does not
  await expect(joinCloud(options(throughRelay))).rejects.toThrow(code('Joining.Unreachable'));
  for (let tries = 0; (await things()).length === 0 && tries < 100; tries += 1) await pause(50);
  expect(await things()).toHaveLength(1);
  expect(existsSync(join(scratch.path, 'nc/config.json'))).toBe(false);
  await pool.query(`update join_token set expires_at = now() - interval '1 hour'`);
  relay.dropAnswersAfter = Infinity;
  expect(await joinCloud(options(throughRelay, { name: 'other', port: 9999 }))).toMatchObject({
    name: 'nc-' + String(sequence),
  });
  // What is configured is what was registered, whatever was asked for the second time.
  const written = JSON.parse(readFileSync(join(scratch.path, 'nc/config.json'), 'utf8')) as {
    listen: { port: number };
  };
  expect(written.listen.port).toBe(8775);
  expect(await things()).toHaveLength(1);
  expect(registrations).toBe(1);
  relay.close();
});

test('a registration that fails leaves nothing, and the token is good for the next attempt', async () => {
  const token = await make();
  failure = new Error('the database is full');
  await expect(joinCloud(options(token))).rejects.toThrow(code('InternalError'));
  expect(await things()).toHaveLength(0);
  failure = undefined;
  await joinCloud(options(await make(), { in: 'first', name: 'taken', port: 9003 }));
  await expect(joinCloud(options(token, { name: 'taken', port: 9004 }))).rejects.toThrow(code('Joining.NameTaken'));
  expect(await joinCloud(options(token, { name: 'free', port: 9004 }))).toMatchObject({ name: 'free' });
});

test('expired, revoked, unknown and wrong tokens are told apart by nobody without the secret', async () => {
  const expired = await make();
  await pool.query(`update join_token set expires_at = now() - interval '1 second'`);
  await expect(joinCloud(options(expired))).rejects.toThrow(code('Joining.TokenExpired'));
  const guessed = formatToken({ ...parseToken(expired), secret: 'x'.repeat(43) });
  await expect(joinCloud(options(guessed))).rejects.toThrow(code('Joining.TokenUnknown'));
  const revoked = await make();
  await revokeToken(pool, parseToken(revoked).id);
  await expect(joinCloud(options(revoked))).rejects.toThrow(code('Joining.TokenUnknown'));
  const otherRole = formatToken({ ...parseToken(await make()), role: 'storage' });
  const settings = { ...options(otherRole).settings, databaseUrl: 'postgres://x' };
  await expect(joinCloud(options(otherRole, { settings }))).rejects.toThrow(code('Joining.NotOffered'));
  await expect(joinCloud(options(otherRole))).rejects.toThrow(code('MissingParameter'));
  expect(await things()).toHaveLength(0);
});

test('another server at the address gets nothing, not even the request', async () => {
  const impostor = await makeIdentity('cluster');
  const token = formatToken({ ...parseToken(await make()), pin: fingerprint(impostor.certificatePem) });
  await expect(joinCloud(options(token))).rejects.toThrow(code('Joining.WrongPeer'));
  expect(await things()).toHaveLength(0);
  expect(existsSync(join(scratch.path, 'nc'))).toBe(false);
});

test('clocks that differ are named before the token is used up', async () => {
  const { id, secret } = parseToken(await make());
  const identity = await makeIdentity('node');
  const time = new Date(Date.now() - 600_000).toISOString();
  await expect(send({ id, secret, identity, time })).rejects.toThrow(/is 600 s behind/);
  expect((await listTokens(pool))[0]!.state).toBe('open');
});

test('without proof of the key nothing is registered', async () => {
  const { id, secret } = parseToken(await make());
  const [mine, victim] = await Promise.all([makeIdentity('node'), makeIdentity('victim')]);
  const csr = (privateKeyPem: string, challenge: string): string =>
    createSigningRequest({ privateKeyPem, commonName: 'node', challenge });
  const bad = code('Joining.BadProof');
  // The certificate of another, the request of another exchange, a changed request, a weak key.
  await expect(send({ id, secret, identity: victim, signingRequest: csr(mine.privateKeyPem, id) })).rejects.toThrow(
    bad,
  );
  await expect(send({ id, secret, identity: mine, signingRequest: csr(mine.privateKeyPem, 'x') })).rejects.toThrow(bad);
  const tampered = Buffer.from(csr(mine.privateKeyPem, id).replace(/-----[^-]+-----|\n/g, ''), 'base64');
  tampered[tampered.length - 5]! ^= 1;
  const signingRequest = `-----BEGIN CERTIFICATE REQUEST-----\n${tampered.toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`;
  await expect(send({ id, secret, identity: mine, signingRequest })).rejects.toThrow(bad);
  await expect(send({ id, secret, identity: mine, signingRequest: 'nonsense' })).rejects.toThrow(bad);
  // A second certificate behind the proven one would be trusted, too.
  for (const certificatePem of [
    mine.certificatePem + victim.certificatePem,
    victim.certificatePem + mine.certificatePem,
  ]) {
    await expect(send({ id, secret, identity: { ...mine, certificatePem } })).rejects.toThrow(bad);
  }
  expect(await things()).toHaveLength(0);
});

test('a host that fails again and again has to wait', async () => {
  const identity = await makeIdentity('node');
  const id = '0'.repeat(16);
  for (let count = 0; count < 10; count += 1) {
    await expect(send({ id, secret: 'guess', identity })).rejects.toThrow(code('Joining.TokenUnknown'));
  }
  await expect(joinCloud(options(await make()))).rejects.toThrow(code('Joining.TooManyAttempts'));
});

test('a registered component exchanges its key: beside the old one first, then alone', async () => {
  await joinCloud(options(await make(), { name: 'rack-1' }));
  const old = readFileSync(join(scratch.path, 'nc/keys/nc-pk.pem'), 'utf8');
  const [next, stranger] = await Promise.all([makeIdentity('next'), makeIdentity('stranger')]);
  const pems = async (): Promise<string[]> => (await things())[0]!.pems;
  await expect(rotate('add', next, stranger.privateKeyPem)).rejects.toThrow(code('Joining.BadProof'));
  await expect(rotate('add', next, next.privateKeyPem)).rejects.toThrow(code('Joining.BadProof'));
  await expect(rotate('retire', next, next.privateKeyPem)).rejects.toThrow(code('Joining.BadProof'));
  await rotate('add', next, old);
  await rotate('add', next, old);
  expect(await pems()).toHaveLength(2);
  await expect(rotate('retire', next, old)).rejects.toThrow(code('Joining.BadProof'));
  await rotate('retire', next, next.privateKeyPem);
  await rotate('retire', next, next.privateKeyPem);
  expect(await pems()).toEqual([next.certificatePem]);
  await expect(rotate('add', stranger, old)).rejects.toThrow(code('Joining.BadProof'));
});

test('an address for newcomers that the daemon does not take is warned of', async () => {
  const warnings: string[] = [];
  const logger = pino({ level: 'warn' }, { write: (line: string) => void warnings.push(line) });
  const start = async (addresses: string[], serviceUrl?: string): Promise<void> => {
    const listen = { ...config.listen, port: 8774, addresses };
    const joining = { ...config.joining!, ...(serviceUrl === undefined ? {} : { serviceUrl }) };
    const parts = { ...around(), logger, pool, registrars: {} };
    await (await serveJoining({ ...parts, config: { ...config, listen, joining } })).close();
  };
  await start(['http://127.0.0.1:8774/']);
  await start(['http://10.0.0.2:8774', 'http://CC.example:8774'], 'http://cc.example:8774');
  expect(warnings).toEqual([]);
  await start(['http://127.0.0.1:8774'], 'http://cc.example:8774');
  expect(warnings).toEqual([expect.stringContaining('http://cc.example:8774')]);
});

test('joining without TLS is a wrong configuration', async () => {
  const plain = { ...config, joining: { url: 'https://127.0.0.1:1' } };
  const start = serveJoining({ ...around(), config: plain, pool, registrars: {} });
  await expect(start).rejects.toThrow(code('Configuration.Invalid'));
  await expect(createToken(pool, { ...config, joining: undefined }, { role: 'node' })).rejects.toThrow(
    code('Joining.NotOffered'),
  );
});

async function send(given: {
  id: string;
  secret: string;
  identity: TestIdentity;
  time?: string;
  signingRequest?: string;
}): Promise<unknown> {
  const { id, secret, identity, time = new Date().toISOString() } = given;
  const { privateKeyPem, certificatePem: certificate } = identity;
  const signingRequest =
    given.signingRequest ?? createSigningRequest({ privateKeyPem, commonName: 'node', challenge: id });
  const connection = await connectPinned({ url: config.joining!.url, pins: [fingerprint(hub.certificatePem)] });
  const where = { host: '127.0.0.1', port: 9000, tls: false };
  return connection.post(JOIN_PATH, { id, secret, role: 'node', certificate, signingRequest, time, ...where });
}

async function rotate(step: 'add' | 'retire', next: TestIdentity, signer: string): Promise<unknown> {
  const head = { role: 'node' as const, name: 'rack-1', time: new Date().toISOString(), step };
  const { privateKeyPem, certificatePem: certificate } = next;
  const challenge = rotationChallenge(head);
  const signingRequest = createSigningRequest({ privateKeyPem, commonName: 'node', challenge });
  const signature = signRotation({ ...head, certificate }, signer);
  const connection = await connectPinned({ url: config.joining!.url, pins: [fingerprint(hub.certificatePem)] });
  return connection.post(ROTATE_PATH, { ...head, certificate, signingRequest, signature });
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
