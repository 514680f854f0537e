import { createHash } from 'node:crypto';
import { isIPv4 } from 'node:net';
import { join } from 'node:path';
import type { CloudAnswer, JoinAnswer, NodeAnswer } from './messages.js';
import { daemonOf } from './roles.js';

/** What only the new host knows. */
export interface HostSettings {
  /** Address to listen on; absent: the registered one when it is an IPv4 address, else all. */
  readonly listen?: string;
  readonly hypervisor: { readonly driver: 'libvirt' | 'simulated'; readonly uri: string; readonly domainType: string };
  readonly metadataPort: number;
  /** Of a cluster, Walrus or storage controller. */
  readonly databaseUrl?: string;
  /** Of a cluster controller. */
  readonly queueUrl?: string;
  readonly network: { readonly mode: 'bridge' | 'user'; readonly subnet: string; readonly bridge?: string };
}

/** Where the parts of a component lie on its host. */
export interface Places {
  /** config.json, keys/, trust/ */
  readonly directory: string;
  readonly stateDirectory: string;
}

/** Files below the directory of a component. */
export function filesOf(directory: string, role: JoinAnswer['role']) {
  const daemon = daemonOf[role];
  return {
    config: join(directory, 'config.json'),
    record: join(directory, 'join.json'),
    privateKey: join(directory, 'keys', `${daemon}-pk.pem`),
    certificate: join(directory, 'keys', `${daemon}-cert.pem`),
    imageKey: {
      privateKey: join(directory, 'keys', 'image-pk.pem'),
      certificate: join(directory, 'keys', 'image-cert.pem'),
    },
    /** The one peer that it has from the beginning. */
    trust: join(directory, 'trust', role === 'node' ? 'cluster-cert.pem' : 'cloud-cert.pem'),
  };
}

/** The configuration file of the new daemon. Pure. */
export function renderConfig(answer: JoinAnswer, settings: HostSettings, places: Places): object {
  const files = filesOf(places.directory, answer.role);
  const { hostname, port, protocol, origin } = new URL(answer.url);
  const host = settings.listen ?? (isIPv4(hostname) ? hostname : '0.0.0.0');
  const { privateKey, certificate } = files;
  const tls = protocol === 'https:' ? { tls: { key: privateKey, certificate } } : {};
  const number = Number(port || (protocol === 'https:' ? 443 : 80));
  const base = {
    name: answer.name,
    stateDirectory: places.stateDirectory,
    // Others of its kind trust the same key, of the cloud or of the cluster: only the address tells for which of them a message is.
    listen: { host, port: number, ...tls, addresses: [origin] },
    keys: { privateKey, certificate },
    trust: answer.role === 'node' ? { cluster: [files.trust] } : { cloud: [files.trust] },
    log: { level: 'info' },
  };
  if (answer.role === 'node') return { ...base, ...nodeConfig(answer, settings, places) };
  if (answer.role === 'cluster') {
    const endpoint = { url: `https://${hostname}:${String(number + 10)}`, listen: { host, port: number + 10 } };
    return { ...base, ...clusterConfig(answer, settings, certificate), joining: { ...endpoint, ...walrusOf(answer) } };
  }
  const { databaseUrl } = settings;
  if (answer.role === 'storage') {
    return { ...base, cluster: answer.cluster, databaseUrl, volumesDirectory: join(places.stateDirectory, 'volumes') };
  }
  return {
    ...base,
    databaseUrl,
    cloudUrl: answer.cloudUrl,
    objectsDirectory: join(places.stateDirectory, 'objects'),
    imageCacheDirectory: join(places.stateDirectory, 'image-cache'),
    imageKey: files.imageKey,
  };
}

function nodeConfig(answer: NodeAnswer, settings: HostSettings, { stateDirectory }: Places): object {
  return {
    cluster: answer.cluster,
    clusterUrl: answer.clusterUrl,
    instancesDirectory: join(stateDirectory, 'instances'),
    cacheDirectory: join(stateDirectory, 'cache'),
    hypervisor: { ...settings.hypervisor, domainTag: answer.domainTag },
    network: answer.network,
    metadata: { port: settings.metadataPort },
    walrus: { urlPrefixes: answer.imageUrlPrefixes },
  };
}

function clusterConfig(answer: CloudAnswer, settings: HostSettings, certificate: string): object {
  const tag = createHash('sha256').update(`${answer.cloudUrl}/${answer.cluster}`).digest('hex').slice(0, 4);
  const { mode, subnet, bridge = `mallee-${tag}` } = settings.network;
  return {
    cluster: answer.cluster,
    databaseUrl: settings.databaseUrl,
    queueUrl: settings.queueUrl,
    queuePrefix: `mallee-${tag}`,
    cloudUrl: answer.cloudUrl,
    nodes: [],
    network: { mode, tag, bridge, subnet },
    // Until there is a node. The interface knows one certificate for all nodes of a cluster, ours have one each.
    glKeys: { clusterCertificate: certificate, nodeCertificate: certificate },
  };
}

function walrusOf({ walrusUrl }: CloudAnswer): object {
  return walrusUrl === undefined ? {} : { walrusUrl };
}
