import { describe, expect, test } from '@jest/globals';
import { checkForOriginal, encodeMessage, services, type MessageTable } from '@mallee/wsdl-types';
import type { InstanceRecord } from '../../store/instance-record.js';
import { toCcInstance as toCcInstance20 } from '../2.0/instance.js';
import { toNcRunInstance as toNcRunInstance20 } from '../2.0/node.js';
import { fromBootRecords, resolveLocation, toBootRecords } from './boot-records.js';
import { noServices } from './head.js';
import { toCcInstance, uuidOf } from './instance.js';
import { toNcRunInstance, toReport, toSighting } from './node.js';
import { fromRunInstances } from './run-instances.js';

const instance: InstanceRecord = {
  id: 'i-12345678',
  reservationId: 'r-12345678',
  userId: 'admin',
  uuid: null,
  accountId: null,
  expiryTime: null,
  imageId: 'emi-12345678',
  kernelId: 'eki-12345678',
  ramdiskId: '',
  imageUrl: 'http://w:8773/services/Walrus/b/i.manifest.xml',
  kernelUrl: 'http://w:8773/services/Walrus/b/k.manifest.xml',
  ramdiskUrl: '',
  keyName: 'ssh-rsa AAAA',
  userData: 'aGVsbG8=',
  launchIndex: '0',
  platform: 'linux',
  groupNames: ['default'],
  groupIds: [],
  vmType: {
    name: 'm1.small',
    memory: 128,
    cores: 1,
    disk: 2,
    deviceMapping: [
      { deviceName: 'sda1', virtualName: 'ami', size: 0, format: 'none' },
      { deviceName: 'sda2', virtualName: 'ephemeral0', size: 100, format: 'ext3' },
      { deviceName: 'sda3', virtualName: 'swap', size: 512, format: 'swap' },
    ],
  },
  mac: 'd0:0d:12:34:56:78',
  privateIp: '10.0.0.2',
  publicIp: '0.0.0.0',
  vlan: -1,
  networkIndex: 2,
  volumes: [],
  bundleState: 'none',
  state: 'Extant',
  nodeUrl: 'http://10.0.0.7:8775/axis2/services/EucalyptusNC',
  nodeCall: 'accepted',
  acceptedAt: null,
  refusals: {},
  launchDeadline: null,
  launchTime: new Date('2026-01-02T03:04:05Z'),
  terminateRequestedAt: null,
  terminateSentAt: null,
  absentPolls: 0,
  absentSince: null,
  reasonCode: null,
  reasonMessage: null,
  correlationId: null,
  createdAt: new Date('2026-01-02T03:04:00Z'),
  changedAt: new Date('2026-01-02T03:04:05Z'),
};

function message(
  service: 'EucalyptusCC' | 'EucalyptusNC',
  dialect: '2.0' | '4.4',
  operation: string,
  part: 'request' | 'response',
): MessageTable {
  const found = services[service][dialect].operations[operation];
  if (found === undefined) throw new Error(`no operation ${operation}`);
  return found[part];
}

