import { afterAll, beforeAll, describe, expect, it, test } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { SoapClient, type RequestOf } from '@mallee/soap-rpc';
import { makeIdentity, scratchDirectory, type ScratchDirectory, type TestIdentity } from '@mallee/testing';
import {
  EucalyptusNC_2_0,
  EucalyptusNC_4_4,
  type EucalyptusNCOperations_2_0,
  type EucalyptusNCOperations_4_4,
} from '@mallee/wsdl-types';
import { exampleLaunch } from '../test-support/examples.js';
import { nodeEndpoint, type NodeEndpoint } from '../test-support/node-endpoint.js';
import { runInstanceMessage } from '../test-support/run-instance-message.js';

const id = 'i-0A1B2C3D';
const other = 'i-00000044';
const uuid = '0f6a4f0e-5a8e-4c7b-9c85-31a9bc1e02aa';

let scratch: ScratchDirectory;
let cluster: TestIdentity;
let node: NodeEndpoint;
let nc20: SoapClient<EucalyptusNCOperations_2_0>;
let nc44: SoapClient<EucalyptusNCOperations_4_4>;
const wire: string[] = [];

beforeAll(async () => {
  scratch = scratchDirectory();
  const [own, peer] = await Promise.all([makeIdentity('node'), makeIdentity('cluster')]);
  cluster = peer;
  node = await nodeEndpoint({ directory: scratch.path, identity: own, trusted: [cluster.certificatePem] });
  const common = {
    url: node.url + EucalyptusNC_2_0.path,
    identity: cluster,
    peerCertificates: [own.certificatePem],
    onMessage: ({ text }: { text: string }) => void wire.push(text),
  };
  nc20 = new SoapClient({ ...common, service: EucalyptusNC_2_0 });
  nc44 = new SoapClient({ ...common, service: EucalyptusNC_4_4 });
});
afterAll(async () => {
  nc20.close();
  nc44.close();
  await node.close();
  scratch.remove();
});

/** The base elements by which a cluster controller of 4.4 shows its dialect. */
const topology = {
  userId: 'eucalyptus',
  epoch: 5,
  services: [
    { partition: 'one', type: 'objectstorage', name: 'osg', uris: ['http://walrus:8773/services/objectstorage'] },
  ],
  disabledServices: [],
  notreadyServices: [],
  nodeName: '127.0.0.1',
};

function launch44(change: object = {}): RequestOf<EucalyptusNCOperations_4_4, 'ncRunInstance'> {
  const launch = exampleLaunch({ instanceId: other });
  const { instanceType, netParams, ...message } = runInstanceMessage(launch);
  return {
    ...topology,
    reservationId: message.reservationId,
    instanceId: message.instanceId,
    keyName: message.keyName,
    userData: message.userData,
    launchIndex: message.launchIndex,
    groupNames: message.groupNames,
    ownerId: 'AIDOWNER',
    accountId: '000000000007',
    uuid,
    groupIds: ['sg-12345678'],
    expiryTime: '2099-01-01T00:00:00Z',
    secondaryNetConfig: [],
    instanceType: {
      name: instanceType.name,
      memory: instanceType.memory,
      cores: instanceType.cores,
      disk: instanceType.disk,
      virtualBootRecord: [
        {
          id: 'emi-00000044',
          type: 'machine',
          resourceLocation: 'objectstorage://bucket/image.manifest.xml',
          guestDeviceName: 'sda1',
          size: -1,
          format: 'none',
        },
        {
          id: 'eki-00000044',
          type: 'kernel',
          resourceLocation: 'http://walrus/kernel.manifest.xml',
          guestDeviceName: 'none',
          size: -1,
          format: 'none',
        },
        { id: 'none', type: 'ephemeral0', resourceLocation: 'none', guestDeviceName: 'sda2', size: 1, format: 'ext3' },
      ],
    },
    netParams: { ...netParams, interfaceId: 'eni-1', device: 0 },
    ...change,
  };
}

/** The payload of the last reply on the wire, without prefixes. */
const lastReply = (): string =>
  /<soapenv:Body[^>]*>(.*)<\/soapenv:Body>/s.exec(wire.at(-1) ?? '')?.[1]?.replaceAll('n:', '') ?? '';

