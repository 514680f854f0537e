import { serve, type ServedDialect } from '@mallee/soap-rpc';
import { EucalyptusGL_4_4, type EucalyptusGLOperations_4_4 } from '@mallee/wsdl-types';
import type { Cluster } from '../../cluster.js';
import { getKeys } from '../../operations/get-keys.js';
import { success } from '../head.js';

/** EucalyptusGL as a 4.4 cloud controller calls it, without a signature: what it says of services is not believed. */
export function keys44(cluster: Cluster): ServedDialect {
  return serve<EucalyptusGLOperations_4_4>(EucalyptusGL_4_4, {
    GetKeys: async (request, caller) => {
      const { clusterCertificate, nodeCertificate } = await getKeys(cluster.config());
      const certificates = { CCcert: clusterCertificate, NCcert: nodeCertificate };
      return { ...success(request, caller), services: [], serviceTag: 'self', ...certificates };
    },
  });
}
