import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { baseConfigSchema, Health, HttpListener, Metrics } from '@mallee/daemon';
import { makeIdentity, scratchDirectory, type ScratchDirectory, type TestIdentity } from '@mallee/testing';
import {
  encodeMessage,
  EucalyptusNC_2_0,
  EucalyptusNC_4_4,
  MalleeExtension,
  type ServiceTable,
} from '@mallee/wsdl-types';
import { loadIdentity, MessageSigner, profiles, type SuiteName } from '@mallee/ws-security';
import { SoapServer } from './index.js';
import { servePart } from './operations.js';
import { quiet } from './test-support/peers.js';

const PUBLIC = 'http://node-7.example:8775';

let scratch: ScratchDirectory;
let cluster: TestIdentity;
let http: HttpListener;
let origin: string;
let peerFile: string;

beforeAll(async () => {
  scratch = scratchDirectory();
  const [own, peer] = await Promise.all([makeIdentity('node'), makeIdentity('cluster')]);
  cluster = peer;
  const write = (name: string, text: string): string => {
    const file = join(scratch.path, name);
    writeFileSync(file, text);
    return file;
  };
  peerFile = write('peer.pem', own.certificatePem);
  const config = baseConfigSchema.parse({
    name: 'nc',
    stateDirectory: scratch.path,
    listen: { port: 0, addresses: [PUBLIC, 'http://10.0.0.7:8775/'] },
    keys: { privateKey: write('key.pem', own.privateKeyPem), certificate: write('cert.pem', own.certificatePem) },
    peers: [{ certificate: peerFile, suite: 'rsa-sha1', dialect: '4.4' }],
  });
  const metrics = new Metrics();
  http = new HttpListener({ ...config.listen, logger: quiet, metrics, health: new Health() });
  const soap = new SoapServer({ config, logger: quiet, metrics, http });
  const trusted = (): string[] => [cluster.certificatePem];
  const handlers = {
    ncStartNetwork: async (_: object, { dialect }: { dialect: string }) => ({ networkStatus: dialect }),
  };
  soap.route([servePart(EucalyptusNC_2_0, handlers), servePart(EucalyptusNC_4_4, handlers)], { trusted });
  soap.route([servePart(MalleeExtension, { Hint: async () => ({}) })], { trusted });
  origin = `http://127.0.0.1:${(await http.listen()).port}`;
});
afterAll(async () => {
  await http.close(0);
  scratch.remove();
});

function message(to: string, service: ServiceTable, operation: string, request: object, suite?: SuiteName): string {
  const { soapAction: action, request: table } = service.operations[operation]!;
  const signer = new MessageSigner({
    identity: loadIdentity(cluster),
    profile: profiles['body-timestamp'],
    suite: suite ?? 'rsa-sha256',
  });
  return signer.sign({ to, action, payload: encodeMessage(table, request) }).text;
}

async function post(path: string, body: string): Promise<string> {
  const headers = { 'content-type': 'text/xml', soapaction: '' };
  return (await fetch(origin + path, { method: 'POST', headers, body })).text();
}

const startNetwork = (to: string, suite?: SuiteName): string =>
  message(to + EucalyptusNC_2_0.path, EucalyptusNC_2_0, 'ncStartNetwork', {}, suite);

describe('the SOAP services of a daemon', () => {
  it.each([PUBLIC, 'http://10.0.0.7:8775', 'http://NODE-7.example:8775'])(
    'take what is addressed to %s',
    async (to) => {
      expect(await post(EucalyptusNC_2_0.path, startNetwork(to))).toContain('<n:networkStatus>2.0<');
    },
  );

  it.each(['http://node-8.example:8775', 'http://node-7.example:8776', 'https://node-7.example:8775'])(
    'refuse what was addressed to another daemon with the same keys: %s',
    async (to) => {
      expect(await post(EucalyptusNC_2_0.path, startNetwork(to))).toContain('is not this endpoint');
    },
  );

  it('share what they have seen: a message is taken once by all of them', async () => {
    const hint = message(PUBLIC + MalleeExtension.path, MalleeExtension, 'Hint', { source: 'x', subjects: [] });
    expect(await post(MalleeExtension.path, hint)).toContain('HintResponse');
    expect(await post(EucalyptusNC_2_0.path, hint)).toContain('Wire.Replayed');
  });

  it('follow the rules for peers of the moment', async () => {
    expect(await post(EucalyptusNC_2_0.path, startNetwork(PUBLIC, 'rsa-sha1'))).toContain('Wire.AlgorithmRefused');
    writeFileSync(peerFile, cluster.certificatePem);
    expect(await post(EucalyptusNC_2_0.path, startNetwork(PUBLIC, 'rsa-sha1'))).toContain('<n:networkStatus>4.4<');
    expect(await post(EucalyptusNC_2_0.path, startNetwork(PUBLIC))).toContain('Wire.AlgorithmRefused');
  });

  it('give the WSDL of each dialect', async () => {
    const get = async (query: string): Promise<string> => (await fetch(origin + EucalyptusNC_2_0.path + query)).text();
    expect(await get('?wsdl')).not.toContain('ncStopInstance');
    expect(await get('?wsdl=4.4')).toContain('ncStopInstance');
  });
});
