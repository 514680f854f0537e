import { MalleeError } from '@mallee/errors';
import { checkDomainSpec } from '../domain-check.js';
import type { DomainSpec } from '../domain-spec.js';
import type { DomainEnding, DomainStatus, HypervisorDriver, HypervisorFacts, RecoveredDomain } from '../driver.js';

interface SimulatedDomain {
  readonly spec: DomainSpec;
  status: DomainStatus;
}

export interface SimulatedDriverOptions {
  /** Milliseconds that `create` takes. */
  readonly createMs?: number;
  /** Called before a domain appears; may wait or throw. */
  readonly onCreate?: (spec: DomainSpec) => Promise<void> | void;
}

/**
 * Domains that exist only in memory, for tests and for measuring with many nodes. It follows the same contract as the
 * libvirt driver, and `end` plays the part of the guest.
 */
export class SimulatedDriver implements HypervisorDriver {
  readonly name = 'simulated';
  private readonly domains = new Map<string, SimulatedDomain>();
  private readonly listeners = new Set<() => void>();
  private readonly options: SimulatedDriverOptions;
  private failure: MalleeError | undefined;

  constructor(options: SimulatedDriverOptions = {}) {
    this.options = options;
  }

  /** Every following call fails with `error`; undefined ends that. */
  failWith(error: MalleeError | undefined): void {
    this.failure = error;
  }

  /** The guest ends by itself, as after `poweroff` or a crash. */
  end(instanceId: string, ending: DomainEnding): void {
    const domain = this.domains.get(instanceId);
    if (domain === undefined) return;
    domain.status = { instanceId, state: 'stopped', ending };
    this.notify();
  }

  /** The domain disappears, as when somebody removes it behind the driver's back. */
  vanish(instanceId: string): void {
    this.domains.delete(instanceId);
    this.notify();
  }

  /** The spec a domain was made from. */
  specOf(instanceId: string): DomainSpec | undefined {
    return this.domains.get(instanceId)?.spec;
  }

  async fingerprint(): Promise<HypervisorFacts> {
    await this.step();
    return { description: 'simulated', domainType: 'qemu' };
  }

  async create(spec: DomainSpec): Promise<void> {
    checkDomainSpec(spec);
    await this.step(this.options.createMs);
    await this.options.onCreate?.(spec);
    const present = this.domains.get(spec.instanceId);
    if (present !== undefined && present.status.state !== 'stopped') {
      throw new MalleeError('Node.DomainFailed', `the domain of ${spec.instanceId} is ${present.status.state} already`);
    }
    const { instanceId } = spec;
    this.domains.set(instanceId, { spec: structuredClone(spec), status: { instanceId, state: 'running' } });
    this.notify();
  }

  async inspect(instanceId: string): Promise<DomainStatus | undefined> {
    await this.step();
    return this.domains.get(instanceId)?.status;
  }

  async list(): Promise<readonly DomainStatus[]> {
    await this.step();
    return [...this.domains.values()].map(({ status }) => status);
  }

  async destroy(instanceId: string): Promise<void> {
    await this.step();
    if (this.domains.delete(instanceId)) this.notify();
  }

  async shutdown(instanceId: string): Promise<void> {
    await this.step();
    this.end(instanceId, 'guest-shutdown');
  }

  async reboot(instanceId: string): Promise<void> {
    await this.step();
    const domain = this.domains.get(instanceId);
    if (domain === undefined) throw new MalleeError('Node.DomainFailed', `Domain not found: ${instanceId}`);
    domain.status = { instanceId, state: 'running' };
    this.notify();
  }

  async recover(): Promise<readonly RecoveredDomain[]> {
    await this.step();
    return [...this.domains.values()].map(({ status, spec }) => ({ ...status, metadata: spec.metadata }));
  }

  watch(listener: () => void): { stop(): void } {
    this.listeners.add(listener);
    return { stop: () => this.listeners.delete(listener) };
  }

  private async step(milliseconds = 0): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    if (this.failure !== undefined) throw this.failure;
  }

  private notify(): void {
    for (const listener of this.listeners) listener();
  }
}
