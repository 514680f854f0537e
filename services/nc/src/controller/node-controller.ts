import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { currentCorrelationId, type Logger } from '@mallee/daemon';
import { MalleeError, toMalleeError } from '@mallee/errors';
import type { HypervisorDriver, RecoveredDomain } from '@mallee/hypervisor';
import { checkAdmission, freeResources, type Resources } from '../instances/capacity.js';
import type { InstanceFiles } from '../instances/instance-files.js';
import type { InstanceTable } from '../instances/instance-table.js';
import { newInstance } from '../instances/lifecycle.js';
import { instanceIdOf, type InstanceRecord, type LaunchRequest } from '../instances/record.js';
import type { NodeState } from '../node/node-state.js';
import type { InstanceWork } from './instance-work.js';
import { planAdoption, type AdoptionAction } from './plan-adoption.js';
import { planSweep, type SweepAction, type SweepLimits } from './plan-sweep.js';

export interface NodeControllerParts {
  readonly table: InstanceTable;
  readonly work: InstanceWork;
  readonly files: InstanceFiles;
  readonly driver: HypervisorDriver;
  readonly node: NodeState;
  readonly limits: Resources;
  readonly timings: SweepLimits & { readonly sweepSeconds: number };
  readonly logger: Logger;
  readonly now: () => Date;
}

const EVENT_PAUSE_MS = 100;
const HYPERVISOR_ATTEMPTS = 15;
const HYPERVISOR_PAUSE_MS = 2000;

/** The instances of one node: what the operations of the SOAP interface call. */
export class NodeController {
  private readonly parts: NodeControllerParts;
  private readonly missed = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;
  private eventTimer: NodeJS.Timeout | undefined;
  private watcher: { stop(): void } | undefined;
  private sweeping: Promise<void> | undefined;

  constructor(parts: NodeControllerParts) {
    this.parts = parts;
  }

  /** Takes up what an earlier run left, then watches. Guests that run are not touched. */
  async start(): Promise<void> {
    await this.adopt();
    this.timer = setInterval(() => void this.sweep(), this.parts.timings.sweepSeconds * 1000);
    this.watcher = this.parts.driver.watch?.(() => {
      this.eventTimer ??= setTimeout(() => {
        this.eventTimer = undefined;
        void this.sweep();
      }, EVENT_PAUSE_MS);
    });
  }

  /** Guests go on running; launches under way are taken up by the next start. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    clearTimeout(this.eventTimer);
    this.watcher?.stop();
    await this.sweeping;
    await this.parts.work.close();
  }

  /**
   * Accepts an instance: when this returns, its record is durable and its launch has begun. The same request again is
   * answered with the instance as it is now.
   * @throws Node.DuplicateInstance, Node.Disabled, Node.InsufficientResources
   */
  async run(launch: LaunchRequest): Promise<InstanceRecord> {
    const { table } = this.parts;
    const present = table.find(launch.instanceId);
    if (present !== undefined) {
      if (isDeepStrictEqual(present.launch, launch)) return present;
      throw new MalleeError('Node.DuplicateInstance', `instance ${launch.instanceId} exists here with another content`);
    }
    if (!this.isEnabled()) throw new MalleeError('Node.Disabled', 'this node takes no new instances');
    checkAdmission(this.parts.limits, table.all(), launch);
    const record = newInstance(launch, this.parts.now(), currentCorrelationId());
    await this.parts.work.accept(record);
    this.parts.logger.info({ instanceId: launch.instanceId, imageId: launch.imageId }, 'instance accepted');
    return record;
  }

  /**
   * Ends an instance for good; the answer does not wait for the end.
   * @throws Node.UnknownInstance
   */
  async terminate(instanceId: string): Promise<{ previous: InstanceRecord; current: InstanceRecord }> {
    const previous = this.parts.table.get(instanceId);
    const reason = { code: 'Client.UserInitiatedShutdown', message: 'User initiated shutdown' };
    const current = await this.parts.work.stop(instanceId, reason);
    return { previous, current: current ?? this.parts.table.get(instanceId) };
  }

  /** @throws Node.UnknownInstance, Node.DomainFailed when the instance does not run */
  async reboot(instanceId: string): Promise<void> {
    const { state } = this.parts.table.get(instanceId);
    const record = await this.parts.table.apply(instanceId, { type: 'rebooting', at: this.parts.now() });
    if (record === undefined) {
      throw new MalleeError(
        'Node.DomainFailed',
        `instance ${instanceId} is ${state}: only a running one can be rebooted`,
      );
    }
    this.parts.work.reboot(instanceId);
  }

  /**
   * Notes the public address of an instance, 0.0.0.0 for none.
   * @throws Node.UnknownInstance, also when the instance is over
   */
  async assignAddress(instanceId: string, publicIp: string): Promise<void> {
    this.parts.table.get(instanceId);
    const record = await this.parts.table.apply(instanceId, { type: 'address', publicIp });
    if (record === undefined) throw new MalleeError('Node.UnknownInstance', `instance ${instanceId} is over`);
  }

  /** Whether the node takes new instances; those it has are not touched. */
  isEnabled(): boolean {
    return this.parts.node.enabled;
  }

  async enable(enabled: boolean): Promise<void> {
    await this.parts.node.enable(enabled);
    this.parts.logger.info({ enabled }, 'the node was taken into use or out of it');
  }

