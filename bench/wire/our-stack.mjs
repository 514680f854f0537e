import { createServer } from 'node:http';
import { createLogger, Metrics } from '@mallee/daemon';
import { createSoapHandler, SoapClient } from '@mallee/soap-rpc';
import { EucalyptusNC_2_0 } from '@mallee/wsdl-types';
import { instance, runInstanceRequest } from './payload.mjs';

/** A call with the client and the server of our daemons. */
export async function openOurStack(cluster, node) {
  const handler = createSoapHandler({
    service: EucalyptusNC_2_0,
    identity: node,
    trusted: () => [cluster.certificatePem],
    handlers: { ncRunInstance: async () => ({ instance: instance(1) }) },
    logger: createLogger({ name: 'bench', level: 'silent' }),
    metrics: new Metrics(),
  });
  const server = createServer((request, response) => void handler(request, response));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = new SoapClient({
    service: EucalyptusNC_2_0,
    url: `http://127.0.0.1:${server.address().port}${EucalyptusNC_2_0.path}`,
    identity: cluster,
    peerCertificates: [node.certificatePem],
  });
  return async () => {
    const reply = await client.call('ncRunInstance', runInstanceRequest);
    if (reply.instance.instanceId !== instance(1).instanceId) throw new Error('another reply');
  };
}
