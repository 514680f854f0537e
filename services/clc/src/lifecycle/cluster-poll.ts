import { cancelRun } from '@mallee/jobs';
import { lifecycleQueue } from '../jobs.js';
import type { ClusterClients } from '../components/clients.js';
import { Absences } from './absences.js';
import { storeCapacity } from './capacity-store.js';
import { readReport, type Reported } from './cluster-report.js';
import { noteAnswer, noteFailure } from './component-health.js';
import { silentGrace, type LifecycleContext } from './context.js';
import { applyDecision, loadWatched, markSeen, type WatchedInstance } from './instance-store.js';
import { decide, type Decision, type Observation } from './instance-transition.js';
import { callError, instanceReason } from './reasons.js';

/** How long a cluster may take to act on a request to terminate before it is asked again. */
const ASK_AGAIN_MS = 15_000;

/** Looks at one cluster: its instances, then its room. Compares with what should be, writes changes, repairs. */
export class ClusterPoll {
  readonly #context: LifecycleContext;
  readonly #zone: string;
  readonly #absences = new Absences();
  readonly #asked = new Map<string, number>();
  readonly #unknown = new Set<string>();

  constructor(context: LifecycleContext, zone: string) {
    this.#context = context;
    this.#zone = zone;
  }

  /** @returns true while an instance of the zone is in a transitional state */
  async poll(signal: AbortSignal): Promise<boolean> {
    const { pool, clients } = this.#context;
    const cluster = await clients.cluster(this.#zone);
    const startedAt = await databaseTime(this.#context);
    let report: Map<string, Reported> | undefined;
    try {
      report = readReport(await cluster.cluster.describeInstances(this.#call(signal)));
    } catch (error) {
      await this.#failed(cluster, error, signal);
    }
    const busy = await this.#compare(cluster, report, startedAt, signal);
    if (report === undefined) return busy;
    try {
      await storeCapacity(this.#context, cluster, this.#call(signal));
      await noteAnswer(pool, cluster.component);
    } catch (error) {
      await this.#failed(cluster, error, signal);
    }
    return busy;
  }

  async #compare(
    cluster: ClusterClients,
    report: Map<string, Reported> | undefined,
    startedAt: Date,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { pool } = this.#context;
    const known = await loadWatched(pool, this.#zone, [...(report?.keys() ?? [])]);
    if (report !== undefined) {
      await markSeen(pool, [...report.keys()], startedAt);
      // What should run is given up only after a while; what should end may be gone at once.
      const { clusterPollMs } = this.#context.config.timings;
      const subjects = known.map((one) => {
        const gapMs = one.state === 'shutting-down' ? 0 : clusterPollMs;
        return { id: one.instanceId, since: heldSince(one), gapMs };
      });
      this.#absences.update(subjects, new Set(report.keys()), startedAt);
      this.#logUnknown(known, report);
      await this.#addReasons(cluster, known, report, signal);
    }
    let busy = false;
    for (const instance of known) {
      const state = await this.#one(instance, this.#observation(instance, report), startedAt);
      busy ||= state === 'pending' || state === 'shutting-down';
    }
    return busy;
  }

  #observation(instance: WatchedInstance, report: Map<string, Reported> | undefined): Observation {
    if (report === undefined) return { kind: 'silent' };
    return report.get(instance.instanceId) ?? { kind: 'absent', reports: this.#absences.count(instance.instanceId) };
  }

  async #one(instance: WatchedInstance, seen: Observation, now: Date): Promise<Decision['state']> {
    const { pool, config, logger } = this.#context;
    const { timings } = config;
    const deadlineMs = instance.state === 'pending' ? timings.pendingDeadlineMs : timings.shuttingDownDeadlineMs;
    const decision = decide(instance, seen, now, { silentGraceMs: silentGrace(deadlineMs) });
    // A launch that is under way makes room for the termination that waits for its ticket.
    if (instance.launching && (instance.desired === 'terminated' || decision.state === 'terminated')) {
      await cancelRun(pool, lifecycleQueue, `run-instance-${instance.instanceId}`);
    }
    const asks = decision.terminate === true && this.#mayAsk(instance);
    const { terminate: _terminate, ...values } = decision;
    const wanted: Decision = asks ? decision : values;
    if (decision.state === instance.state && Object.keys(wanted).length === 1) return decision.state;
    const written = await applyDecision(pool, instance, wanted);
    if (written && decision.state !== instance.state) {
      const { instanceId, state: from, correlationId } = instance;
      logger.info({ instanceId, from, to: decision.state, reason: decision.reason, correlationId }, 'instance changed');
    }
    return decision.state;
  }

  /** True once per interval: the first request to terminate comes from the user's transaction. */
  #mayAsk({ instanceId, state, changedAt }: WatchedInstance): boolean {
    const now = Date.now();
    if (state === 'shutting-down' && now - changedAt.getTime() < ASK_AGAIN_MS) return false;
    if (now - (this.#asked.get(instanceId) ?? -Infinity) < ASK_AGAIN_MS) return false;
    for (const [id, at] of this.#asked) if (now - at > ASK_AGAIN_MS) this.#asked.delete(id);
    this.#asked.set(instanceId, now);
    return true;
  }

  /** Asks why the instances ended that did so unasked; without an answer they have ended for an unknown reason. */
  async #addReasons(
    cluster: ClusterClients,
    known: readonly WatchedInstance[],
    report: Map<string, Reported>,
    signal: AbortSignal,
  ): Promise<void> {
    const ids = known
      .filter(({ state, instanceId }) => {
        return (state === 'pending' || state === 'running') && report.get(instanceId)?.stateName === 'Teardown';
      })
      .map(({ instanceId }) => instanceId);
    if (ids.length === 0 || cluster.extension === undefined) return;
    try {
      const { details } = await cluster.extension.call('DescribeDetails', { instanceIds: ids }, this.#call(signal));
      for (const { instanceId, reasonCode, reasonMessage } of details) {
        const seen = report.get(instanceId);
        const reason = instanceReason(reasonCode, reasonMessage);
        if (seen !== undefined && ids.includes(instanceId)) report.set(instanceId, { ...seen, reason });
      }
    } catch (error) {
      this.#context.logger.warn({ err: error, zone: this.#zone, ids }, 'the cluster did not say why instances ended');
    }
  }

  /** An instance that was never ours is not touched: it may belong to another cloud controller. */
  #logUnknown(known: readonly WatchedInstance[], report: Map<string, Reported>): void {
    const ours = new Set(known.map(({ instanceId }) => instanceId));
    for (const id of report.keys()) {
      if (ours.has(id) || this.#unknown.has(id) || this.#unknown.size > 10_000) continue;
      this.#unknown.add(id);
      this.#context.logger.warn(
        { instanceId: id, zone: this.#zone },
        'the cluster reports an instance that is not known here',
      );
    }
  }

  async #failed({ component }: ClusterClients, error: unknown, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const failure = callError(error, `poll cluster ${component.name}`);
    const isNew = await noteFailure(this.#context.pool, component, failure);
    if (isNew) this.#context.logger.warn({ err: failure, zone: this.#zone }, 'the cluster does not answer');
  }

  #call(signal: AbortSignal): { timeoutMs: number; signal: AbortSignal } {
    return { timeoutMs: this.#context.config.timings.componentTimeoutMs, signal };
  }
}

/** Since when a report without the instance means that it is gone. */
function heldSince({ state, acceptedAt, changedAt }: WatchedInstance): Date | undefined {
  return state === 'shutting-down' ? changedAt : acceptedAt;
}

/** All times are those of the database, so that the clocks of several hosts do not matter. */
async function databaseTime(context: LifecycleContext): Promise<Date> {
  const { rows } = await context.pool.query<{ now: Date }>('select clock_timestamp() as now');
  return rows[0]?.now ?? new Date();
}
