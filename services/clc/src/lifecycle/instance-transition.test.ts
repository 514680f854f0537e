import fc from 'fast-check';
import { describe, expect, test } from '@jest/globals';
import {
  decide,
  type Decision,
  type InstanceState,
  type KnownInstance,
  type Observation,
} from './instance-transition.js';

const start = Date.UTC(2026, 0, 1);
const deadlineMs = 600_000;
const limits = { silentGraceMs: 5 * deadlineMs };

const nothing = { privateIp: undefined, publicIp: undefined, node: undefined, reason: undefined };
const reported = (stateName: 'Pending' | 'Extant' | 'Teardown' | 'Unknown'): Observation => ({
  kind: 'reported',
  stateName,
  ...nothing,
});

function known(state: InstanceState, more: Partial<KnownInstance> = {}): KnownInstance {
  return {
    instanceId: 'i-00000001',
    state,
    desired: state === 'pending' || state === 'running' ? 'running' : 'terminated',
    privateIp: undefined,
    publicIp: undefined,
    node: undefined,
    deadlineAt: state === 'pending' || state === 'shutting-down' ? new Date(start + deadlineMs) : undefined,
    ...more,
  };
}

const at = (ms: number): Date => new Date(start + ms);
const address = fc.option(fc.constantFrom('10.0.0.1', '10.0.0.2'), { nil: undefined });
const observation: fc.Arbitrary<Observation> = fc.oneof(
  fc.record({
    kind: fc.constant('reported' as const),
    stateName: fc.constantFrom('Pending' as const, 'Extant' as const, 'Teardown' as const, 'Unknown' as const),
    privateIp: address,
    publicIp: address,
    node: fc.option(fc.constant('http://n:8775'), { nil: undefined }),
    reason: fc.option(fc.constant({ code: 'Node.DiskFailed' as const, message: 'full' }), { nil: undefined }),
  }),
  fc.record({ kind: fc.constant('absent' as const), reports: fc.nat(4) }),
  fc.constant({ kind: 'silent' as const }),
);
const anyInstance = fc
  .record({
    state: fc.constantFrom('pending' as const, 'running' as const, 'shutting-down' as const, 'terminated' as const),
    privateIp: address,
  })
  .map(({ state, privateIp }) => known(state, { privateIp }));

const edges: Record<InstanceState, InstanceState[]> = {
  pending: ['pending', 'running', 'terminated'],
  running: ['running', 'terminated'],
  'shutting-down': ['shutting-down', 'terminated'],
  terminated: ['terminated'],
};

describe('properties of the transition', () => {
  test('only the edges of the picture are taken, and terminated is final', () => {
    fc.assert(
      fc.property(anyInstance, observation, fc.nat(20 * deadlineMs), (instance, seen, ms) => {
        expect(edges[instance.state]).toContain(decide(instance, seen, at(ms), limits).state);
      }),
    );
  });

  test('nothing that was to run ends without a typed reason', () => {
    fc.assert(
      fc.property(anyInstance, observation, fc.nat(20 * deadlineMs), (instance, seen, ms) => {
        const { state, reason } = decide(instance, seen, at(ms), limits);
        const ends = state === 'terminated' && (instance.state === 'pending' || instance.state === 'running');
        expect(reason !== undefined || !ends).toBe(true);
      }),
    );
  });

  test('no transitional state outlives its hard deadline, whatever is seen', () => {
    fc.assert(
      fc.property(fc.constantFrom<InstanceState>('pending', 'shutting-down'), observation, (state, seen) => {
        const now = at(deadlineMs + limits.silentGraceMs);
        expect(['running', 'terminated']).toContain(decide(known(state), seen, now, limits).state);
      }),
    );
  });

  test('a cluster that does not answer never ends a running instance', () => {
    fc.assert(
      fc.property(fc.nat({ max: 1e12 }), (ms) => {
        expect(decide(known('running'), { kind: 'silent' }, at(ms), limits)).toEqual({ state: 'running' });
      }),
    );
  });

  test('a silent cluster does not let a deadline pass at once', () => {
    expect(decide(known('pending'), { kind: 'silent' }, at(deadlineMs), limits).state).toBe('pending');
    expect(decide(known('pending'), { kind: 'absent', reports: 0 }, at(deadlineMs), limits).state).toBe('terminated');
  });

  test('any history of observations: never back from terminated, never two lives, ends in a stable state', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(observation, fc.nat(deadlineMs)), { maxLength: 40 }), (history) => {
        let instance = known('pending');
        let now = 0;
        let runs = 0;
        const apply = (decision: Decision): void => {
          if (decision.state === 'running' && instance.state !== 'running') runs++;
          instance = { ...instance, state: decision.state };
        };
        for (const [seen, ms] of history) apply(decide(instance, seen, at((now += ms)), limits));
        apply(decide(instance, { kind: 'silent' }, at(now + deadlineMs + limits.silentGraceMs), limits));
        expect(runs).toBeLessThanOrEqual(1);
        expect(['running', 'terminated']).toContain(instance.state);
      }),
    );
  });
});

test.each([
  ['pending', reported('Pending'), { state: 'pending' }],
  ['pending', reported('Extant'), { state: 'running' }],
  ['pending', reported('Unknown'), { state: 'pending' }],
  ['pending', { kind: 'absent', reports: 1 }, { state: 'pending' }],
  ['running', reported('Pending'), { state: 'running' }],
  ['running', { kind: 'absent', reports: 1 }, { state: 'running' }],
  ['shutting-down', reported('Teardown'), { state: 'terminated' }],
  ['shutting-down', reported('Extant'), { state: 'shutting-down', terminate: true }],
  ['shutting-down', { kind: 'absent', reports: 2 }, { state: 'terminated' }],
  ['terminated', reported('Extant'), { state: 'terminated', terminate: true }],
  ['terminated', reported('Teardown'), { state: 'terminated' }],
  ['terminated', { kind: 'absent', reports: 9 }, { state: 'terminated' }],
] as [InstanceState, Observation, Decision][])('%s, seen %j', (state, seen, expected) => {
  expect(decide(known(state), seen, at(0), limits)).toEqual(expected);
});

test.each([
  ['pending', { kind: 'absent', reports: 2 }, 'Cluster.InstanceLost'],
  ['running', { kind: 'absent', reports: 2 }, 'Cluster.InstanceLost'],
  ['running', reported('Teardown'), 'Server.InternalError'],
  ['pending', { ...reported('Teardown'), reason: { code: 'Node.ImageCorrupt', message: 'x' } }, 'Node.ImageCorrupt'],
] as [InstanceState, Observation, string][])('%s, seen %j, ends with %s', (state, seen, code) => {
  expect(decide(known(state), seen, at(0), limits)).toMatchObject({ state: 'terminated', reason: { code } });
});

test('known addresses are kept when the report has none, and replaced when it has others', () => {
  const instance = known('running', { privateIp: '10.0.0.1', node: 'http://a:8775' });
  const moved = { ...reported('Extant'), privateIp: '10.0.0.2', node: 'http://b:8775' } as Observation;
  expect(decide(instance, reported('Extant'), at(0), limits)).toEqual({ state: 'running' });
  expect(decide(instance, moved, at(0), limits)).toEqual({
    state: 'running',
    privateIp: '10.0.0.2',
    node: 'http://b:8775',
  });
});
