import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { METADATA_NAMESPACE, parseMetadata } from '../domain-metadata.js';
import { domainName, instanceIdOfDomain } from '../domain-name.js';
import type { DomainSpec } from '../domain-spec.js';
import { renderDomain, type DomainHost } from '../domain-xml.js';
import type { DomainStatus, HypervisorDriver, HypervisorFacts, RecoveredDomain } from '../driver.js';
import { parseDomainStates } from './domstats.js';
import { isMissingDomain, isNotRunning, Virsh, type VirshOptions } from './virsh.js';
import { watchLifecycle } from './watch.js';

export type LibvirtDriverOptions = VirshOptions & DomainHost;

/**
 * Domains through libvirt's `virsh`. Domains are defined persistently, so that libvirt remembers how a guest ended
 * until `destroy` forgets it, even while no node controller runs.
 */
export class LibvirtDriver implements HypervisorDriver {
  readonly name = 'libvirt';
  private readonly virsh: Virsh;
  private readonly host: DomainHost;

  constructor(options: LibvirtDriverOptions) {
    this.virsh = new Virsh(options);
    this.host = options;
  }

  async fingerprint(): Promise<HypervisorFacts> {
    const output = await this.virsh.run('version', '--daemon');
    const version = /Running against daemon: (\S+)/.exec(output)?.[1] ?? 'unknown';
    return { description: `libvirt ${version}`, domainType: this.host.domainType };
  }

  async create(spec: DomainSpec): Promise<void> {
    // Defining replaces what a stopped domain was; a living one keeps what it runs with, and `start` refuses it.
    await this.define(renderDomain(spec, this.host));
    await this.virsh.run('start', domainName(this.host.tag, spec.instanceId));
  }

  async inspect(instanceId: string): Promise<DomainStatus | undefined> {
    const output = await this.virsh.runIfDomain('domstats', '--state', domainName(this.host.tag, instanceId));
    if (output === undefined) return undefined;
    return this.own(output).find((status) => status.instanceId === instanceId);
  }

  async list(): Promise<readonly DomainStatus[]> {
    return this.own(await this.virsh.run('domstats', '--state'));
  }

  async destroy(instanceId: string): Promise<void> {
    const name = domainName(this.host.tag, instanceId);
    try {
      await this.virsh.runIfDomain('destroy', name);
    } catch (error) {
      if (!isNotRunning(error)) throw error;
    }
    await this.virsh.runIfDomain('undefine', name);
  }

  async shutdown(instanceId: string): Promise<void> {
    await this.virsh.run('shutdown', domainName(this.host.tag, instanceId), '--mode', 'acpi');
  }

  async reboot(instanceId: string): Promise<void> {
    const name = domainName(this.host.tag, instanceId);
    try {
      await this.virsh.run('destroy', name);
    } catch (error) {
      if (!isNotRunning(error)) throw error;
    }
    await this.virsh.run('start', name);
  }

  async recover(): Promise<readonly RecoveredDomain[]> {
    const domains: RecoveredDomain[] = [];
    for (const status of await this.list()) {
      domains.push({ ...status, metadata: await this.metadata(status.instanceId) });
    }
    return domains;
  }

  watch(listener: () => void): { stop(): void } {
    return watchLifecycle(this.virsh, (name) => {
      if (instanceIdOfDomain(this.host.tag, name) !== undefined) listener();
    });
  }

  private own(output: string): DomainStatus[] {
    return parseDomainStates(output).flatMap(({ name, ...status }) => {
      const instanceId = instanceIdOfDomain(this.host.tag, name);
      return instanceId === undefined ? [] : [{ instanceId, ...status }];
    });
  }

  private async metadata(instanceId: string): Promise<unknown> {
    try {
      const name = domainName(this.host.tag, instanceId);
      return parseMetadata(await this.virsh.run('metadata', name, '--uri', METADATA_NAMESPACE));
    } catch (error) {
      if (isMissingDomain(error) || isNoMetadata(error)) return undefined;
      throw error;
    }
  }

  /** virsh reads documents from files only. */
  private async define(document: string): Promise<void> {
    const directory = await mkdtemp(join(tmpdir(), 'mallee-domain-'));
    try {
      const file = join(directory, `${randomUUID()}.xml`);
      await writeFile(file, document, { mode: 0o600 });
      await this.virsh.run('define', file, '--validate');
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  }
}

function isNoMetadata(error: unknown): boolean {
  return error instanceof Error && /metadata not found|Requested metadata element is not present/i.test(error.message);
}
