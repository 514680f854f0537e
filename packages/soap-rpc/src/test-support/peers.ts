import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLogger, Metrics, newCorrelationId, withCorrelation, type Logger } from '@mallee/daemon';
import type { ServiceTable } from '@mallee/wsdl-types';
import type { IdentityPem } from '@mallee/ws-security';
import { createSoapHandler, type HttpHandler, type SoapHandlerOptions } from '../handler.js';
import type { Handlers } from '../operations.js';

export const quiet: Logger = createLogger({ name: 'test', level: 'silent' });

export interface TestServer {
  readonly url: string;
  readonly metrics: Metrics;
  readonly server: Server;
  close(): Promise<void>;
}

/** For tests: an HTTP server on a port of loopback with one handler. */
export async function serve(handler: HttpHandler, metrics = new Metrics()): Promise<TestServer> {
  const server = createServer((request, response) => {
    void withCorrelation(newCorrelationId(), () => handler(request, response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    metrics,
    server,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** For tests: one SOAP service on a port of loopback. */
export async function serveSoap<Ops>(
  service: ServiceTable,
  identity: IdentityPem,
  trusted: readonly string[],
  handlers: Handlers<Ops>,
  more: Partial<SoapHandlerOptions<Ops>> = {},
): Promise<TestServer> {
  const metrics = new Metrics();
  const options = { service, identity, trusted: () => trusted, handlers, logger: quiet, metrics };
  return serve(createSoapHandler<Ops>({ ...options, ...more }), metrics);
}
