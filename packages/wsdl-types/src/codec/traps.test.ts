import { describe, expect, test } from '@jest/globals';
import { parseXml } from '@mallee/xml';
import { services } from '../generated/services.js';
import type { MessageTable, ServiceTable } from '../table.js';
import { decodeMessage } from './decode.js';
import { encodeMessage } from './encode.js';

// What has made implementations of this protocol fail, one test each; numbers are sections of the protocol description.

function message(service: ServiceTable, operation: string, part: 'request' | 'response' = 'request'): MessageTable {
  const found = service.operations[operation];
  if (found === undefined) throw new Error(`no operation ${operation}`);
  return found[part];
}

/** Names of the elements in the order in which they are written. */
function order(table: MessageTable, value: object): string[] {
  return parseXml(encodeMessage(table, value)).children.map((child) => child.local);
}

function decode(table: MessageTable, content: string): object {
  return decodeMessage(table, parseXml(`<${table.element} xmlns="${table.namespace}">${content}</${table.element}>`));
}

const malformed = expect.objectContaining({ code: 'Wire.MalformedMessage' });
const service = { partition: 'one', type: 'cluster', name: 'cc1', uris: ['http://127.0.0.1:8774/'] };
const lists = { services: [service], disabledServices: [service], notreadyServices: [service] };
const nc20 = services.EucalyptusNC['2.0'];
const nc44 = services.EucalyptusNC['4.4'];
const cc20 = services.EucalyptusCC['2.0'];
const cc44 = services.EucalyptusCC['4.4'];
const gl44 = services.EucalyptusGL['4.4'];
const sc44 = services.EucalyptusSC['4.4'];

describe('1: names, actions and namespaces', () => {
  test('the soapAction is service#operation, but for ncBroadcastNetworkInfo', () => {
    const odd = [cc20, cc44, nc20, nc44, services.EucalyptusGL['2.0'], gl44, sc44].flatMap((table) =>
      Object.values(table.operations)
        .filter(({ name, soapAction }) => soapAction !== `${table.name}#${name}`)
        .map(({ soapAction }) => soapAction),
    );
    expect(odd).toEqual(['EucalyptusNC#BroadcastNetworkInfo']);
    expect(Object.keys(nc44.operations)).toContain('ncBroadcastNetworkInfo');
  });

  test('the messages are called as the operation, and as the operation with Response', () => {
    for (const table of [cc20, cc44, nc20, nc44, gl44, sc44]) {
      for (const { name, request, response } of Object.values(table.operations)) {
        expect([request.element, response.element]).toEqual([name, `${name}Response`]);
      }
    }
  });

  test('the namespace of the SC has no slash at its end, that of the others has', () => {
    expect(sc44.namespace).toBe('http://storagecontroller.eucalyptus.ucsb.edu');
    for (const table of [cc20, cc44, nc20, nc44, gl44]) expect(table.namespace).toBe('http://eucalyptus.ucsb.edu/');
    const response = message(sc44, 'ExportVolume', 'response');
    expect(() =>
      decodeMessage(response, parseXml(`<ExportVolumeResponse xmlns="${sc44.namespace}/"></ExportVolumeResponse>`)),
    ).toThrow(malformed);
  });

  test('the SC shares its path with the other messages to a storage controller', () => {
    expect(sc44.path).toBe('/services/Storage');
  });
});

