import type { Queryable } from '@mallee/database';
import { MalleeError } from '@mallee/errors';
import type { AllHandlers } from '@mallee/soap-rpc';
import type { MalleeCloudOperations } from '@mallee/wsdl-types';
import type { RegisteredCertificates } from '../components/trust.js';
import { readCertificate } from '../identity/accounts.js';

const MAXIMUM_NODES = 4096;

/** The part of MalleeCloud about nodes: a cluster says which it has, Walrus asks for those of all. */
export function nodeHandlers(
  database: Queryable,
  certificates: RegisteredCertificates,
): Pick<AllHandlers<MalleeCloudOperations>, 'ReportNodes' | 'ListNodes'> {
  return {
    async ReportNodes(request, { peerCertificate }) {
      const cluster = certificates.find('cluster', peerCertificate);
      if (cluster === undefined) throw refusal('ReportNodes');
      if (request.certificates.length > MAXIMUM_NODES) {
        throw new MalleeError('Wire.LimitExceeded', `a cluster has at most ${MAXIMUM_NODES} nodes`);
      }
      const texts = request.certificates.map((pem) => readCertificate(pem).toString());
      await database.query(`update component set node_certificates = $2 where type = 'cluster' and name = $1`, [
        cluster.name,
        [...new Set(texts)],
      ]);
      return { return: true };
    },

    async ListNodes(_request, { peerCertificate }) {
      requireWalrus(certificates, peerCertificate, 'ListNodes');
      const { rows } = await database.query<{ pem: string }>(
        `select distinct unnest(node_certificates) as pem from component where type = 'cluster'`,
      );
      return { return: true, certificates: rows.map(({ pem }) => pem) };
    },
  };
}

/** One endpoint, two kinds of callers: a cluster may not ask what only Walrus is told. @throws Wire.UnknownCertificate */
export function requireWalrus(certificates: RegisteredCertificates, peer: string, operation: string): void {
  if (certificates.find('cluster', peer) !== undefined && certificates.find('walrus', peer) === undefined) {
    throw refusal(operation);
  }
}

function refusal(operation: string): MalleeError {
  return new MalleeError('Wire.UnknownCertificate', `the caller may not use ${operation}`);
}
