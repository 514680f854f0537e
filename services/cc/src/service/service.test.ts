import { describe, expect, test } from '@jest/globals';
import { MalleeError } from '@mallee/errors';
import type { NodeRecord } from '../store/nodes.js';
import { ClusterService } from './cluster-service.js';
import { nextState, shownState, type ServiceState, type Transition } from './service-state.js';
import { learn, noTopology, uriOf, type Service } from './topology.js';

const states: readonly ServiceState[] = ['LOADED', 'DISABLED', 'ENABLED', 'STOPPED', 'SHUTDOWN'];
const transitions: readonly Transition[] = ['start', 'enable', 'disable', 'stop', 'shutdown'];
const own: Service = { partition: 'one', type: 'cluster', name: 'cc1', uris: ['http://10.0.0.1:8774/x'] };

describe('the state machine', () => {
  test.each<[ServiceState, Transition, ServiceState | undefined]>([
    ['LOADED', 'start', 'DISABLED'],
    ['STOPPED', 'start', 'DISABLED'],
    ['ENABLED', 'start', 'ENABLED'],
    ['DISABLED', 'enable', 'ENABLED'],
    ['ENABLED', 'disable', 'DISABLED'],
    ['ENABLED', 'stop', 'STOPPED'],
    ['ENABLED', 'shutdown', 'SHUTDOWN'],
    ['SHUTDOWN', 'enable', undefined],
    ['SHUTDOWN', 'start', undefined],
  ])('%s, %s: %s', (state, transition, next) => {
    expect(nextState(state, transition, true)).toBe(next);
  });

  test('what does not work is neither started nor enabled, but can be stopped', () => {
    for (const state of states) {
      expect(nextState(state, 'enable', false)).toBeUndefined();
      expect(nextState(state, 'start', false)).toBeUndefined();
    }
    expect(nextState('ENABLED', 'stop', false)).toBe('STOPPED');
  });

  test('only SHUTDOWN has no way back, and is shown as NOTREADY', () => {
    for (const state of states) {
      const reached = transitions.some((transition) => nextState(state, transition, true) === 'ENABLED');
      expect(reached).toBe(state !== 'SHUTDOWN');
    }
    expect(states.map((state) => shownState(state, true))).toEqual([
      'LOADED',
      'DISABLED',
      'ENABLED',
      'STOPPED',
      'NOTREADY',
    ]);
    expect(shownState('ENABLED', false)).toBe('NOTREADY');
  });
});

describe('what is known of services', () => {
  const told = { epoch: 5, enabled: [own], disabled: [], notReady: [] };

  test('an older epoch counts only in DescribeServices; no epoch counts only there', () => {
    const known = learn(noTopology, told, false);
    expect(known).toEqual(told);
    expect(learn(known, { ...told, epoch: 4, enabled: [] }, false)).toBe(known);
    expect(learn(known, { enabled: [] }, false)).toBe(known);
    expect(learn(known, { ...told, epoch: 5, enabled: [] }, false).enabled).toEqual([]);
    expect(learn(known, { ...told, epoch: 4, enabled: [] }, true)).toEqual({ ...told, epoch: 4, enabled: [] });
    expect(learn(known, { enabled: [] }, true)).toMatchObject({ epoch: 5, enabled: [] });
  });

  test('16 services with 8 URIs each are kept', () => {
    const many = Array.from({ length: 20 }, () => ({ ...own, uris: Array<string>(10).fill('http://a') }));
    const { enabled } = learn(noTopology, { epoch: 1, enabled: many }, false);
    expect(enabled).toHaveLength(16);
    expect(enabled[0]?.uris).toHaveLength(8);
  });

  test('a service is found by its types', () => {
    const topology = learn(noTopology, told, true);
    expect(uriOf(topology, 'walrus', 'cluster')).toBe(own.uris[0]);
    expect(uriOf(topology, 'walrus')).toBeUndefined();
  });
});

describe('the cluster controller as a service', () => {
  const node = { url: 'http://10.0.0.7:8775/axis2/services/EucalyptusNC', state: 'up', lastError: null } as NodeRecord;
  const down = { ...node, state: 'down', lastErrorCode: 'Wire.PeerTimeout', lastError: 'silent' } as NodeRecord;
  let problem: Error | undefined;
  const make = (enableItself: boolean): ClusterService => {
    problem = undefined;
    const check = (): void => {
      if (problem !== undefined) throw problem;
    };
    return new ClusterService({ enableItself, check });
  };

  test('waits to be enabled, unless it enables itself', () => {
    expect(() => make(true).requireEnabled()).not.toThrow();
    const service = make(false);
    const notEnabled = expect.objectContaining({ code: 'Cluster.NotEnabled' });
    expect(() => service.requireEnabled()).toThrow(notEnabled);
    service.change('start', []);
    expect(() => service.requireEnabled()).toThrow(notEnabled);
    service.change('enable', []);
    service.requireEnabled();
    service.change('disable', []);
    expect(() => service.requireEnabled()).toThrow(notEnabled);
  });

  test('learns its name from the first cluster service with a usable URI, and answers to that only', () => {
    const service = make(true);
    expect(service.describe([], [])).toMatchObject([{ service: { type: 'cluster', name: 'self' } }]);
    service.learn({ epoch: 9, enabled: [own] }, true);
    const walrus = { type: 'walrus', name: 'w', uris: ['http://w'] };
    const vague = { type: 'cluster', name: 'other', uris: ['nowhere'] };
    service.describe([walrus, vague], []);
    expect(service.describe([own], [])).toEqual([{ service: own, localState: 'ENABLED', localEpoch: 9, details: [] }]);
    expect(service.describe([{ ...own, name: 'cc2' }, walrus], [])).toEqual([]);
    expect(() => service.change('disable', [{ ...own, name: 'cc2' }])).toThrow(
      expect.objectContaining({ code: 'Wire.OperationNotSupported' }),
    );
    expect(() => service.change('disable', [{ type: 'node', name: 'n', uris: [] }])).toThrow('node n');
    service.change('disable', [own]);
    expect(service.state).toBe('DISABLED');
  });

  test('tells of its nodes', () => {
    const service = make(true);
    service.describe([own], []);
    expect(service.describe([own], [node, down]).slice(1)).toEqual([
      {
        service: { partition: 'one', type: 'node', name: '10.0.0.7', uris: [node.url] },
        localState: 'ENABLED',
        localEpoch: 0,
        details: [],
      },
      expect.objectContaining({ localState: 'NOTREADY', details: ['Wire.PeerTimeout: silent'] }),
    ]);
  });

  test('says why it is not ready', () => {
    const service = make(true);
    problem = new MalleeError('Cluster.NetworkFailed', 'no bridge');
    expect(service.describe([], [])).toMatchObject([
      { localState: 'NOTREADY', details: ['Cluster.NetworkFailed: no bridge'] },
    ]);
    expect(() => service.change('enable', [])).toThrow('no enable while ENABLED: Cluster.NetworkFailed: no bridge');
  });
});
