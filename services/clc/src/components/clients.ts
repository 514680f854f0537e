import type { Queryable } from '@mallee/database';
import { MalleeError } from '@mallee/errors';
import { SoapClient } from '@mallee/soap-rpc';
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
import { splitCertificates, type Logger } from '@mallee/daemon';
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
  readonly clients: Map<string, { close(): unknown }>;
}

export function componentClients(
  database: Queryable,
  identity: CloudIdentity | (() => CloudIdentity),
  logger: Logger,
  timeoutMs = 20_000,
): ComponentClients {
  const cache = new Map<string, Cached>();

  function client<Ops>(component: Component, service: ServiceTable): SoapClient<Ops> {
    const key = `${component.type}/${component.name}`;
    let entry = cache.get(key);
    if (entry && entry.url !== component.url) {
      closeAll(entry);
      entry = undefined;
    }
    const certificates = splitCertificates(component.certificate);
    entry ??= { url: component.url, certificates, clients: new Map() };
    entry.certificates = certificates;
    cache.set(key, entry);
    const current = entry;
    const known = entry.clients.get(service.path);
    if (known) return known as SoapClient<Ops>;
    const made = new SoapClient<Ops>({
      service,
      url: component.url + service.path,
      identity,
      peerCertificates: () => current.certificates,
      ...(component.url.startsWith('https:') ? { tls: { pinnedCertificates: () => current.certificates } } : {}),
      timeoutMs,
      logger,
    });
    entry.clients.set(service.path, made);
    return made;
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
      for (const entry of cache.values()) closeAll(entry);
      cache.clear();
    },
  };
}

function closeAll(entry: Cached): void {
  for (const one of entry.clients.values()) void one.close();
}
