import type { Queryable } from '@mallee/database';
import { MalleeError } from '@mallee/errors';
import { originalCluster, PeerLink, SoapClient } from '@mallee/soap-rpc';
import {
  MalleeExtension,
  MalleeStorage,
  MalleeWalrus,
  services,
  type EucalyptusCCOperations_2_0,
  type EucalyptusCCOperations_4_4,
  type MalleeExtensionOperations,
  type MalleeStorageOperations,
  type MalleeWalrusOperations,
  type ServiceTable,
} from '@mallee/wsdl-types';
import { splitCertificates, type Logger, type Metrics } from '@mallee/daemon';
import { ClusterCalls } from '../wire/cluster-calls.js';
import { clusterOf20 } from '../wire/2.0/cluster.js';
import { clusterOf44 } from '../wire/4.4/cluster.js';
import { Enabler } from '../wire/4.4/enable.js';
import { cloudServices } from '../wire/4.4/cloud-services.js';
import type { ClusterPort } from './cluster-port.js';
import { listComponents, type Component, type ComponentType, type Speech } from './registry.js';

/** Key pair with which the CLC signs: the cloud key. */
export interface CloudIdentity {
  readonly privateKeyPem: string;
  readonly certificatePem: string;
}

export interface ClusterClients {
  /** The `component` row at the time of the call. */
  readonly component: Component;
  readonly zone: string;
  readonly cluster: ClusterPort;
  /** Undefined for an original, which has no such service. */
  readonly extension: SoapClient<MalleeExtensionOperations> | undefined;
}

export interface StorageClients {
  readonly component: Component;
  readonly zone: string;
  readonly storage: SoapClient<MalleeStorageOperations>;
}

export interface WalrusClients {
  readonly component: Component;
  readonly walrus: SoapClient<MalleeWalrusOperations>;
}

/** Clients of the registered components; reads the registry at each call and keeps the clients of unchanged rows. */
export interface ComponentClients {
  /** The cluster of a zone. @throws InvalidZone.NotFound when no cluster is registered for it */
  cluster(zone: string): Promise<ClusterClients>;
  clusters(): Promise<ClusterClients[]>;
  /** The storage controller of a zone. @throws Unavailable when none is registered for it */
  storage(zone: string): Promise<StorageClients>;
  /** @throws Unavailable when no Walrus is registered */
  walrus(): Promise<WalrusClients>;
  close(): void;
}

interface Cached {
  readonly url: string;
  readonly speech: Speech;
  /** As registered now: a component that changes its key keeps its connections. */
  certificates: readonly string[];
  /** One for all services of the component: its connections, and when it does not answer. */
  readonly link: PeerLink;
  readonly clients: Map<string, unknown>;
  cluster: ClusterPort | undefined;
}

/** The polls pace themselves, and a component that is back should be seen soon. */
const breaker = { waitMs: 1000, maxWaitMs: 5000 };

export function componentClients(
  database: Queryable,
  identity: CloudIdentity | (() => CloudIdentity),
  logger: Logger,
  timeoutMs = 20_000,
  metrics?: Metrics,
  /** Base URL of this cloud controller, as clusters of dialect 4.4 are told it. */
  cloudUrl?: string,
): ComponentClients {
  const shared = { logger, ...(metrics === undefined ? {} : { metrics }) };
  const cache = new Map<string, Cached>();

  function client<Ops>(component: Component, service: ServiceTable): SoapClient<Ops> {
    const key = keyOf(component);
    let entry = cache.get(key);
    if (entry && (entry.url !== component.url || !sameSpeech(entry.speech, component.speech))) {
      entry.link.close();
      entry = undefined;
    }
    entry ??= newEntry(component);
    entry.certificates = splitCertificates(component.certificate);
    cache.set(key, entry);
    const current = entry;
    const known = entry.clients.get(service.path);
    if (known) return known as SoapClient<Ops>;
    const made = new SoapClient<Ops>({
      service,
      url: component.url + service.path,
      identity,
      peerCertificates: () => current.certificates,
      peer: current.link,
      ...(service.dialect === 'mallee' ? {} : { profile: component.speech.profile, suite: component.speech.suite }),
      timeoutMs,
      ...shared,
    });
    entry.clients.set(service.path, made);
    return made;
  }

  function newEntry({ url, certificate, speech }: Component): Cached {
    const tls = { pinnedCertificates: (): readonly string[] => entry.certificates };
    const link = new PeerLink({
      ...shared,
      url,
      breaker,
      ...(url.startsWith('https:') ? { tls } : {}),
      ...(isOriginal(speech) ? originalCluster : {}),
    });
    const certificates = splitCertificates(certificate);
    const entry: Cached = { url, speech, certificates, link, clients: new Map(), cluster: undefined };
    return entry;
  }

  function clusterClients(component: Component): ClusterClients {
    const original = isOriginal(component.speech);
    const extension = original ? undefined : client<MalleeExtensionOperations>(component, MalleeExtension);
    return { component, zone: component.partition, cluster: clusterPort(component), extension };
  }

  function clusterPort(component: Component): ClusterPort {
    const { dialect } = component.speech;
    const service = services.EucalyptusCC[dialect];
    const soap = client<never>(component, service);
    const entry = cache.get(keyOf(component));
    if (entry?.cluster !== undefined) return entry.cluster;
    const port = makePort(component, soap);
    if (entry !== undefined) entry.cluster = port;
    return port;
  }

  function makePort(component: Component, soap: unknown): ClusterPort {
    const original = isOriginal(component.speech);
    if (component.speech.dialect === '2.0') {
      const client20 = soap as SoapClient<EucalyptusCCOperations_2_0>;
      return clusterOf20(
        new ClusterCalls<EucalyptusCCOperations_2_0>(client20, services.EucalyptusCC['2.0'], original),
      );
    }
    const client44 = soap as SoapClient<EucalyptusCCOperations_4_4>;
    const calls = new ClusterCalls<EucalyptusCCOperations_4_4>(client44, services.EucalyptusCC['4.4'], original);
    const told = async () => cloudServices(component, await listComponents(database), cloudUrl);
    return clusterOf44(calls, new Enabler(calls, told));
  }

  const find = async (type: ComponentType, zone?: string): Promise<Component | undefined> =>
    (await listComponents(database, type)).find((one) => zone === undefined || one.partition === zone);

  return {
    async cluster(zone) {
      const component = await find('cluster', zone);
      if (!component) throw new MalleeError('InvalidZone.NotFound', `The availability zone '${zone}' does not exist`);
      return clusterClients(component);
    },
    async clusters() {
      return (await listComponents(database, 'cluster')).map(clusterClients);
    },
    async storage(zone) {
      const component = await find('storage', zone);
      if (!component) {
        throw new MalleeError(
          'Unavailable',
          `Storage services are not available for the requested availability zone: ${zone}`,
        );
      }
      return { component, zone, storage: client<MalleeStorageOperations>(component, MalleeStorage) };
    },
    async walrus() {
      const component = await find('walrus');
      if (!component) throw new MalleeError('Unavailable', 'No Walrus is registered with this cloud');
      return { component, walrus: client<MalleeWalrusOperations>(component, MalleeWalrus) };
    },
    close() {
      for (const { link } of cache.values()) link.close();
      cache.clear();
    },
  };
}

function keyOf({ type, name }: Component): string {
  return `${type}/${name}`;
}

function isOriginal({ suite }: Speech): boolean {
  return suite === 'rsa-sha1';
}

function sameSpeech(a: Speech, b: Speech): boolean {
  return a.dialect === b.dialect && a.profile === b.profile && a.suite === b.suite;
}