describe('1.1: order and forms', () => {
  const start = message(cc44, 'StartNetwork');

  test('an element out of order is refused: an original would read it, and all after it, as absent', () => {
    expect(decode(start, '<userId>u</userId><vlan>1</vlan><netName>n</netName>')).toMatchObject({ vlan: 1 });
    expect(() => decode(start, '<vlan>1</vlan><userId>u</userId>')).toThrow(malformed);
    expect(() => decode(start, '<netName>n</netName><vlan>1</vlan>')).toThrow(malformed);
    expect(() => decode(start, '<nodeName>n</nodeName><epoch>1</epoch>')).toThrow(malformed);
  });

  test('booleans are written true and false; true, false and, as XML Schema has it, 1 and 0 are read, nothing else', () => {
    const terminate = message(cc44, 'TerminateInstances');
    expect(encodeMessage(terminate, { force: true })).toContain('<n:force>true</n:force>');
    expect(encodeMessage(terminate, { force: false })).toContain('<n:force>false</n:force>');
    for (const [text, value] of [
      ['true', true],
      ['TRUE', true],
      ['1', true],
      ['false', false],
      ['0', false],
    ] as const) {
      expect(decode(terminate, `<force>${text}</force>`)).toMatchObject({ force: value });
    }
    for (const text of ['yes', 'on', '2', '-1', 'tru']) {
      expect(() => decode(terminate, `<force>${text}</force>`)).toThrow(malformed);
    }
  });

  test('an absent element is left out, not sent as nil', () => {
    const text = encodeMessage(start, { statusMessage: null, nodeName: null, epoch: undefined });
    expect(text).not.toContain('nil');
    expect(order(start, { statusMessage: null, nodeName: null })).toEqual([]);
  });

  test('an empty text is an empty element; an empty number is refused', () => {
    expect(decode(start, '<netName></netName>')).toMatchObject({ netName: '' });
    expect(() => decode(start, '<vlan></vlan>')).toThrow(malformed);
    expect(() => decode(start, '<epoch/>')).toThrow(malformed);
  });

  test('types declared abstract are written and read without xsi:type', () => {
    const status = { serviceId: service, localState: 'ENABLED', localEpoch: 3, details: ['fine'] };
    const describeServices = message(cc44, 'DescribeServices', 'response');
    const text = encodeMessage(describeServices, { ...lists, serviceStatuses: [status] });
    expect(text).not.toContain('type=');
    expect(decodeMessage(describeServices, parseXml(text))).toEqual({ ...lists, serviceStatuses: [status] });
    const value = { timestamp: '2012-01-01T00:00:00.000Z', value: 0.5 };
    const dimension = { dimensionName: 'default', sequenceNum: 0, values: [value] };
    const counter = { type: 'average', collectionIntervalMs: 60_000, dimensions: [dimension] };
    const metric = { metricName: 'CPUUtilization', counters: [counter] };
    const resource = { resourceName: 'i-12345678', resourceType: 'instance', metrics: [metric] };
    const sensors = message(nc44, 'ncDescribeSensors', 'response');
    const read = decodeMessage(sensors, parseXml(encodeMessage(sensors, { sensorsResources: [resource] })));
    expect(read).toMatchObject({ sensorsResources: [resource] });
    const transition = message(cc44, 'EnableService');
    expect(order(transition, { serviceIds: [service] })).toEqual(['serviceIds']);
  });
});