  /** @throws Node.UnknownInstance */
  async console(instanceId: string): Promise<Buffer> {
    this.parts.table.get(instanceId);
    return await this.parts.files.readConsole(instanceId);
  }

  /** All instances, or those named that exist here. */
  describe(instanceIds: readonly string[] = []): InstanceRecord[] {
    const records = this.parts.table.all();
    return instanceIds.length === 0 ? records : records.filter((record) => instanceIds.includes(instanceIdOf(record)));
  }

  resources(): { max: Resources; free: Resources } {
    return { max: this.parts.limits, free: freeResources(this.parts.limits, this.parts.table.all()) };
  }

  /** Compares records with domains and acts on differences. One sweep at a time; never rejects. */
  sweep(): Promise<void> {
    this.sweeping ??= this.sweepOnce()
      .catch((error: unknown) => {
        // Not knowing is not the same as gone: without a list of domains nothing is concluded.
        this.parts.logger.warn({ err: error }, 'sweep failed');
      })
      .finally(() => {
        this.sweeping = undefined;
      });
    return this.sweeping;
  }

  private async sweepOnce(): Promise<void> {
    const { table, work, driver, timings, now } = this.parts;
    const seenAt = now();
    const domains = await driver.list();
    const records = table.all();
    const isBusy = (id: string): boolean => work.isBusy(id);
    const missedSweeps = (id: string): number => this.missed.get(id) ?? 0;
    const actions = planSweep({ records, domains, seenAt, isBusy, missedSweeps, limits: timings, now: now() });
    this.countMissing(records, new Set(domains.map(({ instanceId }) => instanceId)));
    for (const action of actions) await this.doSweepAction(action);
    for (const record of records) {
      if (record.state === 'Running') await this.parts.files.shortenConsole(instanceIdOf(record));
    }
  }

  private countMissing(records: readonly InstanceRecord[], present: ReadonlySet<string>): void {
    const before = new Map(this.missed);
    this.missed.clear();
    for (const record of records) {
      const id = instanceIdOf(record);
      if (record.state === 'Running' && !present.has(id)) this.missed.set(id, (before.get(id) ?? 0) + 1);
    }
  }

  private async doSweepAction(action: SweepAction): Promise<void> {
    const { table, work, files, now } = this.parts;
    switch (action.do) {
      case 'running':
        await table.apply(action.instanceId, { type: 'running', at: now() });
        return;
      case 'stop':
        this.parts.logger.warn({ instanceId: action.instanceId, reason: action.reason }, 'instance is over');
        await work.stop(action.instanceId, action.reason);
        return;
      case 'tear-down':
        work.tearDown(action.instanceId);
        return;
      case 'forget':
        await files.forget(action.instanceId);
        await table.forget(action.instanceId);
    }
  }

  private async adopt(): Promise<void> {
    const { table, files, logger } = this.parts;
    await files.prepare();
    const damaged = await table.load();
    if (damaged.length > 0) logger.error({ damaged }, 'instance records are damaged and left alone');
    const domains = await this.recoverDomains();
    const actions = planAdoption(table.all(), domains, files.root);
    for (const action of actions) await this.doAdoptionAction(action);
    await this.removeOrphanFiles(new Set(domains.map(({ instanceId }) => instanceId)), damaged);
  }

  /** The hypervisor may start together with us: it gets a while to answer. */
  private async recoverDomains(): Promise<readonly RecoveredDomain[]> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.parts.driver.recover();
      } catch (error) {
        if (attempt >= HYPERVISOR_ATTEMPTS || toMalleeError(error).code !== 'Node.HypervisorUnavailable') throw error;
        this.parts.logger.warn({ err: error, attempt }, 'the hypervisor does not answer yet');
        await pause(HYPERVISOR_PAUSE_MS);
      }
    }
  }

  private async doAdoptionAction(action: AdoptionAction): Promise<void> {
    const { table, work, driver, logger, now } = this.parts;
    const instanceId = action.do === 'restore' ? instanceIdOf(action.record) : action.instanceId;
    logger.info({ instanceId, action: action.do }, 'taking up an instance');
    switch (action.do) {
      case 'adopt':
        // Each event applies only where the record lags behind.
        await table.apply(instanceId, { type: 'booting', at: now() });
        await table.apply(instanceId, { type: 'running', at: now() });
        return;
      case 'restore':
        await table.add(action.record);
        await table.apply(instanceId, { type: 'running', at: now() });
        return;
      case 'resume':
        await table.apply(instanceId, { type: 'resumed', at: now() });
        return work.launch(instanceId);
      case 'reboot':
        return work.reboot(instanceId);
      case 'stop':
        await work.stop(instanceId, action.reason);
        return;
      case 'tear-down':
        return work.tearDown(instanceId);
      case 'destroy-domain':
        return await driver.destroy(instanceId);
      case 'report':
        logger.error({ instanceId }, 'a domain has our name but no record; it is left alone');
    }
  }

  /** Files of no instance: a crash between forgetting and removing leaves them. Damaged records keep theirs. */
  private async removeOrphanFiles(domains: ReadonlySet<string>, damaged: readonly string[]): Promise<void> {
    const kept = new Set([...domains, ...damaged.map((name) => name.replace(/\.json$/, ''))]);
    for (const instanceId of await this.parts.files.list()) {
      if (kept.has(instanceId) || this.parts.table.find(instanceId) !== undefined) continue;
      this.parts.logger.warn({ instanceId }, 'removing files of an unknown instance');
      await this.parts.files.forget(instanceId);
    }
  }
}
