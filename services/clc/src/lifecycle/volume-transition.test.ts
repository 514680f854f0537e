import fc from 'fast-check';
import { describe, expect, test } from '@jest/globals';
import { decideVolume, type VolumeObservation, type VolumeState } from './volume-transition.js';

const deadlineMs = 300_000;
const limits = { silentGraceMs: 5 * deadlineMs };
const states = ['creating', 'available', 'in-use', 'deleting', 'deleted', 'error'] as const;
const volume = (state: VolumeState) => ({ volumeId: 'vol-00000001', state, deadlineAt: new Date(deadlineMs) });
const observation: fc.Arbitrary<VolumeObservation> = fc.oneof(
  fc.record({
    kind: fc.constant('reported' as const),
    status: fc.constantFrom(
      'creating' as const,
      'available' as const,
      'deleting' as const,
      'deleted' as const,
      'failed' as const,
    ),
    reasonCode: fc.option(fc.constantFrom('Storage.NoSpace', 'nonsense'), { nil: undefined }),
    reasonMessage: fc.option(fc.string(), { nil: undefined }),
  }),
  fc.record({ kind: fc.constant('absent' as const), reports: fc.nat(4) }),
  fc.constant({ kind: 'silent' as const }),
);

const edges: Record<VolumeState, VolumeState[]> = {
  creating: ['creating', 'available', 'error'],
  available: ['available', 'error'],
  'in-use': ['in-use', 'error'],
  deleting: ['deleting', 'deleted', 'error'],
  deleted: ['deleted'],
  error: ['error'],
};

describe('properties of the transition', () => {
  test('only known edges; only a volume that was to be deleted becomes deleted; every error has a reason', () => {
    fc.assert(
      fc.property(fc.constantFrom(...states), observation, fc.nat(10 * deadlineMs), (state, seen, ms) => {
        const decision = decideVolume(volume(state), seen, new Date(ms), limits);
        expect(edges[state]).toContain(decision.state);
        if (decision.state === 'error' && state !== 'error') expect(decision.reason?.code).toBeTruthy();
      }),
    );
  });

  test('nothing is creating or deleting beyond the hard deadline', () => {
    fc.assert(
      fc.property(fc.constantFrom<VolumeState>('creating', 'deleting'), observation, (state, seen) => {
        const decision = decideVolume(volume(state), seen, new Date(deadlineMs + limits.silentGraceMs), limits);
        expect(['creating', 'deleting']).not.toContain(decision.state);
      }),
    );
  });

  test('a storage controller that does not answer changes no stable volume', () => {
    for (const state of ['available', 'in-use', 'deleted', 'error'] as const) {
      expect(decideVolume(volume(state), { kind: 'silent' }, new Date(1e12), limits)).toEqual({ state });
    }
  });
});

test('a volume that its storage controller lost is an error, never silently deleted', () => {
  const lost = { state: 'error', reason: expect.objectContaining({ code: 'Storage.VolumeNotFound' }) };
  expect(decideVolume(volume('available'), { kind: 'absent', reports: 2 }, new Date(0), limits)).toEqual(lost);
  expect(decideVolume(volume('available'), { kind: 'absent', reports: 1 }, new Date(0), limits).state).toBe(
    'available',
  );
});
