import type { EucalyptusCCTypes_4_4 as Wire } from '@mallee/wsdl-types';
import type { Service, Topology } from '../../service/topology.js';
import { success as plain, type Caller } from '../head.js';

/** What a message of dialect 4.4 says of the services of the cloud. */
export function fromHead(request: Wire.EucalyptusMessage): Partial<Topology> {
  return {
    ...(request.epoch === undefined ? {} : { epoch: request.epoch }),
    enabled: request.services.map(fromServiceInfo),
    disabled: request.disabledServices.map(fromServiceInfo),
    notReady: request.notreadyServices.map(fromServiceInfo),
  };
}

export function fromServiceInfo({ partition, type = '', name = '', uris }: Wire.ServiceInfoType): Service {
  return { ...(partition === undefined ? {} : { partition }), type, name, uris };
}

/** No statement about services: an answer of a cluster controller makes none. */
export const noServices = { services: [], disabledServices: [], notreadyServices: [] } as const;

/** The first elements of an answer that went well. */
export function success(request: { readonly userId?: string | undefined }, caller: Caller) {
  return { ...plain(request, caller), ...noServices };
}
