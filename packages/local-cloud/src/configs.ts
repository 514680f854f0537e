import { chmodSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Backends } from './backends.js';
import type { CloudLayout } from './layout.js';
import { type CloudPlan, localPlan, type Site, sitesOf, trustOf, urlOf } from './plan.js';
import { writeWhole } from './write-whole.js';

/** What the plan does not say. */
export interface ConfigFacts {
  readonly backends: Backends;
  /** Whether guests run with KVM; `auto` finds out. */
  readonly domainType: string;
  /** A kernel for the one-time probe of /dev/kvm; without one the node controller uses plain emulation. */
  readonly probeKernel?: string | undefined;
}

/** The configuration of each site, by its name, as an operator would write it. Pure. */
export function renderConfigs(plan: CloudPlan, facts: ConfigFacts): Record<string, object> {
  const render = { clc: cloudConfig, walrus: walrusConfig, sc: storageConfig, cc: clusterConfig, nc: nodeConfig };
  return Object.fromEntries(
    sitesOf(plan).map((site) => [site.name, { ...baseConfig(plan, site), ...render[site.daemon](plan, facts, site) }]),
  );
}

function baseConfig(plan: CloudPlan, site: Site): object {
  const trust = Object.entries(trustOf(plan, site)).map(
    ([role, names]) => [role, names.map(site.certificateOf)] as const,
  );
  return {
    name: site.name,
    stateDirectory: site.stateDirectory,
    // All others call it by this address: a message for another daemon is refused here.
    listen: { host: site.listen, port: site.port, addresses: [urlOf(site)] },
    keys: site.keys,
    trust: Object.fromEntries(trust),
    log: { level: 'info', ...(site.logFile === undefined ? {} : { file: site.logFile }) },
    ...joiningConfig(plan, site),
  };
}

/** Where others may join; nodes that do are told where Walrus is. */
function joiningConfig(plan: CloudPlan, { daemon, host, listen, joinPort }: Site): object {
  if (joinPort === undefined) return {};
  const endpoint = { url: `https://${host}:${joinPort}`, listen: { host: listen, port: joinPort } };
  return { joining: daemon === 'cc' ? { ...endpoint, walrusUrl: urlOf(plan.walrus) } : endpoint };
}

function cloudConfig(plan: CloudPlan, { backends }: ConfigFacts): object {
  return {
    databaseUrl: backends.databaseUrl,
    queueUrl: backends.queueUrl,
    queuePrefix: `mallee-${plan.tag}`,
    bootstrap: { credentialsFile: plan.credentialsFile },
  };
}

function walrusConfig(plan: CloudPlan, { backends }: ConfigFacts, site: Site): object {
  return {
    databaseUrl: backends.databaseUrl,
    cloudUrl: urlOf(plan.clc),
    objectsDirectory: join(site.stateDirectory, 'objects'),
    imageCacheDirectory: join(site.stateDirectory, 'image-cache'),
    imageKey: plan.imageKey,
  };
}

function storageConfig(plan: CloudPlan, { backends }: ConfigFacts, site: Site): object {
  return {
    cluster: plan.zone,
    databaseUrl: backends.databaseUrl,
    volumesDirectory: join(site.stateDirectory, 'volumes'),
  };
}

function clusterConfig(plan: CloudPlan, { backends }: ConfigFacts, site: Site): object {
  return {
    cluster: plan.zone,
    databaseUrl: backends.databaseUrl,
    queueUrl: backends.queueUrl,
    queuePrefix: `mallee-${plan.tag}`,
    cloudUrl: urlOf(plan.clc),
    nodes: plan.nodes.map((node) => ({
      url: `${urlOf(node)}/axis2/services/EucalyptusNC`,
      certificate: site.certificateOf(node.name),
    })),
    scheduler: plan.scheduler,
    network: { ...plan.network, tag: plan.tag },
    // The interface knows one certificate for all nodes of a cluster.
    glKeys: { clusterCertificate: site.keys.certificate, nodeCertificate: site.certificateOf(plan.nodes[0].name) },
  };
}

function nodeConfig(plan: CloudPlan, facts: ConfigFacts, site: Site): object {
  return {
    cluster: plan.zone,
    clusterUrl: urlOf(plan.cc),
    instancesDirectory: join(site.stateDirectory, 'instances'),
    cacheDirectory: join(site.stateDirectory, 'cache'),
    hypervisor: {
      uri: facts.backends.libvirtUri,
      domainType: facts.domainType,
      domainTag: plan.tag,
      ...(facts.probeKernel === undefined ? {} : { probeKernel: facts.probeKernel }),
    },
    network: plan.network,
    metadata: { port: plan.metadataPort },
    walrus: { urlPrefixes: [`${urlOf(plan.walrus)}/services/Walrus`] },
  };
}

/** Writes the configuration files of a cloud on this machine. */
export function writeConfigs(layout: CloudLayout, facts: ConfigFacts): void {
  const plan = localPlan(layout);
  makePrivate(join(layout.stateDirectory, 'log'));
  for (const [name, config] of Object.entries(renderConfigs(plan, facts))) {
    makePrivate(join(layout.stateDirectory, name), name === 'nc' && guestsRunAsOthers() ? 0o711 : 0o700);
    writeJson(join(layout.stateDirectory, name, 'config.json'), config);
  }
}

/** Disks, seeds and consoles of guests lie below, some readable by all: the directory is what keeps others out. */
function makePrivate(directory: string, mode = 0o700): void {
  mkdirSync(directory, { recursive: true });
  chmodSync(directory, mode);
}

/** Our own libvirtd runs QEMU as this user; one of the machine has a user of its own, who must reach the disks. */
function guestsRunAsOthers(): boolean {
  return process.env['MALLEE_LIBVIRT_URI'] !== undefined;
}

/** Mode 0600: the database URL may carry a password. */
export function writeJson(file: string, content: object): void {
  mkdirSync(join(file, '..'), { recursive: true });
  writeWhole(file, `${JSON.stringify(content, null, 2)}\n`, 0o600);
}

/** A kernel that can prove whether KVM really boots one: the tiny guest's, else the machine's own. */
export function findProbeKernel(guestDirectory: string): string | undefined {
  const guests = list(guestDirectory).map((name) => join(guestDirectory, name, 'kernel'));
  const own = list('/boot')
    .filter((name) => name.startsWith('vmlinuz-'))
    .map((name) => join('/boot', name));
  return [...guests.sort(), ...own.sort().reverse()].find((file) => existsSync(file));
}

function list(directory: string): string[] {
  return existsSync(directory) ? readdirSync(directory) : [];
}
