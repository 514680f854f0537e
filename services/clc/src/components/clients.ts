import type { Queryable } from '@mallee/database';
import { MalleeError } from '@mallee/errors';
import { PeerLink, SoapClient } from '@mallee/soap-rpc';
import {
  EucalyptusCC_2_0,
  MalleeExtension,
  MalleeStorage,
  MalleeWalrus,
  type EucalyptusCCOperations_2_0,
  type MalleeExtensionOperations,
  type MalleeStorageOperations,
  type MalleeWalrusOperations,
  type ServiceTable,
} from '@mallee/wsdl-types';
import { splitCertificates, type Logger, type Metrics } from '@mallee/daemon';
import { listComponents, type Component, type ComponentType } from './registry.js';

/** Key pair with which the CLC signs: the cloud key. */
export interface CloudIdentity {
  readonly privateKeyPem: string;
  readonly certificatePem: string;
}

export interface ClusterClients {
  /** The `component` row at the time of the call. */
  readonly component: Component;
  readonly zone: string;
  readonly cc: SoapClient<EucalyptusCCOperations_2_0>;
  readonly extension: SoapClient<MalleeExtensionOperations>;
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
  /** As registered now: a component that changes its key keeps its connections. */
  certificates: readonly string[];
  /** One for all services of the component: its connections, and when it does not answer. */
  readonly link: PeerLink;
  readonly clients: Map<string, unknown>;
}

/** The polls pace themselves, and a component that is back should be seen soon. */
const breaker = { waitMs: 1000, maxWaitMs: 5000 };

export function componentClients(
  database: Queryable,
  identity: CloudIdentity | (() => CloudIdentity),
  logger: Logger,
  timeoutMs = 20_000,
  metrics?: Metrics,
): ComponentClients {
  const shared = { logger, ...(metrics === undefined ? {} : { metrics }) };
  const cache = new Map<string, Cached>();

  function client<Ops>(component: Component, service: ServiceTable): SoapClient<Ops> {
    const key = `${component.type}/${component.name}`;
    let entry = cache.get(key);
    if (entry && entry.url !== component.url) {
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
      timeoutMs,
      ...shared,
    });
    entry.clients.set(service.path, made);
    return made;
  }

  function newEntry({ url, certificate }: Component): Cached {
    const tls = { pinnedCertificates: (): readonly string[] => entry.certificates };
    const link = new PeerLink({ ...shared, url, breaker, ...(url.startsWith('https:') ? { tls } : {}) });
    const entry: Cached = { url, certificates: splitCertificates(certificate), link, clients: new Map() };
    return entry;
  }

  const clusterClients = (component: Component): ClusterClients => ({
    component,
    zone: component.partition,
    cc: client<EucalyptusCCOperations_2_0>(component, EucalyptusCC_2_0),
    extension: client<MalleeExtensionOperations>(component, MalleeExtension),
  });

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
