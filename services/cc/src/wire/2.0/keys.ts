import { notSupported, serve, type ServedDialect } from '@mallee/soap-rpc';
import { EucalyptusGL_2_0, type EucalyptusGLOperations_2_0 } from '@mallee/wsdl-types';
import type { Cluster } from '../../cluster.js';
import { getKeys } from '../../operations/get-keys.js';
import { success } from '../head.js';
import { reasons } from '../reasons.js';

/** EucalyptusGL as a 2.0 cloud controller calls it, without a signature. */
export function keys20(cluster: Cluster): ServedDialect {
  return serve<EucalyptusGLOperations_2_0>(EucalyptusGL_2_0, {
    GetKeys: async (request, caller) => {
      const { clusterCertificate, nodeCertificate } = await getKeys(cluster.config());
      const certificates = { CCcert: clusterCertificate, NCcert: nodeCertificate };
      return { ...success(request, caller), serviceTag: 'self', ...certificates };
    },
    GetLogs: notSupported(reasons.logs),
  });
}
