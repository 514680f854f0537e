import { notSupported, type AllHandlers } from '@mallee/soap-rpc';
import type { MalleeExtensionOperations } from '@mallee/wsdl-types';
import type { RegisteredCertificates } from '../components/trust.js';

/** What the lifecycle offers to the endpoint. */
export interface HintReceiver {
  hint(zone: string, ids: string[]): void;
}

/** MalleeExtension at the CLC: a cluster says that something changed, so its next poll happens now. */
export function extensionHandlers(
  certificates: RegisteredCertificates,
  lifecycle: HintReceiver,
): AllHandlers<MalleeExtensionOperations> {
  return {
    Hint(request, { peerCertificate }) {
      // The sender is known by its certificate; what it says about itself decides nothing.
      const cluster = certificates.find('cluster', peerCertificate);
      if (cluster) lifecycle.hint(cluster.partition, [...request.subjects]);
      return Promise.resolve({ return: true });
    },
    DescribeDetails: notSupported('a cloud asks its clusters, nobody asks it'),
  };
}
