import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { loadIdentity } from '@mallee/daemon';
import { servedOperations, SoapClient } from '@mallee/soap-rpc';
import { makeIdentity, scratchDirectory, type TestIdentity } from '@mallee/testing';
import {
  EucalyptusSC_4_4,
  MalleeStorage,
  type EucalyptusSCOperations_4_4,
  type MalleeStorageOperations,
} from '@mallee/wsdl-types';
import { storageDialects } from './soap.js';
import { peerCode, startTestController, type TestController } from './test-support/controller.js';
import type { VolumeService } from './volumes/volume-service.js';

let controller: TestController;
/** An original node, and one of ours. */
let node: TestIdentity;
let ourNode: TestIdentity;
const scratch = scratchDirectory();
const closing: { close(): void }[] = [];

beforeAll(async () => {
  [node, ourNode] = await Promise.all([makeIdentity('node'), makeIdentity('node-2')]);
  const certificate = join(scratch.path, 'node.pem');
  writeFileSync(certificate, node.certificatePem);
  controller = await startTestController({
    peers: [{ certificate, dialect: '4.4', suite: 'rsa-sha1' }],
    ...(await trusting(certificate)),
  });
}, 120_000);

afterAll(async () => {
  for (const one of closing) one.close();
  await controller.stop();
  scratch.remove();
});

/** The certificates of the test controller do not exist before it starts; those of nodes lie elsewhere. */
async function trusting(certificate: string): Promise<Record<string, unknown>> {
  const cloud = await makeIdentity('cloud');
  writeFileSync(join(scratch.path, 'cloud.pem'), cloud.certificatePem);
  writeFileSync(join(scratch.path, 'cloud.key'), cloud.privateKeyPem);
  writeFileSync(join(scratch.path, 'node-2.pem'), ourNode.certificatePem);
  return { trust: { cloud: [join(scratch.path, 'cloud.pem')], node: [certificate, join(scratch.path, 'node-2.pem')] } };
}

function clientOf<Ops>(
  service: typeof EucalyptusSC_4_4,
  identity: TestIdentity,
  suite: 'rsa-sha1' | 'rsa-sha256',
): SoapClient<Ops> {
  const { certificatePem } = loadIdentity(controller.config);
  const url = controller.url + service.path;
  const client = new SoapClient<Ops>({ service, url, identity, suite, peerCertificates: [certificatePem] });
  closing.push(client);
  return client;
}

const volume = {
  volumeId: 'vol-12345678',
  token: 't',
  ip: '10.0.0.7',
  iqn: 'iqn.x',
  services: [],
  disabledServices: [],
  notreadyServices: [],
};

test('every operation of both interfaces has an entry', () => {
  const [ours, original] = storageDialects({} as VolumeService, () => []);
  if (ours === undefined || original === undefined) throw new Error('two interfaces are served');
  expect(servedOperations(ours).filter(({ notSupported }) => notSupported !== undefined)).toEqual([]);
  expect(servedOperations(original).map(({ name, notSupported }) => [name, notSupported])).toEqual([
    ['ExportVolume', 'volumes are not exported over the network yet'],
    ['UnexportVolume', 'volumes are not exported over the network yet'],
  ]);
});

test('an original node is told by a fault that volumes are not exported', async () => {
  const client = clientOf<EucalyptusSCOperations_4_4>(EucalyptusSC_4_4, node, 'rsa-sha1');
  expect(await peerCode(client.call('ExportVolume', volume))).toBe('Wire.OperationNotSupported');
  expect(await peerCode(client.call('UnexportVolume', volume))).toBe('Wire.OperationNotSupported');
});

test('a node does not order volumes, the cloud does', async () => {
  const cloud = loadIdentity({
    keys: { privateKey: join(scratch.path, 'cloud.key'), certificate: join(scratch.path, 'cloud.pem') },
  });
  const asNode = clientOf<MalleeStorageOperations>(MalleeStorage, ourNode, 'rsa-sha256');
  const asCloud = clientOf<MalleeStorageOperations>(MalleeStorage, cloud, 'rsa-sha256');
  expect(await peerCode(asNode.call('GetStorageInfo', {}))).toBe('Wire.UnknownCertificate');
  expect(await asCloud.call('GetStorageInfo', {})).toMatchObject({ return: true });
});