describe('what is told to originals', () => {
  test('is complete and readable in both dialects', () => {
    const head44 = { userId: 'admin', nodeName: '10.0.0.7', ...noServices };
    const orders = [
      ['2.0', toNcRunInstance20(instance, '10.0.0.7')],
      ['4.4', { ...head44, ...toNcRunInstance(instance) }],
    ] as const;
    for (const [dialect, order] of orders) {
      const table = message('EucalyptusNC', dialect, 'ncRunInstance', 'request');
      checkForOriginal(table, order, dialect);
      expect(encodeMessage(table, order)).toContain('<n:userId>admin</n:userId>');
    }
    const shown = [
      ['2.0', toCcInstance20(instance)],
      ['4.4', toCcInstance(instance)],
    ] as const;
    for (const [dialect, one] of shown) {
      const table = message('EucalyptusCC', dialect, 'DescribeInstances', 'response');
      const reply = { ...noServices, instances: [one] };
      checkForOriginal(table, reply, dialect);
      expect(encodeMessage(table, reply)).toContain('<n:bundleTaskStateName>none</n:bundleTaskStateName>');
    }
  });

  test('a 4.4 node is told what it requires, also of an instance that a 2.0 cloud controller started', () => {
    const order = toNcRunInstance(instance);
    expect(order).toMatchObject({ ownerId: 'admin', accountId: '000000000000', uuid: uuidOf(instance) });
    expect(order.netParams).toMatchObject({ interfaceId: 'i-12345678', device: 0, privateIp: '10.0.0.2' });
    expect(uuidOf(instance)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(uuidOf({ ...instance, uuid: 'given' })).toBe('given');
  });
});

describe('boot records', () => {
  const records = toBootRecords(instance);

  test('say what there is to boot from and what else the guest gets', () => {
    expect(records.map(({ type, guestDeviceName, id }) => [type, guestDeviceName, id])).toEqual([
      ['machine', 'sda1', 'emi-12345678'],
      ['kernel', 'none', 'eki-12345678'],
      ['ephemeral0', 'sda2', 'none'],
      ['swap', 'sda3', 'none'],
    ]);
    expect(records[3]).toMatchObject({ size: 512 * 1024 * 1024, format: 'swap', resourceLocation: 'none' });
  });

  test('are understood again', () => {
    expect(fromBootRecords(records, { epoch: 0, enabled: [], disabled: [], notReady: [] })).toEqual({
      image: { id: 'emi-12345678', url: instance.imageUrl },
      kernel: { id: 'eki-12345678', url: instance.kernelUrl },
      ramdisk: undefined,
      deviceMapping: instance.vmType.deviceMapping.slice(1),
    });
  });

  const store = { type: 'objectstorage', name: 'osg', uris: ['http://w:8773/services/objectstorage/'] };
  const topology = { epoch: 1, enabled: [store], disabled: [], notReady: [] };

  test('may name a service in place of an address', () => {
    expect(resolveLocation('objectstorage://b/i.manifest.xml', topology)).toBe(
      'http://w:8773/services/objectstorage/b/i.manifest.xml',
    );
    expect(resolveLocation('http://w/x', topology)).toBe('http://w/x');
    expect(resolveLocation('none', topology)).toBe('');
    expect(() => resolveLocation('cloud://x', topology)).toThrow(
      expect.objectContaining({ code: 'Wire.MalformedMessage' }),
    );
  });

  test('a volume as a disk is not supported, an unknown record not understood', () => {
    expect(() => fromBootRecords([{ type: 'ebs', id: 'vol-12345678' }], topology)).toThrow(
      expect.objectContaining({ code: 'Wire.OperationNotSupported' }),
    );
    expect(() => fromBootRecords([{ type: 'floppy' }], topology)).toThrow(
      expect.objectContaining({ code: 'Wire.MalformedMessage' }),
    );
  });

  test('RunInstances takes images from them, and the owner from its own element', () => {
    const request = {
      ...noServices,
      userId: 'eucalyptus',
      ownerId: 'owner',
      accountId: '123456789012',
      instanceType: { name: 'm1.small', memory: 1, cores: 1, disk: 1, virtualBootRecord: records },
      minCount: 1,
      maxCount: 1,
      reservationId: 'r-1',
      instanceIds: ['i-1'],
      uuids: ['u-1'],
      netNames: ['default'],
      netIds: ['sg-1'],
      macAddresses: ['m'],
      networkIndexList: [],
      privateIps: [],
      vlan: -1,
      userData: '',
      credential: '',
      launchIndex: '0',
      secondaryNetConfig: [],
    };
    const order = fromRunInstances(request, topology);
    expect(order).toMatchObject({
      userId: 'owner',
      accountId: '123456789012',
      uuids: ['u-1'],
      imageId: 'emi-12345678',
      imageUrl: instance.imageUrl,
      kernelId: 'eki-12345678',
      ramdiskId: '',
      groupIds: ['sg-1'],
      vmType: { name: 'm1.small', deviceMapping: instance.vmType.deviceMapping.slice(1) },
    });
    const net = {
      interfaceId: 'eni-1',
      device: 1,
      privateMacAddress: 'm',
      privateIp: 'i',
      publicIp: 'p',
      vlan: 0,
      networkIndex: 0,
    };
    expect(() => fromRunInstances({ ...request, secondaryNetConfig: [net] }, topology)).toThrow(
      expect.objectContaining({ code: 'Wire.OperationNotSupported' }),
    );
  });
});

describe('what a 4.4 node tells', () => {
  test('its instances belong to ownerId; strange boot records do no harm', () => {
    const seen = toSighting({
      uuid: 'u',
      reservationId: 'r',
      instanceId: 'i-12345678',
      imageId: 'emi',
      userId: 'eucalyptus',
      ownerId: 'owner',
      accountId: '1',
      keyName: '',
      instanceType: {
        name: 't',
        memory: 1,
        cores: 1,
        disk: 1,
        virtualBootRecord: [
          { type: 'ebs', id: 'vol-1' },
          { type: 'swap', size: 1 },
        ],
      },
      stateName: 'Extant',
      groupNames: [],
      groupIds: ['sg-1'],
      volumes: [],
      secondaryNetConfig: [],
    });
    expect(seen).toMatchObject({ userId: 'owner', uuid: 'u', accountId: '1', groupIds: ['sg-1'] });
    expect(seen.instanceType.deviceMapping).toEqual([{ deviceName: '', virtualName: 'swap', size: 1, format: 'none' }]);
  });

  test('a disabled node has nothing to give', () => {
    const answer = {
      ...noServices,
      nodeStatus: 'enabled',
      migrationCapable: false,
      iqn: 'iqn.x',
      memorySizeMax: 10,
      memorySizeAvailable: 5,
      diskSizeMax: 10,
      diskSizeAvailable: 5,
      numberOfCoresMax: 4,
      numberOfCoresAvailable: 2,
      publicSubnets: 'none',
      hypervisor: 'kvm',
    };
    expect(toReport(answer)).toMatchObject({ memoryAvailable: 5, coresAvailable: 2, hypervisor: 'kvm', iqn: 'iqn.x' });
    expect(toReport({ ...answer, nodeStatus: 'disabled' })).toMatchObject({
      memoryMax: 10,
      memoryAvailable: 0,
      coresAvailable: 0,
      diskAvailable: 0,
    });
  });
});
