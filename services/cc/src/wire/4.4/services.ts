import type { EucalyptusCCTypes_4_4 as Wire } from '@mallee/wsdl-types';
import type { Cluster } from '../../cluster.js';
import type { Transition } from '../../service/service-state.js';
import type { ServiceStatus } from '../../service/cluster-service.js';
import { listNodes } from '../../store/nodes.js';
import type { Caller } from '../head.js';
import { fromHead, fromServiceInfo, success } from './head.js';

/** DescribeServices: what it says of the services counts, whatever the epoch. */
export async function describeServices(
  cluster: Cluster,
  request: Wire.DescribeServicesType,
  caller: Caller,
): Promise<Wire.DescribeServicesResponseType> {
  cluster.service.learn(fromHead(request), true);
  const nodes = (await listNodes(cluster.pool)).filter((node) => node.configured);
  const statuses = cluster.service.describe(request.serviceIds.map(fromServiceInfo), nodes);
  return { ...success(request, caller), serviceStatuses: statuses.map(toStatus) };
}

function toStatus({ service, localState, localEpoch, details }: ServiceStatus): Wire.ServiceStatusType {
  return { serviceId: service, localState, localEpoch, details };
}

/** StartService and its like. */
export function changeState(cluster: Cluster, transition: Transition) {
  return (request: Wire.ServiceTransitionType, caller: Caller): Promise<Wire.ServiceTransitionType> => {
    const { service, logger } = cluster;
    service.learn(fromHead(request), false);
    const before = service.state;
    service.change(transition, request.serviceIds.map(fromServiceInfo));
    logger.info({ transition, from: before, to: service.state }, 'the cloud controller changed the state');
    return Promise.resolve({ ...success(request, caller), serviceIds: [], instancesIds: [] });
  };
}
