import { createServer } from 'node:http';
import { createLogger, Metrics } from '@mallee/daemon';
import { createSoapHandler, SoapClient } from '@mallee/soap-rpc';
import { EucalyptusNC_2_0 } from '@mallee/wsdl-types';
import { identity } from './identity.mjs';
import { ratioAsync } from './measure.mjs';
import { instance, runInstanceRequest } from './payload.mjs';
import { openSoapStack } from './soap-stack.mjs';

/** A signed call and its signed reply, both ends in this one process, over HTTP of loopback with connections kept open. */
export async function measureRoundTrip(peer, quick) {
  const node = await identity('node');
  const ours = await openOurs(peer, node);
  const theirs = await openSoapStack(peer, node);
  try {
    return {
      figure: 'signed round trip over HTTP, both ends in one process, ours / soap WSSecurityCert + xml-crypto',
      unit: 'ratio',
      bar: 20,
      aim: 40,
      lowerIsBetter: false,
      digits: 1,
      ...(await ratioAsync(theirs.call, ours.call, {
        slices: quick ? 3 : 10,
        otherCalls: 4,
        taskCalls: 100,
        warmUpCalls: quick ? 500 : 1500,
        otherWarmUp: quick ? 5 : 20,
      })),
    };
  } finally {
    await Promise.all([ours.close(), theirs.close()]);
  }
}

async function openOurs(cluster, node) {
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
  return {
    call: () => client.call('ncRunInstance', runInstanceRequest),
    close: async () => {
      client.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
