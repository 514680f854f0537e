import { isMalleeError } from '@mallee/errors';
import type { ReportedVolume } from './wire-types.js';
import type { StorageClients } from '../components/clients.js';
import { Absences } from './absences.js';
import { noteAnswer, noteFailure } from './component-health.js';
import { silentGrace, type LifecycleContext } from './context.js';
import { callError } from './reasons.js';
import { applyVolumeDecision, loadVolumes, type WatchedVolume } from './volume-store.js';
import { decideVolume, type VolumeObservation } from './volume-transition.js';

type Reported = VolumeObservation & { readonly kind: 'reported' };
const STATUSES = ['creating', 'available', 'deleting', 'deleted', 'failed'] as const;

/** Looks at the storage controller of one zone and compares its volumes with those that should be. */
export class StoragePoll {
  readonly #context: LifecycleContext;
  readonly #zone: string;
  readonly #absences = new Absences();

  constructor(context: LifecycleContext, zone: string) {
    this.#context = context;
    this.#zone = zone;
  }

  /** @returns true while a volume of the zone is in a transitional state */
  async poll(signal: AbortSignal): Promise<boolean> {
    const { pool, clients, config, logger } = this.#context;
    const clock = await pool.query<{ now: Date }>('select clock_timestamp() as now');
    const now = clock.rows[0]?.now ?? new Date();
    const report = await this.#report(await clients.storage(this.#zone), signal);
    const known = await loadVolumes(pool, this.#zone);
    if (report !== undefined) {
      const subjects = known.map(({ volumeId, state, settledAt }) => {
        const gapMs = state === 'deleting' ? 0 : config.timings.clusterPollMs;
        return { id: volumeId, since: settledAt, gapMs };
      });
      this.#absences.update(subjects, new Set(report.keys()), now);
    }
    let busy = false;
    for (const volume of known) {
      const seen = this.#observation(volume, report);
      const decision = decideVolume(volume, seen, now, { silentGraceMs: silentGrace(config.timings.volumeDeadlineMs) });
      busy ||= decision.state === 'creating' || decision.state === 'deleting';
      if (decision.state === volume.state) continue;
      if (await applyVolumeDecision(pool, volume, decision)) {
        const { volumeId, state: from } = volume;
        logger.info({ volumeId, from, to: decision.state, reason: decision.reason }, 'volume changed');
      }
    }
    return busy;
  }

  #observation({ volumeId }: WatchedVolume, report: Map<string, Reported> | undefined): VolumeObservation {
    if (report === undefined) return { kind: 'silent' };
    return report.get(volumeId) ?? { kind: 'absent', reports: this.#absences.count(volumeId) };
  }

  async #report(
    { storage, component }: StorageClients,
    signal: AbortSignal,
  ): Promise<Map<string, Reported> | undefined> {
    const { pool, config, logger } = this.#context;
    try {
      const options = { timeoutMs: config.timings.componentTimeoutMs, signal };
      const { volumes } = await storage.call('DescribeStorageVolumes', { volumeIds: [] }, options);
      await noteAnswer(pool, component);
      return new Map(volumes.map((volume) => [volume.volumeId, toReported(volume)]));
    } catch (error) {
      if (signal.aborted || (isMalleeError(error) && error.code === 'Database.Unavailable')) throw error;
      const failure = callError(error, `poll storage controller ${component.name}`);
      if (await noteFailure(pool, component, failure)) {
        logger.warn({ err: failure, zone: this.#zone }, 'the storage controller does not answer');
      }
      return undefined;
    }
  }
}

function toReported({ status, reasonCode, reasonMessage }: ReportedVolume): Reported {
  return {
    kind: 'reported',
    status: STATUSES.find((known) => known === status) ?? 'creating',
    reasonCode,
    reasonMessage,
  };
}