describe('2: the head of the messages', () => {
  const head = { correlationId: 'c', userId: 'u', return: true, nodeName: 'n', epoch: 1, ...lists };

  test('NC: return, nodeName, statusMessage as a number in 2.0; statusMessage as text, return, ..., nodeName in 4.4', () => {
    const old = message(nc20, 'ncPowerDown');
    expect(order(old, { ...head, statusMessage: 0 })).toEqual([
      'correlationId',
      'userId',
      'return',
      'nodeName',
      'statusMessage',
    ]);
    const later = message(nc44, 'ncPowerDown');
    expect(order(later, { ...head, statusMessage: 'OK' })).toEqual([
      'correlationId',
      'userId',
      'statusMessage',
      'return',
      'epoch',
      'services',
      'disabledServices',
      'notreadyServices',
      'nodeName',
    ]);
    expect(() => encodeMessage(old, { statusMessage: 'ERROR' })).toThrow(malformed);
    expect(() => encodeMessage(later, { statusMessage: 0 })).toThrow(malformed);
    expect(() => decode(old, '<statusMessage>2</statusMessage><return>false</return>')).toThrow(malformed);
    expect(() => decode(later, '<return>false</return><statusMessage>2</statusMessage>')).toThrow(malformed);
    expect(() => decode(old, '<epoch>1</epoch>')).toThrow(malformed);
  });

  test('CC: the 4.4 head is the 2.0 head and more, nodeName last', () => {
    expect(order(message(cc20, 'DescribeNetworks'), { ...head, statusMessage: 's' })).toEqual([
      'correlationId',
      'userId',
      'statusMessage',
      'return',
    ]);
    expect(order(message(cc44, 'DescribeNetworks'), { ...head, statusMessage: 's' }).slice(3)).toEqual([
      'return',
      'epoch',
      'services',
      'disabledServices',
      'notreadyServices',
      'nodeName',
    ]);
  });

  test('GL: nodeName before epoch, one list of services, and those without partition', () => {
    const table = message(gl44, 'GetKeys');
    expect(order(table, { ...head, statusMessage: 's', serviceTag: 'self' })).toEqual([
      'correlationId',
      'userId',
      'statusMessage',
      'return',
      'nodeName',
      'epoch',
      'services',
      'serviceTag',
    ]);
    expect(encodeMessage(table, head)).not.toContain('partition');
    expect(() => decode(table, '<epoch>1</epoch><nodeName>n</nodeName>')).toThrow(malformed);
    expect(() => decode(table, '<services><partition>p</partition><type>cluster</type></services>')).toThrow(malformed);
  });

  test('SC: requests have a head, answers have none, not even return', () => {
    const request = message(sc44, 'UnexportVolume');
    const own = { volumeId: 'vol-1', token: 't', ip: '1.2.3.4', iqn: 'iqn' };
    expect(order(request, { ...head, ...own }).slice(0, 3)).toEqual(['correlationId', 'userId', 'return']);
    const response = message(sc44, 'ExportVolume', 'response');
    expect(order(response, { ...head, volumeId: 'vol-1', connectionString: 'c' })).toEqual([
      'volumeId',
      'connectionString',
    ]);
    expect(() => decode(response, '<return>true</return><volumeId>v</volumeId>')).toThrow(malformed);
    expect(encodeMessage(message(sc44, 'UnexportVolume', 'response'), { return: false })).toBe(
      '<n:UnexportVolumeResponse xmlns:n="http://storagecontroller.eucalyptus.ucsb.edu"></n:UnexportVolumeResponse>',
    );
  });
});

