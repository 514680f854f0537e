import { services } from '@mallee/wsdl-types';
import type { Component } from '../../components/registry.js';
import type { CloudServices } from './enable.js';

/** Paths of the services that a cluster controller or its nodes look for, by the type that the wire calls them. */
const WIRE = {
  cluster: { type: 'cluster', path: services.EucalyptusCC['4.4'].path },
  storage: { type: 'storage', path: services.EucalyptusSC['4.4'].path },
  walrus: { type: 'objectstorage', path: '/services/Walrus' },
} as const;

/** What the cluster controller of a component is told of the cloud: itself, and all that is registered. */
export function cloudServices(
  cluster: Component,
  components: readonly Component[],
  cloudUrl: string | undefined,
): CloudServices {
  const cloud =
    cloudUrl === undefined
      ? []
      : [{ type: 'eucalyptus', name: 'eucalyptus', uris: [new URL('/services/Eucalyptus', cloudUrl).href] }];
  return { self: toService(cluster), all: [...cloud, ...components.map(toService)] };
}

function toService({ type, name, partition, url }: Component) {
  const wire = WIRE[type];
  return { partition, type: wire.type, name, uris: [url + wire.path] };
}
