import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Backends } from './backends.js';
import { keyFiles } from './keys.js';
import { type CloudLayout, type DaemonName, daemons } from './layout.js';
import { baseUrl, configFile, logFile } from './processes.js';

/** What the layout does not say. */
export interface ConfigFacts {
  readonly backends: Backends;
  /** A kernel for the one-time probe of /dev/kvm; without one the node controller uses plain emulation. */
  readonly probeKernel: string | undefined;
}

/** Where the CLC leaves the administrator's credentials when it starts on an empty database. */
export function credentialsFile(layout: CloudLayout): string {
  return join(layout.stateDirectory, 'admin-credentials.json');
}

/** The configuration of each daemon, as an operator would write it for a cloud on one machine. */
export function renderConfigs(layout: CloudLayout, facts: ConfigFacts): Record<DaemonName, object> {
  const { databaseUrl, queueUrl } = facts.backends;
  const certificate = (name: DaemonName): string[] => [keyFiles(layout, name).certificate];
  const state = (name: DaemonName, ...path: string[]): string => join(layout.stateDirectory, name, ...path);
  const base = (name: DaemonName, trust: object): object => ({
    name,
    stateDirectory: state(name),
    listen: { host: layout.host, port: layout.ports[name] },
    keys: keyFiles(layout, name),
    trust,
    log: { level: 'info', file: logFile(layout, name) },
  });
  return {
    clc: {
      ...base('clc', { cluster: certificate('cc'), storage: certificate('sc'), walrus: certificate('walrus') }),
      databaseUrl,
      queueUrl,
      queuePrefix: `mallee-${layout.tag}`,
      bootstrap: { credentialsFile: credentialsFile(layout) },
    },
    walrus: {
      ...base('walrus', { cloud: certificate('clc'), node: certificate('nc') }),
      databaseUrl,
      cloudUrl: baseUrl(layout, 'clc'),
      objectsDirectory: state('walrus', 'objects'),
      imageCacheDirectory: state('walrus', 'image-cache'),
      imageKey: keyFiles(layout, 'image'),
    },
    sc: {
      ...base('sc', { cloud: certificate('clc') }),
      cluster: layout.zone,
      databaseUrl,
      volumesDirectory: state('sc', 'volumes'),
    },
    cc: {
      ...base('cc', { cloud: certificate('clc'), node: certificate('nc') }),
      cluster: layout.zone,
      databaseUrl,
      queueUrl,
      queuePrefix: `mallee-${layout.tag}`,
      cloudUrl: baseUrl(layout, 'clc'),
      nodes: [{ url: `${baseUrl(layout, 'nc')}/axis2/services/EucalyptusNC`, certificate: certificate('nc')[0] }],
      network: { ...layout.network, tag: layout.tag },
      glKeys: { clusterCertificate: certificate('cc')[0], nodeCertificate: certificate('nc')[0] },
    },
    nc: {
      ...base('nc', { cluster: certificate('cc') }),
      cluster: layout.zone,
      clusterUrl: baseUrl(layout, 'cc'),
      instancesDirectory: state('nc', 'instances'),
      cacheDirectory: state('nc', 'cache'),
      hypervisor: {
        uri: facts.backends.libvirtUri,
        domainType: process.env['MALLEE_DOMAIN_TYPE'] ?? 'auto',
        domainTag: layout.tag,
        ...(facts.probeKernel === undefined ? {} : { probeKernel: facts.probeKernel }),
      },
      network: layout.network,
      metadata: { port: layout.ports.metadata },
      walrus: { urlPrefixes: [`${baseUrl(layout, 'walrus')}/services/Walrus`] },
    },
  };
}

export function writeConfigs(layout: CloudLayout, facts: ConfigFacts): void {
  const configs = renderConfigs(layout, facts);
  mkdirSync(join(layout.stateDirectory, 'log'), { recursive: true });
  for (const name of daemons) {
    const file = configFile(layout, name);
    mkdirSync(join(file, '..'), { recursive: true });
    // The database URL may carry a password.
    writeFileSync(file, `${JSON.stringify(configs[name], null, 2)}\n`, { mode: 0o600 });
  }
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