describe('2.1, 4 and 5: records and operations', () => {
  test('a failure may lack what its answer requires, as the status of a reboot that failed', () => {
    for (const table of [nc20, nc44]) {
      const reboot = message(table, 'ncRebootInstance', 'response');
      expect(decode(reboot, '<return>false</return>')).toMatchObject({ return: false });
      expect(() => decode(reboot, '<return>true</return>')).toThrow(malformed);
      expect(encodeMessage(reboot, { return: true, status: false })).toContain('<n:status>false</n:status>');
    }
  });

  test('AttachVolume has volumeId first at the CC, DetachVolume instanceId; at the NC both have instanceId', () => {
    const volume = { instanceId: 'i', volumeId: 'v', remoteDev: 'r', localDev: 'l', force: true };
    for (const table of [cc20, cc44]) {
      expect(order(message(table, 'AttachVolume'), volume)).toEqual([
        'volumeId',
        'instanceId',
        'remoteDev',
        'localDev',
      ]);
      expect(order(message(table, 'DetachVolume'), volume).slice(0, 2)).toEqual(['instanceId', 'volumeId']);
    }
    for (const table of [nc20, nc44]) {
      expect(order(message(table, 'ncAttachVolume'), volume).slice(0, 2)).toEqual(['instanceId', 'volumeId']);
    }
  });

  test('bundling names the store walrusURL in 2.0 and objectStorageURL in 4.4', () => {
    const bundle = { instanceId: 'i', walrusURL: 'w', objectStorageURL: 'o' };
    expect(order(message(cc20, 'BundleInstance'), bundle)).toEqual(['instanceId', 'walrusURL']);
    expect(order(message(cc44, 'BundleInstance'), bundle)).toEqual(['instanceId', 'objectStorageURL']);
  });

  test('netParams has two required elements in front in 4.4', () => {
    const net = { privateMacAddress: 'm', privateIp: 'a', publicIp: 'b', vlan: -1, networkIndex: -1 };
    const run20 = message(cc20, 'RunInstances', 'response');
    const run44 = message(cc44, 'RunInstances', 'response');
    const record = { instances: [{ netParams: net }] };
    expect(encodeMessage(run20, record)).toContain('<n:netParams><n:privateMacAddress>');
    expect(() => encodeMessage(run44, record)).toThrow('interfaceId: required');
    const whole = { instances: [{ netParams: { ...net, interfaceId: 'i-1', device: 0 } }] };
    expect(encodeMessage(run44, whole)).toContain('<n:netParams><n:interfaceId>i-1</n:interfaceId><n:device>0');
    expect(() => encodeMessage(run20, { instances: [{ netParams: { ...net, vlan: undefined } }] })).toThrow(
      'netParams/vlan: required',
    );
  });

  test('deviceMapping is of 2.0, virtualBootRecord of later releases, and its size is 64 bits wide', () => {
    const type = { name: 't', deviceMapping: [{ size: 1 }], virtualBootRecord: [{ size: 2 ** 40 }] };
    expect(encodeMessage(message(cc20, 'DescribeResources'), { instanceTypes: [type] })).not.toContain('BootRecord');
    const text = encodeMessage(message(cc44, 'DescribeResources'), { instanceTypes: [type] });
    expect(text).not.toContain('deviceMapping');
    expect(text).toContain('<n:size>1099511627776</n:size>');
  });

  test('the NC and the CC list the fields of an instance in different orders', () => {
    const names = (table: MessageTable, field: string): string[] => {
      const found = table.type.fields.find(({ name }) => name === field)?.type;
      if (typeof found !== 'object') throw new Error(`no record ${field}`);
      return found.fields.map(({ name }) => name);
    };
    for (const dialect of ['2.0', '4.4'] as const) {
      const ofCc = names(message(services.EucalyptusCC[dialect], 'DescribeInstances', 'response'), 'instances');
      const ofNc = names(message(services.EucalyptusNC[dialect], 'ncDescribeInstances', 'response'), 'instances');
      expect(ofCc.indexOf('instanceId')).toBeGreaterThan(ofCc.indexOf('imageId'));
      expect(ofNc.indexOf('instanceId')).toBeLessThan(ofNc.indexOf('imageId'));
      expect(ofCc.indexOf('netParams')).toBeGreaterThan(ofCc.indexOf('stateName'));
      expect(ofNc.indexOf('netParams')).toBeLessThan(ofNc.indexOf('stateName'));
    }
  });

  test('the mode of DescribeNetworks is a number in 2.0 and text in 4.4', () => {
    expect(() => encodeMessage(message(cc20, 'DescribeNetworks', 'response'), { mode: 'EDGE' })).toThrow(malformed);
    expect(() => encodeMessage(message(cc44, 'DescribeNetworks', 'response'), { mode: 0 })).toThrow(malformed);
  });

  test('userData is required of RunInstances, and may be empty', () => {
    const fields = message(cc20, 'RunInstances').type.fields.find(({ name }) => name === 'userData');
    expect(fields).toMatchObject({ min: 1, nillable: false });
  });

  test('DescribeBundleTasks is of 2.0 only, the transitions of services of 4.4 only', () => {
    expect(cc20.operations).toHaveProperty('DescribeBundleTasks');
    expect(cc44.operations).not.toHaveProperty('DescribeBundleTasks');
    for (const name of ['StartService', 'StopService', 'EnableService', 'DisableService', 'ShutdownService']) {
      expect(cc44.operations).toHaveProperty(name);
      expect(cc20.operations).not.toHaveProperty(name);
    }
  });
});
