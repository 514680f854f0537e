import { X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { baseConfigSchema, Health, HttpListener, Metrics, type Logger } from '@mallee/daemon';
import { makeIdentity, scratchDirectory, type ScratchDirectory, type TestIdentity } from '@mallee/testing';
import { EucalyptusNC_2_0, MalleeExtension } from '@mallee/wsdl-types';
import { pino } from 'pino';
import { SoapServer } from './index.js';
import { servePart } from './operations.js';

let scratch: ScratchDirectory;
let own: TestIdentity;
let cluster: TestIdentity;
let former: TestIdentity;

beforeAll(async () => {
  scratch = scratchDirectory();
  [own, cluster, former] = await Promise.all([makeIdentity('node'), makeIdentity('cluster'), makeIdentity('former')]);
});
afterAll(() => scratch.remove());

function write(name: string, text: string): string {
  const file = join(scratch.path, name);
  writeFileSync(file, text);
  return file;
}

const short = ({ certificatePem }: TestIdentity): string =>
  new X509Certificate(certificatePem).fingerprint256.replaceAll(':', '').slice(0, 16).toLowerCase();

interface Line {
  readonly level: number;
  readonly msg: string;
  readonly certificate: string;
  readonly peer: string[];
}

/** What a daemon with these entries says when it starts. */
async function warnings(files: string[], options: { original?: boolean; trusted?: () => string[] } = {}) {
  const { original = true, trusted = () => [cluster.certificatePem] } = options;
  const lines: Line[] = [];
  const logger: Logger = pino(
    { level: 'warn' },
    { write: (text: string) => void lines.push(JSON.parse(text) as Line) },
  );
  const config = baseConfigSchema.parse({
    name: 'nc',
    stateDirectory: scratch.path,
    listen: { port: 0 },
    keys: { privateKey: write('key.pem', own.privateKeyPem), certificate: write('cert.pem', own.certificatePem) },
    peers: files.map((certificate) => ({ certificate, suite: 'rsa-sha1' })),
  });
  const metrics = new Metrics();
  const http = new HttpListener({ ...config.listen, logger, metrics, health: new Health() });
  const soap = new SoapServer({ config, logger, metrics, http });
  soap.route([servePart(MalleeExtension, { Hint: async () => ({}) })], { trusted: () => [former.certificatePem] });
  if (original) soap.route([servePart(EucalyptusNC_2_0, { ncPowerDown: async () => ({}) })], { trusted });
  expect(lines).toEqual([]);
  await http.listen();
  await http.close(0);
  return lines;
}

it('nothing is said of entries that a service follows', async () => {
  const peer = write('peer.pem', cluster.certificatePem.replaceAll('\n', '\r\n'));
  expect(await warnings([])).toEqual([]);
  expect(await warnings([peer])).toEqual([]);
  // While a peer changes its key, its file has two.
  expect(await warnings([write('both.pem', former.certificatePem + cluster.certificatePem)])).toEqual([]);
});

it('an entry with a certificate that nobody trusts is named, with what entries can match and what to do', async () => {
  const peer = write('peer.pem', cluster.certificatePem);
  const wrong = write('wrong.pem', former.certificatePem);
  const [line, ...more] = await warnings([peer, wrong]);
  expect(more).toEqual([]);
  expect(line).toMatchObject({ level: 40, certificate: wrong, peer: [expect.stringContaining(short(former))] });
  expect(line!.msg).toContain(`the entry of peers with ${wrong} changes nothing`);
  expect(line!.msg).toMatch(new RegExp(`EucalyptusNC trusts .*CN=cluster ${short(cluster)}`));
  expect(line!.msg).toContain('name the file of the certificate that the peer signs with');
});

it('trust of a service of our own does not count: it knows no rules for peers', async () => {
  const [line] = await warnings([write('wrong.pem', former.certificatePem)], { original: false });
  expect(line!.msg).toContain('no service of this daemon follows peers; correct or remove the entry');
});

it('what is no certificate matches nothing, not even another that is none', async () => {
  const nonsense = write('nonsense.pem', 'PEM');
  const [line] = await warnings([nonsense], { trusted: () => ['PEM too', cluster.certificatePem] });
  expect(line).toMatchObject({ certificate: nonsense, peer: ['no certificate'] });
});

it('trust that cannot be read does not keep the daemon from starting', async () => {
  const unreadable = (): never => {
    throw new Error('gone');
  };
  const [line] = await warnings([write('peer.pem', cluster.certificatePem)], { trusted: unreadable });
  expect(line!.msg).toContain('EucalyptusNC trusts nobody');
});
