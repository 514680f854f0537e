import { loadTrusted, type HttpListener, type Role } from '@mallee/daemon';
import { MalleeError } from '@mallee/errors';
import { serve, SoapServer, type ServedDialect } from '@mallee/soap-rpc';
import { MalleeExtension, type MalleeExtensionOperations } from '@mallee/wsdl-types';
import type { Cluster } from './cluster.js';
import { describeDetails } from './operations/describe-details.js';
import { takeHint } from './operations/hint.js';
import { clusterController20 } from './wire/2.0/cluster-controller.js';
import { keys20 } from './wire/2.0/keys.js';
import { clusterController44 } from './wire/4.4/cluster-controller.js';
import { keys44 } from './wire/4.4/keys.js';

/** Serves the three SOAP services of the cluster controller. Only GetKeys needs no signature. */
export function serveSoap(cluster: Cluster, http: HttpListener): void {
  const { logger, metrics } = cluster;
  const soap = new SoapServer({ config: cluster.config(), logger, metrics, http });
  const trusted = (...roles: Role[]) => roles.flatMap((role) => loadTrusted(cluster.config(), role));
  soap.route(clusterDialects(cluster), { trusted: () => trusted('cloud') });
  soap.route(keyDialects(cluster), { trusted: () => [], signed: false });
  const extension = extensionDialect(cluster, () => trusted('cloud'));
  soap.route([extension], { trusted: () => trusted('cloud', 'node') });
}

/** EucalyptusCC in every dialect; the first is for messages that could be of several. */
export function clusterDialects(cluster: Cluster): readonly ServedDialect[] {
  return [clusterController20(cluster), clusterController44(cluster)];
}

/** EucalyptusGL in every dialect. */
export function keyDialects(cluster: Cluster): readonly ServedDialect[] {
  return [keys20(cluster), keys44(cluster)];
}

/** MalleeExtension; `cloud` gives the certificates of the cloud. */
export function extensionDialect(cluster: Cluster, cloud: () => readonly string[]): ServedDialect {
  return serve<MalleeExtensionOperations>(MalleeExtension, {
    Hint: (request, context) => takeHint(cluster, request, context.correlationId),
    DescribeDetails: (request, context) => {
      requirePeer(context.peerCertificate, cloud(), 'DescribeDetails');
      return describeDetails(cluster, request, context.correlationId);
    },
  });
}

/** One endpoint, two callers: nodes give hints, only the cloud asks questions. */
function requirePeer(peer: string, allowed: readonly string[], operation: string): void {
  const normal = (pem: string): string => pem.replaceAll(/\s/g, '');
  if (allowed.some((pem) => normal(pem) === normal(peer))) return;
  throw new MalleeError('Wire.UnknownCertificate', `the caller may not use ${operation}`);
}
