import { isErrorCode } from '@mallee/errors';
import type { Reason } from './instance-transition.js';

// What may happen to a volume, as one pure function. `deleted` is final; a volume that its storage controller lost becomes
// `error` with a reason and stays visible: data that vanished must be seen by its owner.

export type VolumeState = 'creating' | 'available' | 'in-use' | 'deleting' | 'deleted' | 'error';

export interface KnownVolume {
  readonly volumeId: string;
  readonly state: VolumeState;
  readonly deadlineAt: Date | undefined;
}

export type VolumeObservation =
  | {
      readonly kind: 'reported';
      readonly status: 'creating' | 'available' | 'deleting' | 'deleted' | 'failed';
      readonly reasonCode: string | undefined;
      readonly reasonMessage: string | undefined;
    }
  /** Missing in this many full reports in a row, each begun after the storage controller had accepted the request. */
  | { readonly kind: 'absent'; readonly reports: number }
  | { readonly kind: 'silent' };

export interface VolumeDecision {
  readonly state: VolumeState;
  readonly reason?: Reason;
}

const LOST_AFTER_REPORTS = 2;

export function decideVolume(
  volume: KnownVolume,
  seen: VolumeObservation,
  now: Date,
  limits: { silentGraceMs: number },
): VolumeDecision {
  const same: VolumeDecision = { state: volume.state };
  switch (volume.state) {
    case 'deleted':
    case 'error':
      return same;
    case 'creating':
      if (seen.kind === 'reported' && seen.status === 'available') return { state: 'available' };
      return whenGone(seen) ?? whenOver(volume, seen, now, limits) ?? same;
    case 'available':
    case 'in-use':
      return whenGone(seen) ?? same;
    case 'deleting':
      if (seen.kind === 'reported' && seen.status === 'deleted') return { state: 'deleted' };
      if (isLost(seen)) return { state: 'deleted' };
      return whenOver(volume, seen, now, limits) ?? same;
  }
}

function isLost(seen: VolumeObservation): boolean {
  return seen.kind === 'absent' && seen.reports >= LOST_AFTER_REPORTS;
}

/** A volume that should be there and is not, or has failed. */
function whenGone(seen: VolumeObservation): VolumeDecision | undefined {
  const lost: Reason = { code: 'Storage.VolumeNotFound', message: 'the storage controller has lost the volume' };
  if (isLost(seen)) return { state: 'error', reason: lost };
  if (seen.kind !== 'reported') return undefined;
  if (seen.status === 'deleting' || seen.status === 'deleted') return { state: 'error', reason: lost };
  if (seen.status !== 'failed') return undefined;
  const code = seen.reasonCode !== undefined && isErrorCode(seen.reasonCode) ? seen.reasonCode : 'InternalError';
  return {
    state: 'error',
    reason: { code, message: seen.reasonMessage ?? 'the storage controller reports a failure' },
  };
}

function whenOver(
  volume: KnownVolume,
  seen: VolumeObservation,
  now: Date,
  limits: { silentGraceMs: number },
): VolumeDecision | undefined {
  if (volume.deadlineAt === undefined) return undefined;
  const grace = seen.kind === 'silent' ? limits.silentGraceMs : 0;
  if (now.getTime() < volume.deadlineAt.getTime() + grace) return undefined;
  const message = `the volume was still ${volume.state} at its deadline`;
  return { state: 'error', reason: { code: 'Workflow.DeadlineExceeded', message } };
}
