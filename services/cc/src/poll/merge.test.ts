import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Sighting } from '../nodes/node-port.js';
import type { InstanceRecord } from '../store/instance-record.js';
import { mergePoll, type PollResult } from './merge.js';

const time = (seconds: number): Date => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds));

const record: InstanceRecord = {
  id: 'i-00000001',
  reservationId: 'r-00000001',
  userId: 'admin',
  uuid: null,
  accountId: null,
  expiryTime: null,
  imageId: 'emi-00000001',
  kernelId: '',
  ramdiskId: '',
  imageUrl: '',
  kernelUrl: '',
  ramdiskUrl: '',
  keyName: '',
  userData: '',
  launchIndex: '0',
  platform: '',
  groupNames: [],
  groupIds: [],
  vmType: { name: 'm1.small', memory: 128, cores: 1, disk: 2, deviceMapping: [] },
  mac: 'd0:0d:00:00:00:01',
  privateIp: '10.9.0.2',
  publicIp: '0.0.0.0',
  vlan: -1,
  networkIndex: 2,
  volumes: [],
  bundleState: 'none',
  state: 'Extant',
  nodeUrl: 'http://a/nc',
  nodeCall: 'accepted',
  acceptedAt: time(0),
  refusals: {},
  launchDeadline: time(300),
  launchTime: null,
  terminateRequestedAt: null,
  terminateSentAt: null,
  absentPolls: 0,
  absentSince: null,
  reasonCode: null,
  reasonMessage: null,
  correlationId: null,
  createdAt: time(0),
  changedAt: time(0),
};

const sighting: Sighting = {
  instanceId: record.id,
  reservationId: record.reservationId,
  imageId: record.imageId,
  userId: 'admin',
  keyName: '',
  instanceType: record.vmType,
  netParams: {
    privateMacAddress: record.mac,
    privateIp: record.privateIp,
    publicIp: '0.0.0.0',
    vlan: -1,
    networkIndex: 2,
  },
  stateName: 'Extant',
  groupNames: [],
  volumes: [],
};

const poll = (sightings: Sighting[], more: Partial<PollResult> = {}): PollResult => ({
  nodeUrl: 'http://a/nc',
  startedAt: time(100),
  sightings,
  minAbsenceMs: 5000,
  configured: new Set(['http://a/nc', 'http://b/nc']),
  ...more,
});

describe('an instance that its node lists', () => {
  test('as before changes nothing', () => {
    expect(mergePoll([record], poll([sighting]))).toEqual([]);
  });

  test('is accepted when the order to run it has not been answered', () => {
    const changes = mergePoll([{ ...record, state: 'Pending', nodeCall: 'started' }], poll([sighting]));
    expect(changes).toEqual([{ kind: 'update', id: record.id, values: { state: 'Extant' }, accepted: true }]);
  });

  test('with an address of 0.0.0.0 keeps the known one', () => {
    const netParams = { privateMacAddress: '', privateIp: '0.0.0.0', publicIp: '0.0.0.0', vlan: -1, networkIndex: -1 };
    expect(mergePoll([record], poll([{ ...sighting, netParams }]))).toEqual([]);
  });

  test('is terminated again when it should be gone and the last order is old', () => {
    const asked = { ...record, terminateRequestedAt: time(50), terminateSentAt: time(60) };
    expect(mergePoll([asked], poll([sighting]))).toEqual([{ kind: 'terminate', id: record.id, userId: 'admin' }]);
    expect(mergePoll([{ ...asked, terminateSentAt: time(90) }], poll([sighting]))).toEqual([]);
  });

  test('as ended has ended; its address is free when it had ended before', () => {
    const ended = { ...sighting, stateName: 'Teardown' };
    expect(mergePoll([record], poll([ended]))).toEqual([{ kind: 'ended', id: record.id }]);
    expect(mergePoll([{ ...record, state: 'Teardown' }], poll([ended]))).toEqual([{ kind: 'release', id: record.id }]);
  });
});

describe('an instance that a node lists though it should not', () => {
  const terminate = [{ kind: 'terminate', id: record.id, userId: 'admin' }];

  test('because it has ended is terminated', () => {
    expect(mergePoll([{ ...record, state: 'Teardown' }], poll([sighting]))).toEqual(terminate);
  });

  test('because it runs elsewhere is terminated here only', () => {
    expect(mergePoll([{ ...record, nodeUrl: 'http://b/nc' }], poll([sighting]))).toEqual(terminate);
  });

  test('because its node was renamed moves with it', () => {
    const [change] = mergePoll([{ ...record, nodeUrl: 'http://old/nc' }], poll([sighting]));
    expect(change).toMatchObject({ kind: 'update', accepted: true, values: { nodeUrl: 'http://a/nc' } });
  });

  test('because nobody knows it is adopted, unless it has ended', () => {
    expect(mergePoll([], poll([sighting]))).toEqual([{ kind: 'adopt', sighting }]);
    expect(mergePoll([], poll([{ ...sighting, stateName: 'Teardown' }]))).toEqual([]);
  });
});

describe('an instance that its node does not list', () => {
  test('is gone after two polls and some time', () => {
    const first = mergePoll([record], poll([]));
    expect(first).toEqual([{ kind: 'absent', id: record.id, values: { absentPolls: 1, absentSince: time(100) } }]);
    const once = { ...record, absentPolls: 1, absentSince: time(100) };
    expect(mergePoll([once], poll([], { startedAt: time(101) }))).toMatchObject([{ kind: 'absent' }]);
    const later = poll([], { startedAt: time(106) });
    expect(mergePoll([once], later)).toEqual([{ kind: 'lost', id: record.id }]);
    expect(mergePoll([{ ...once, terminateRequestedAt: time(1) }], later)).toEqual([{ kind: 'gone', id: record.id }]);
    expect(mergePoll([{ ...once, state: 'Teardown' }], later)).toEqual([{ kind: 'release', id: record.id }]);
  });

  test('was accepted after the question, or is still being launched: nothing follows', () => {
    expect(mergePoll([{ ...record, acceptedAt: time(100) }], poll([]))).toEqual([]);
    expect(mergePoll([{ ...record, state: 'Pending', nodeCall: 'started' }], poll([]))).toEqual([]);
    expect(mergePoll([{ ...record, state: 'Pending', nodeCall: 'none', acceptedAt: null }], poll([]))).toEqual([]);
  });
});

test('one poll alone never loses an instance, whatever is known of it', () => {
  const known = fc.record({
    state: fc.constantFrom('Pending' as const, 'Extant' as const, 'Teardown' as const),
    nodeCall: fc.constantFrom('none' as const, 'started' as const, 'accepted' as const),
    nodeUrl: fc.constantFrom('http://a/nc', 'http://b/nc', null),
    terminateRequestedAt: fc.constantFrom(null, time(1)),
  });
  fc.assert(
    fc.property(known, fc.boolean(), (values, listed) => {
      const changes = mergePoll([{ ...record, ...values }], poll(listed ? [sighting] : []));
      expect(changes.filter((change) => ['lost', 'gone', 'ended', 'release'].includes(change.kind))).toEqual([]);
    }),
  );
});
