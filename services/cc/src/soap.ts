import { loadIdentity, loadTrusted, type HttpListener, type Role } from '@mallee/daemon';
import { MalleeError } from '@mallee/errors';
import { createSoapHandler } from '@mallee/soap-rpc';
import {
  EucalyptusCC_2_0,
  EucalyptusGL_2_0,
  MalleeExtension,
  type EucalyptusCCOperations_2_0,
  type EucalyptusGLOperations_2_0,
  type MalleeExtensionOperations,
} from '@mallee/wsdl-types';
import type { Cluster } from './cluster.js';
import { describeDetails } from './operations/describe-details.js';
import { describeInstances } from './operations/describe-instances.js';
import { describeNetworks } from './operations/describe-networks.js';
import { describePublicAddresses } from './operations/describe-public-addresses.js';
import { describeResources } from './operations/describe-resources.js';
import { getConsoleOutput } from './operations/get-console-output.js';
import { getKeys } from './operations/get-keys.js';
import { takeHint } from './operations/hint.js';
import type { Operation } from './operations/operation.js';
import { rebootInstances } from './operations/reboot-instances.js';
import { runInstances } from './operations/run-instances.js';
import { startNetwork } from './operations/start-network.js';
import { stopNetwork } from './operations/stop-network.js';
import { terminateInstances } from './operations/terminate-instances.js';

type CcOperations = EucalyptusCCOperations_2_0;

/** Serves the three SOAP services of the cluster controller. */
export function serveSoap(cluster: Cluster, http: HttpListener): void {
  const { logger, metrics } = cluster;
  const common = { identity: loadIdentity(cluster.config()), logger, metrics };
  const trusted = (...roles: Role[]) => roles.flatMap((role) => loadTrusted(cluster.config(), role));
  const serve =
    <Name extends keyof CcOperations>(operation: Operation<Name>) =>
    (request: CcOperations[Name]['request'], context: { correlationId: string }) =>
      operation(cluster, request, context);

  const cc = createSoapHandler<CcOperations>({
    ...common,
    service: EucalyptusCC_2_0,
    trusted: () => trusted('cloud'),
    handlers: {
      DescribeResources: serve<'DescribeResources'>(describeResources),
      DescribeInstances: serve<'DescribeInstances'>(describeInstances),
      RunInstances: serve<'RunInstances'>(runInstances),
      TerminateInstances: serve<'TerminateInstances'>(terminateInstances),
      RebootInstances: serve<'RebootInstances'>(rebootInstances),
      GetConsoleOutput: serve<'GetConsoleOutput'>(getConsoleOutput),
      DescribeNetworks: serve<'DescribeNetworks'>(describeNetworks),
      StartNetwork: serve<'StartNetwork'>(startNetwork),
      StopNetwork: serve<'StopNetwork'>(stopNetwork),
      DescribePublicAddresses: serve<'DescribePublicAddresses'>(describePublicAddresses),
    },
  });
  http.route(EucalyptusCC_2_0.path, cc);

  const gl = createSoapHandler<EucalyptusGLOperations_2_0>({
    ...common,
    service: EucalyptusGL_2_0,
    signed: false,
    trusted: () => [],
    handlers: { GetKeys: (request, context) => getKeys(cluster.config(), request, context.correlationId) },
  });
  http.route(EucalyptusGL_2_0.path, gl);

  const extension = createSoapHandler<MalleeExtensionOperations>({
    ...common,
    service: MalleeExtension,
    trusted: () => trusted('cloud', 'node'),
    handlers: {
      Hint: (request, context) => takeHint(cluster, request, context.correlationId),
      DescribeDetails: (request, context) => {
        requirePeer(context.peerCertificate, trusted('cloud'), 'DescribeDetails');
        return describeDetails(cluster, request, context.correlationId);
      },
    },
  });
  http.route(MalleeExtension.path, extension);
}

/** One endpoint, two callers: nodes give hints, only the cloud asks questions. */
function requirePeer(peer: string, allowed: readonly string[], operation: string): void {
  const normal = (pem: string): string => pem.replaceAll(/\s/g, '');
  if (allowed.some((pem) => normal(pem) === normal(peer))) return;
  throw new MalleeError('Wire.UnknownCertificate', `the caller may not use ${operation}`);
}
