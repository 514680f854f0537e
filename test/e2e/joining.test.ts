import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { openSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { signEuca2Rest } from '@mallee/aws-signatures';
import { loadIdentity, splitCertificates } from '@mallee/daemon';
import { createPool } from '@mallee/database';
import { type Administration, describeComponents, readCredentialsFile } from '@mallee/local-cloud';
import { SoapClient } from '@mallee/soap-rpc';
import {
  describeReal,
  scratchDirectory,
  type ScratchDirectory,
  startTestPostgres,
  startTestRedis,
  type TestService,
} from '@mallee/testing';
import {
  EucalyptusCC_2_0,
  EucalyptusNC_2_0,
  type EucalyptusCCOperations_2_0,
  type EucalyptusNCOperations_2_0,
} from '@mallee/wsdl-types';

const top = join(import.meta.dirname, '../..');
const run = promisify(execFile);

// One loopback address a machine.
const hosts = {
  clc: '127.0.0.31',
  cc: '127.0.0.32',
  'nc-1': '127.0.0.33',
  'nc-2': '127.0.0.34',
  walrus: '127.0.0.35',
} as const;
type Name = keyof typeof hosts;
const port = 20_000 + Math.floor(Math.random() * 9000);

describeReal({ programs: ['redis-server'] }, 'joining with tokens, one process a daemon, simulated hypervisors', () => {
  const daemons = new Map<Name, ChildProcess>();
  const services: TestService[] = [];
  let scratch: ScratchDirectory;
  let administration: Administration;

  const folder = (name: Name, ...path: string[]): string => join(scratch.path, 'etc', name, ...path);
  const state = (name: Name, ...path: string[]): string => join(scratch.path, 'state', name, ...path);
  const configOf = (name: Name): string => folder(name, 'config.json');

  const mallee = async (...args: string[]): Promise<string> =>
    (await run(process.execPath, [join(top, 'cli/dist/main.js'), ...args])).stdout.trim();

  const createToken = (role: string, at: Name, ...more: string[]): Promise<string> =>
    mallee('join', 'token', 'create', '--role', role, '--config', configOf(at), ...more);

  const joinHost = (name: Name, token: string, ...more: string[]): Promise<string> =>
    mallee(
      ...['join', '--token', token, '--address', hosts[name], '--port', String(port)],
      ...['--directory', folder(name), '--state', state(name), ...more],
    );

  const joinNode = (name: Name, token: string, ...more: string[]): Promise<string> =>
    joinHost(name, token, '--hypervisor', 'simulated', '--metadata-port', '0', ...more);

  async function start(name: Name): Promise<void> {
    const program = join(top, 'services', name.replace(/-\d$/, ''), 'dist/main.js');
    const file = join(scratch.path, `${name}.log`);
    const log = openSync(file, 'a');
    daemons.set(name, spawn(process.execPath, [program, '--config', configOf(name)], { stdio: ['ignore', log, log] }));
    const listens = (): Promise<boolean> => Promise.resolve(readFileSync(file, 'utf8').includes(' listens"'));
    await eventually(listens, `${name} listens`, () => readFileSync(file, 'utf8'));
  }

  /** How many nodes the cluster controller reports in its metrics. */
  async function nodesIn(wanted: 'up' | 'down'): Promise<number> {
    const text = await (await fetch(`http://${hosts.cc}:${String(port)}/metrics`)).text();
    return Number(new RegExp(`^mallee_nodes\\{.*state="${wanted}".*\\} (\\d+)$`, 'm').exec(text)?.[1] ?? -1);
  }

  function adjust(name: Name, change: (config: Record<string, object>) => void): void {
    const config = JSON.parse(readFileSync(configOf(name), 'utf8')) as Record<string, object>;
    change(config);
    writeFileSync(configOf(name), JSON.stringify(config));
  }

  beforeAll(async () => {
    scratch = scratchDirectory();
    services.push(await startTestPostgres(), await startTestRedis());
    const elsewhere = ['walrus', 'sc', 'cc', 'nc'].map((daemon, index) => `${daemon}=127.0.0.${String(40 + index)}`);
    await mallee(
      ...['configure', '--output', join(scratch.path, 'etc'), '--network', 'user', '--metadata-port', '0'],
      ...['--database-url', services[0]!.url, '--queue-url', services[1]!.url],
      ...['--install-prefix', join(scratch.path, 'etc/{name}'), '--state-prefix', join(scratch.path, 'state/{name}')],
      ...[`clc=${hosts.clc}:${String(port)}`, ...elsewhere].flatMap((host) => ['--host', host]),
    );
    // Only the cloud controller is from there: the rest joins.
    await run('rm', ['-r', ...['cc', 'nc-1', 'sc', 'walrus'].map((name) => join(scratch.path, 'etc', name))]);
    await start('clc');
    const credentials = readCredentialsFile(state('clc', 'admin-credentials.json'));
    administration = { url: `http://${hosts.clc}:${String(port)}`, credentials };
  }, 240_000);

  afterAll(async () => {
    for (const child of daemons.values()) child.kill('SIGKILL');
    for (const service of services.reverse()) await service.stop();
    scratch.remove();
  }, 60_000);

  it('a cluster joins the cloud controller and is polled by it', async () => {
    const token = await createToken('cluster', 'clc', '--cluster', 'east');
    expect(token).toMatch(/^mallee-join-1\.\S+$/);
    const backends = ['--database-url', services[0]!.url, '--queue-url', services[1]!.url];
    const said = await joinHost('cc', token, ...backends, '--network', 'user', '--subnet', '10.98.0.0/24');
    expect(said).toContain('registered as cluster east');
    expect(statSync(folder('cc', 'keys/cc-pk.pem')).mode & 0o777).toBe(0o600);
    adjust('cc', (config) => (config['timings'] = { pollSeconds: 0.3, perNodeTimeoutSeconds: 5 }));
    await start('cc');
    const answers = async (): Promise<boolean> =>
      (await describeComponents(administration)).some(({ name, type, reason, lastContact }) => {
        return type === 'cluster' && name === 'east' && reason === '' && lastContact !== '';
      });
    await eventually(answers, 'the cloud controller polls the cluster');
  }, 180_000);

  it('nodes join the cluster that joined, one of them with TLS, and are polled by it', async () => {
    for (const [name, ...more] of [['nc-1'], ['nc-2', '--tls']] as const) {
      expect(await joinNode(name, await createToken('node', 'cc'), ...more)).toContain(`registered as node ${name}`);
      await start(name);
    }
    await eventually(async () => (await nodesIn('up')) === 2, 'both nodes are up');
    const pool = createPool(services[0]!.url, { schema: 'clc', max: 1 });
    const reported = async (): Promise<boolean> => {
      const { rows } = await pool.query<{ nodes: string[] }>(
        `select node_certificates as nodes from component where type = 'cluster'`,
      );
      return [certificateOf('nc-1'), certificateOf('nc-2')].every((pem) => rows[0]!.nodes.includes(pem));
    };
    await eventually(reported, 'the cloud controller can tell Walrus of the nodes').finally(() => pool.end());
    expect(await mallee('join', 'list', '--config', configOf('cc'))).toContain(`nc-2 at https://${hosts['nc-2']}`);
  }, 180_000);

  it('a cluster controller that starts again knows the nodes that joined', async () => {
    daemons.get('cc')!.kill('SIGKILL');
    await start('cc');
    await eventually(async () => (await nodesIn('up')) === 2, 'both nodes are up');
  }, 120_000);

  it('Walrus joins, and serves the nodes that joined the cluster', async () => {
    const token = await createToken('walrus', 'clc');
    await joinHost('walrus', token, '--database-url', services[0]!.url);
    await start('walrus');
    // 404: the node is known, the image is not.
    const answer = (): Promise<number> => fetchImageAs('nc-1', `http://${hosts.walrus}:${String(port)}`);
    await eventually(async () => (await answer()) === 404, 'Walrus knows the node');
    expect(await fetchImageAs('clc', `http://${hosts.walrus}:${String(port)}`)).toBe(403);
  }, 120_000);

  it('says what is wrong with a token, and where to make one', async () => {
    const used = await createToken('node', 'cc');
    await joinNode('nc-1', used, '--directory', join(scratch.path, 'third'), '--port', String(port + 1));
    const again = joinNode('nc-1', used, '--directory', join(scratch.path, 'fourth'), '--port', String(port + 2));
    await expect(again).rejects.toMatchObject({ stderr: expect.stringContaining('Joining.TokenUsed') });
    await expect(createToken('node', 'clc')).rejects.toMatchObject({
      stderr: expect.stringContaining('a node joins the cluster controller'),
    });
    await expect(joinNode('nc-1', used.slice(0, -9))).rejects.toMatchObject({
      stderr: expect.stringContaining('Joining.TokenUnreadable'),
    });
    await mallee('join', 'remove', 'nc-3', '--config', configOf('cc'));
    await eventually(async () => (await nodesIn('down')) === 0, 'the removed node is forgotten');
  }, 120_000);

  it('keys of a node and of the cluster are rotated under signed calls, and no call fails', async () => {
    const calls = new Calls(
      // The cloud controller's calls to the cluster, and the cluster's to both nodes; trust is what their peers have at that moment.
      cloudTo(`http://${hosts.cc}:${String(port)}`),
      clusterTo(`http://${hosts['nc-1']}:${String(port)}`, 'nc-1'),
      clusterTo(`https://${hosts['nc-2']}:${String(port)}`, 'nc-2'),
    );
    const before = certificateOf('nc-1');
    const tlsBefore = certificateOf('nc-2');
    await mallee('keys', 'rotate', '--config', configOf('nc-1'), '--overlap', '3');
    await mallee('keys', 'rotate', '--config', configOf('nc-2'), '--overlap', '3');
    expect(certificateOf('nc-1')).not.toBe(before);
    expect(certificateOf('nc-2')).not.toBe(tlsBefore);
    expect(readFileSync(state('cc', 'joined-nodes/nc-1-cert.pem'), 'utf8')).toBe(certificateOf('nc-1'));

    const stage = (name: string): Promise<string> =>
      mallee('keys', 'rotate', '--config', configOf('cc'), '--stage', name);
    const clusterBefore = certificateOf('cc');
    const oldFile = join(scratch.path, 'old-cluster.pem');
    writeFileSync(oldFile, clusterBefore);
    expect(await stage('prepare')).toContain('was told');
    const fresh = folder('cc', 'keys/cc-cert.pem.next');
    for (const node of ['nc-1', 'nc-2'] as const) {
      await mallee(...['keys', 'trust', '--config', configOf(node), '--beside', oldFile, '--certificate', fresh]);
    }
    await sleep(6000); // the cloud controller reads its components every five seconds
    await stage('switch');
    await sleep(3000);
    expect(certificateOf('cc')).not.toBe(clusterBefore);
    await stage('finish');
    for (const node of ['nc-1', 'nc-2'] as const) {
      await mallee('keys', 'trust', '--config', configOf(node), '--certificate', oldFile, '--remove');
    }
    await sleep(1000);
    const { made, failures } = await calls.end();
    expect(failures.slice(0, 5)).toEqual([]);
    expect(Math.min(...made)).toBeGreaterThan(20);
    expect(splitCertificates(readFileSync(folder('nc-1', 'trust/cluster-cert.pem'), 'utf8'))).toHaveLength(1);
    expect(readdirSync(folder('cc', 'keys')).sort()).toEqual(['cc-cert.pem', 'cc-pk.pem']);
    await eventually(async () => (await nodesIn('up')) === 2, 'both nodes are still up');
    const components = await describeComponents(administration);
    expect(components.filter(({ type }) => type === 'cluster').map(({ reason }) => reason)).toEqual(['']);
    // Walrus took the new key of the node up by itself.
    expect(await fetchImageAs('nc-1', `http://${hosts.walrus}:${String(port)}`)).toBe(404);
  }, 240_000);

  /** Status of a request for an image that is not there, signed with the key of a daemon. */
  async function fetchImageAs(name: Name, origin: string): Promise<number> {
    const url = new URL('/services/Walrus/images/none.manifest.xml', origin);
    const headers = { host: url.host, eucaoperation: 'GetDecryptedImage' };
    const request = { method: 'GET', rawPath: url.pathname, rawQuery: '', headers };
    const identity = identityOf(name, name.replace(/-\d$/, ''))();
    const signed = { ...headers, ...signEuca2Rest(request, identity, new Date()) };
    return (await fetch(url, { headers: signed })).status;
  }

  function certificateOf(name: Name): string {
    return readFileSync(folder(name, 'keys', `${name.replace(/-\d$/, '')}-cert.pem`), 'utf8');
  }

  const identityOf = (name: Name, stem: string) => () =>
    loadIdentity({
      keys: {
        privateKey: folder(name, 'keys', `${stem}-pk.pem`),
        certificate: folder(name, 'keys', `${stem}-cert.pem`),
      },
    });

  function cloudTo(origin: string): () => Promise<unknown> {
    // As the cloud controller has it: the certificates that are registered.
    const known = new Set([certificateOf('cc')]);
    const client = new SoapClient<EucalyptusCCOperations_2_0>({
      service: EucalyptusCC_2_0,
      url: origin + EucalyptusCC_2_0.path,
      identity: identityOf('clc', 'clc'),
      peerCertificates: () => {
        for (const file of ['cc-cert.pem', 'cc-cert.pem.next']) {
          try {
            known.add(readFileSync(folder('cc', 'keys', file), 'utf8'));
          } catch {
            // not there in this stage
          }
        }
        return [...known];
      },
    });
    const type = { name: 'm1.small', memory: 128, cores: 1, disk: 2, deviceMapping: [] };
    return () => client.call('DescribeResources', { instanceTypes: [type] });
  }

  function clusterTo(origin: string, name: Name): () => Promise<unknown> {
    const peers = (): string[] => splitCertificates(readFileSync(state('cc', `joined-nodes/${name}-cert.pem`), 'utf8'));
    let last = identityOf('cc', 'cc')();
    const client = new SoapClient<EucalyptusNCOperations_2_0>({
      service: EucalyptusNC_2_0,
      url: origin + EucalyptusNC_2_0.path,
      identity: () => {
        const read = identityOf('cc', 'cc')();
        // Between the two renames the pair does not fit: the daemon goes on with the old one, and so does this.
        if (read.privateKeyPem !== last.privateKeyPem && read.certificatePem !== last.certificatePem) last = read;
        return last;
      },
      peerCertificates: peers,
      ...(origin.startsWith('https:') ? { tls: { pinnedCertificates: peers }, keepAlive: false } : {}),
    });
    return () => client.call('ncDescribeResource', {});
  }
});

/** Calls one after the other in several lines, until it is told to end. */
class Calls {
  readonly #failures: string[] = [];
  readonly #made: number[];
  readonly #lines: Promise<void>[];
  #ended = false;

  constructor(...calls: (() => Promise<unknown>)[]) {
    this.#made = calls.map(() => 0);
    this.#lines = calls.map((call, index) => this.#repeat(call, index));
  }

  async end(): Promise<{ made: readonly number[]; failures: readonly string[] }> {
    this.#ended = true;
    await Promise.all(this.#lines);
    return { made: this.#made, failures: this.#failures };
  }

  async #repeat(call: () => Promise<unknown>, index: number): Promise<void> {
    while (!this.#ended) {
      await call().then(
        () => (this.#made[index]! += 1),
        (error: unknown) => this.#failures.push(`${String(index)}: ${String(error)}`),
      );
      await sleep(50);
    }
  }
}

async function eventually(look: () => Promise<boolean>, what: string, why: () => string = () => ''): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    if (await look().catch(() => false)) return;
    await sleep(200);
  }
  throw new Error(`never: ${what}\n${why()}`);
}