describe('one node, asked in two dialects', () => {
  it('takes an instance of 2.0 and reports it in both', async () => {
    const { instance } = await nc20.call('ncRunInstance', { ...runInstanceMessage(exampleLaunch()), userId: 'bob' });
    expect(instance).toMatchObject({
      instanceId: id,
      stateName: 'Pending',
      bundleTaskStateName: 'none',
      userId: 'bob',
    });
    await node.work.idle();
    const old = await nc20.call('ncDescribeInstances', { userId: 'eucalyptus', instanceIds: [id] });
    expect(old.instances).toMatchObject([{ instanceId: id, stateName: 'Extant' }]);
    const later = await nc44.call('ncDescribeInstances', { ...topology, instanceIds: [id] });
    expect(later.instances).toMatchObject([
      {
        instanceId: id,
        stateName: 'Extant',
        uuid: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/),
        ownerId: 'bob',
        accountId: 'bob',
        userId: 'bob',
        netParams: { interfaceId: id, device: 0 },
        bundleTaskStateName: 'none',
        createImageStateName: 'none',
        migrationStateName: 'none',
        guestStateName: 'poweredOn',
      },
    ]);
  });

  it('takes an instance of 4.4 with its list of boot records and reports it in both', async () => {
    const { instance } = await nc44.call('ncRunInstance', launch44());
    expect(instance).toMatchObject({ instanceId: other, uuid, accountId: '000000000007', ownerId: 'AIDOWNER' });
    await node.work.idle();
    expect(node.controller.describe([other])[0]?.launch).toMatchObject({
      imageId: 'emi-00000044',
      imageUrl: 'http://walrus:8773/services/objectstorage/bucket/image.manifest.xml',
      kernelId: 'eki-00000044',
      kernelUrl: 'http://walrus/kernel.manifest.xml',
      groupIds: ['sg-12345678'],
      expiryTime: '2099-01-01T00:00:00Z',
    });
    const old = await nc20.call('ncDescribeInstances', { userId: 'AIDOWNER', instanceIds: [] });
    expect(old.instances.map(({ instanceId }) => instanceId)).toEqual([other]);
  });

  it('reports the node in the words of each', async () => {
    const numbers = { memorySizeMax: 1024, numberOfCoresMax: 4, diskSizeMax: 50, publicSubnets: 'none' };
    await expect(nc20.call('ncDescribeResource', {})).resolves.toMatchObject({ ...numbers, nodeStatus: 'OK' });
    await expect(nc44.call('ncDescribeResource', topology)).resolves.toMatchObject({
      ...numbers,
      nodeStatus: 'enabled',
      migrationCapable: false,
      hypervisor: 'kvm',
      iqn: 'iqn.2026-01.example:node',
    });
  });

  it('starts the network: a number for a status in 2.0, none in 4.4', async () => {
    await nc20.call('ncStartNetwork', { userId: 'bob', remoteHosts: [], remoteHostPort: 0, vlan: 10 });
    expect(lastReply()).toMatch(
      /<userId>bob<\/userId><return>true<\/return><statusMessage>0<\/statusMessage><networkStatus>SUCCESS</,
    );
    await nc44.call('ncStartNetwork', { ...topology, remoteHosts: [], vlan: 10, uuid });
    expect(lastReply()).toMatch(/<return>true<\/return><networkStatus>SUCCESS</);
  });

  it('notes a public address, and both dialects tell it', async () => {
    await nc44.call('ncAssignAddress', { ...topology, instanceId: id, publicIp: '192.0.2.44' });
    const { instances } = await nc20.call('ncDescribeInstances', { instanceIds: [id] });
    expect(instances[0]?.netParams?.publicIp).toBe('192.0.2.44');
    const wrong = nc44.call('ncAssignAddress', { ...topology, instanceId: id, publicIp: '192.0.2' });
    await expect(wrong).rejects.toMatchObject({ details: { peerCode: 'Wire.MalformedMessage' } });
  });

  it('gives the console in base64', async () => {
    await writeFile(node.files.console(id), 'login: ');
    for (const reply of [
      await nc20.call('ncGetConsoleOutput', { instanceId: id }),
      await nc44.call('ncGetConsoleOutput', { ...topology, instanceId: id }),
    ]) {
      expect(Buffer.from(reply.consoleOutput, 'base64').toString()).toBe('login: ');
    }
  });

  it('is taken out of use and into it by 4.4; for 2.0 it is full meanwhile', async () => {
    await nc44.call('ncModifyNode', { ...topology, stateName: 'disabled' });
    await expect(nc44.call('ncDescribeResource', topology)).resolves.toMatchObject({ nodeStatus: 'disabled' });
    await expect(nc20.call('ncDescribeResource', {})).resolves.toMatchObject({
      nodeStatus: 'OK',
      memorySizeAvailable: 0,
      numberOfCoresAvailable: 0,
    });
    const refused = nc44.call('ncRunInstance', launch44({ instanceId: 'i-00000045' }));
    await expect(refused).rejects.toMatchObject({ details: { peerCode: 'Node.Disabled' } });
    await nc44.call('ncModifyNode', { ...topology, stateName: 'ENABLED' });
    await expect(nc44.call('ncDescribeResource', topology)).resolves.toMatchObject({ nodeStatus: 'enabled' });
    const wrong = nc44.call('ncModifyNode', { ...topology, stateName: 'sleepy' });
    await expect(wrong).rejects.toMatchObject({ details: { peerCode: 'Wire.MalformedMessage' } });
  });

  it('measures nothing and says so', async () => {
    const reply = await nc44.call('ncDescribeSensors', { ...topology, historySize: 5, instanceIds: [], sensorIds: [] });
    expect(reply.sensorsResources).toEqual([]);
  });

  it('reboots: the status of success is false, that of a failure true', async () => {
    await expect(nc20.call('ncRebootInstance', { instanceId: id })).resolves.toMatchObject({
      return: true,
      status: false,
    });
    await node.work.idle();
    await expect(nc44.call('ncRebootInstance', { ...topology, instanceId: id })).resolves.toMatchObject({
      status: false,
    });
    await node.work.idle();
    const unknown = nc20.call('ncRebootInstance', { instanceId: 'i-FFFFFFFF' });
    await expect(unknown).rejects.toMatchObject({ details: { response: { return: false, status: true } } });
  });

  it('terminates with the numbers of each dialect as text', async () => {
    await expect(nc20.call('ncTerminateInstance', { instanceId: id })).resolves.toMatchObject({
      instanceId: id,
      previousState: '1',
      shutdownState: '5',
    });
    await node.work.idle();
    await expect(nc20.call('ncTerminateInstance', { instanceId: id })).resolves.toMatchObject({ shutdownState: '14' });
    const force = { ...topology, instanceId: id, force: true };
    await expect(nc44.call('ncTerminateInstance', force)).resolves.toMatchObject({ shutdownState: '16' });
    const { instances } = await nc44.call('ncDescribeInstances', { ...topology, instanceIds: [id] });
    expect(instances[0]).toMatchObject({ stateName: 'Teardown', guestStateName: 'poweredOff' });
  });
});

