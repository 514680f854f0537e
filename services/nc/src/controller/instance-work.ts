import { withCorrelation, type Logger } from '@mallee/daemon';
import { MalleeError, toMalleeError } from '@mallee/errors';
import type { HypervisorDriver } from '@mallee/hypervisor';
import type { InstanceTable } from '../instances/instance-table.js';
import { KeyedQueue } from '../instances/keyed-queue.js';
import { instanceIdOf, type InstanceRecord, type StopReason } from '../instances/record.js';
import type { LaunchContext, LaunchHook } from '../launch/hook.js';
import { runHooks, undoHooks } from '../launch/run-hooks.js';

export interface InstanceWorkParts {
  readonly table: InstanceTable;
  readonly driver: HypervisorDriver;
  /** Hooks of the staging phase, in order. */
  readonly stagingHooks: readonly LaunchHook[];
  readonly domainHook: LaunchHook;
  readonly logger: Logger;
  readonly now: () => Date;
  readonly onLaunched?: (seconds: number) => void;
}

/**
 * The long work on instances: launch, reboot, teardown. Work on one instance happens one after another; different
 * instances do not wait for each other.
 */
export class InstanceWork {
  private readonly parts: InstanceWorkParts;
  private readonly queue = new KeyedQueue();
  private readonly launches = new Map<string, AbortController>();
  private closing = false;

  constructor(parts: InstanceWorkParts) {
    this.parts = parts;
  }

  isBusy(instanceId: string): boolean {
    return this.queue.isBusy(instanceId);
  }

  /**
   * Takes a new instance into the table and begins its launch. It counts as worked on from the first moment: a sweep that
   * finds its record while that is still being written must not take it for a launch that nobody works on.
   */
  async accept(record: InstanceRecord): Promise<void> {
    const instanceId = instanceIdOf(record);
    // Begun here and not by the queue: the record takes its place on the node at once.
    const added = this.parts.table.add(record);
    await this.queue.run(instanceId, () => added);
    this.launch(instanceId);
  }

  /** Begins the launch of an instance in state Staging; returns at once. */
  launch(instanceId: string): void {
    const abort = new AbortController();
    this.launches.set(instanceId, abort);
    this.enqueue(instanceId, async (logger) => {
      await this.runLaunch(instanceId, abort.signal, logger);
      if (this.launches.get(instanceId) === abort) this.launches.delete(instanceId);
      await this.tearDownIfStopping(instanceId, logger);
    });
  }

  /**
   * Decides that an instance is over, durably, and begins to take it away; returns when the decision is written.
   * @returns the record as it is now, undefined when the instance was over already
   */
  async stop(instanceId: string, reason: StopReason): Promise<InstanceRecord | undefined> {
    const stopping = await this.parts.table.apply(instanceId, { type: 'stopping', at: this.parts.now(), reason });
    this.launches.get(instanceId)?.abort();
    this.tearDown(instanceId);
    return stopping;
  }

  /** Takes away what belongs to an instance in state Stopping; returns at once. */
  tearDown(instanceId: string): void {
    this.enqueue(instanceId, (logger) => this.tearDownIfStopping(instanceId, logger));
  }

  /** Ends and starts the domain of an instance in state Rebooting; returns at once. */
  reboot(instanceId: string): void {
    this.enqueue(instanceId, async (logger) => {
      if (this.parts.table.find(instanceId)?.state !== 'Rebooting') return;
      try {
        await this.parts.driver.reboot(instanceId);
        await this.parts.table.apply(instanceId, { type: 'running', at: this.parts.now() });
        logger.info('rebooted');
      } catch (error) {
        await this.fail(instanceId, error, logger);
      }
      await this.tearDownIfStopping(instanceId, logger);
    });
  }

  /** Stops working. Launches under way are left as they are; the next start takes them up again. */
  async close(): Promise<void> {
    this.closing = true;
    for (const abort of this.launches.values()) abort.abort();
    await this.queue.idle();
  }

  /** Resolves when all work that is queued now has ended. */
  idle(): Promise<void> {
    return this.queue.idle();
  }

  private enqueue(instanceId: string, task: (logger: Logger) => Promise<void>): void {
    if (this.closing) return;
    const correlationId = this.parts.table.find(instanceId)?.correlationId;
    const logger = this.parts.logger.child({ instanceId });
    const work = (): Promise<void> =>
      this.queue
        .run(instanceId, () => task(logger))
        .catch((error: unknown) => {
          // The record still says what was wanted: the sweep takes it up again.
          logger.error({ err: error }, 'work on the instance failed');
        });
    void (correlationId === undefined ? work() : withCorrelation(correlationId, work));
  }

  private async runLaunch(instanceId: string, signal: AbortSignal, logger: Logger): Promise<void> {
    const { table, now } = this.parts;
    const context = this.context(instanceId, signal, logger);
    try {
      await runHooks(this.parts.stagingHooks, context);
      signal.throwIfAborted();
      await table.apply(instanceId, { type: 'booting', at: now() });
      await runHooks([this.parts.domainHook], context);
      const record = await table.apply(instanceId, { type: 'running', at: now() });
      if (record === undefined) return;
      const seconds = (now().getTime() - Date.parse(record.launchTime)) / 1000;
      this.parts.onLaunched?.(seconds);
      logger.info({ seconds }, 'instance runs');
    } catch (error) {
      if (!this.closing) await this.fail(instanceId, error, logger);
    }
  }

  private async fail(instanceId: string, error: unknown, logger: Logger): Promise<void> {
    const { code, message } = toMalleeError(error);
    const stopping = await this.parts.table.apply(instanceId, {
      type: 'stopping',
      at: this.parts.now(),
      reason: { code, message: message.slice(0, 1000) },
    });
    // Not applied: it was cancelled meanwhile, which has its own reason.
    if (stopping !== undefined) logger.warn({ err: error, code }, 'instance failed');
  }

  private async tearDownIfStopping(instanceId: string, logger: Logger): Promise<void> {
    const { table, now } = this.parts;
    if (this.closing || table.find(instanceId)?.state !== 'Stopping') return;
    const context = this.context(instanceId, new AbortController().signal, logger);
    await undoHooks([...this.parts.stagingHooks, this.parts.domainHook], context);
    const record = await table.apply(instanceId, { type: 'torn-down', at: now() });
    if (record !== undefined) logger.info({ reason: record.reason }, 'instance torn down');
  }

  private context(instanceId: string, signal: AbortSignal, logger: Logger): LaunchContext {
    const { table } = this.parts;
    return {
      record: () => table.get(instanceId),
      save: async (facts) => {
        const saved = await table.apply(instanceId, { type: 'progress', facts });
        if (saved === undefined) throw new MalleeError('Node.UnknownInstance', `instance ${instanceId} is gone`);
      },
      signal,
      logger,
    };
  }
}
