import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { listen } from 'soap';
import type { LocalServer } from '../support/changing-proxy.js';

const PATH = '/axis2/services/EucalyptusNC';
const numbers = ['memorySizeMax', 'memorySizeAvailable', 'diskSizeMax', 'diskSizeAvailable'];

/** A node controller made with the server of the `soap` package, which neither verifies nor signs: ncDescribeResource only. */
export async function serveWithNodeSoap(wsdl: string, reply: Readonly<Record<string, unknown>>): Promise<LocalServer> {
  const zeros = Object.fromEntries([...numbers, 'numberOfCoresMax', 'numberOfCoresAvailable'].map((name) => [name, 0]));
  const full = { nodeStatus: 'OK', ...zeros, publicSubnets: 'none', ...reply };
  const ordered = { return: true, ...full };
  const services = { EucalyptusNC: { EucalyptusNCPort: { ncDescribeResource: () => ordered } } };
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  listen(server, PATH, services, wsdl);
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${PATH}`, close: () => server.close() };
}