describe('a launch of 4.4 is refused', () => {
  const disk = { id: 'emi-1', type: 'machine', resourceLocation: 'http://walrus/a', format: 'none' };
  const boot = (...virtualBootRecord: object[]): object => ({
    instanceType: { name: 'm1.small', memory: 64, cores: 1, disk: 1, virtualBootRecord },
  });
  test.each<[string, object, string]>([
    ['without a machine image', boot(), 'Wire.MalformedMessage'],
    ['with two', boot(disk, disk), 'Wire.MalformedMessage'],
    ['with a root volume', boot({ ...disk, type: 'ebs' }), 'Wire.OperationNotSupported'],
    ['with a kind of record that nobody knows', boot(disk, { type: 'tape' }), 'Wire.MalformedMessage'],
    [
      'with an address of a service that it does not name',
      boot({ ...disk, resourceLocation: 'walrus://b/k' }),
      'Wire.MalformedMessage',
    ],
    ['with a second interface', { secondaryNetConfig: [launch44().netParams] }, 'Wire.OperationNotSupported'],
    ['with a time that is none', { expiryTime: 'tomorrow' }, 'Wire.MalformedMessage'],
  ])('%s', async (_what, change, expected) => {
    const call = nc44.call('ncRunInstance', launch44({ instanceId: 'i-00000046', ...change }));
    const error: unknown = await call.catch((reason: unknown) => reason);
    const { code, details } = error as { code: string; details?: { peerCode?: string } };
    expect(details?.peerCode ?? code).toBe(expected);
  });
});
