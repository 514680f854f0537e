import type { DomainSpec, DomainType } from './domain-spec.js';

/** What the hypervisor and its host offer. */
export interface HypervisorFacts {
  /** Driver and version, for people: `libvirt 9.0.0`. */
  readonly description: string;
  readonly domainType: DomainType;
}

/**
 * Where a domain is in its life:
 * - `running`: executing, or blocked waiting for input or output
 * - `paused`: suspended by an operator or by an input/output error
 * - `stopping`: the guest is shutting down
 * - `stopped`: ended; `ending` says how
 */
export type DomainState = 'running' | 'paused' | 'stopping' | 'stopped';

/** How a stopped domain ended. `never-started`: defined, but its start has not happened. */
export type DomainEnding = 'never-started' | 'guest-shutdown' | 'destroyed' | 'crashed' | 'failed' | 'unknown';

export interface DomainStatus {
  readonly instanceId: string;
  readonly state: DomainState;
  /** Only when `state` is `stopped`. */
  readonly ending?: DomainEnding;
}

/** A domain found at start, with the JSON its creator left inside (undefined when it cannot be read). */
export interface RecoveredDomain extends DomainStatus {
  readonly metadata: unknown;
}

/**
 * The hypervisor as the node controller sees it. A driver sees and touches only domains of its own tag.
 * Every call fails with a MalleeError: Node.HypervisorUnavailable when the hypervisor does not answer,
 * Node.DomainFailed when it refuses.
 */
export interface HypervisorDriver {
  readonly name: string;

  /** Asks the hypervisor itself; also the health check. */
  fingerprint(): Promise<HypervisorFacts>;

  /**
   * Defines and starts a domain; it runs when this returns. A stopped domain of the same instance is replaced; a living
   * one is an error.
   */
  create(spec: DomainSpec): Promise<void>;

  /** State of one domain, undefined when there is none. */
  inspect(instanceId: string): Promise<DomainStatus | undefined>;

  /** All own domains, also stopped ones. */
  list(): Promise<readonly DomainStatus[]>;

  /** Ends the domain at once and forgets it. Success when there is none. */
  destroy(instanceId: string): Promise<void>;

  /** Presses the power button (ACPI). Success says only that it was pressed. */
  shutdown(instanceId: string): Promise<void>;

  /** Ends the domain hard and starts it again on the same disks. */
  reboot(instanceId: string): Promise<void>;

  /** All own domains with their metadata: the first call of a restarted node controller. */
  recover(): Promise<readonly RecoveredDomain[]>;

  /**
   * Calls `listener` soon after something happened to an own domain, until `stop` is called. Optional and only a hint:
   * events may be lost, so callers also sweep with `list`.
   */
  watch?(listener: () => void): { stop(): void };
}
