import { Health, HttpListener, Metrics, type HttpHandler, type Logger } from '@mallee/daemon';
import { createSoapHandler, type Handlers } from '@mallee/soap-rpc';
import type { ServiceTable } from '@mallee/wsdl-types';
import { makeIdentity } from '@mallee/testing';
import type { CloudIdentity } from '../components/clients.js';

/** A component that speaks real signed SOAP but does nothing: handlers may be replaced at any time. */
export interface FakeComponent<Ops> {
  readonly identity: CloudIdentity;
  readonly port: number;
  /** Called for each operation. */
  handlers: Handlers<Ops>;
  stop(): Promise<void>;
}

export async function startFakeComponent<Ops>(options: {
  service: ServiceTable;
  name: string;
  cloudCertificate: string;
  logger: Logger;
  /** Serves all other paths. */
  http?: HttpHandler;
}): Promise<FakeComponent<Ops>> {
  const identity = await makeIdentity(options.name);
  const { logger } = options;
  const metrics = new Metrics();
  const http = new HttpListener({ host: '127.0.0.1', port: 0, logger, metrics, health: new Health() });
  const current: { handlers: Handlers<Ops> } = { handlers: {} };
  const names = Object.keys(options.service.operations) as (keyof Handlers<Ops>)[];
  const handlers = Object.fromEntries(
    names.map((name) => [
      name,
      (request: never, context: never) => {
        const handler = current.handlers[name];
        if (!handler) throw new Error(`the test has no handler for ${String(name)}`);
        return handler(request, context);
      },
    ]),
  ) as Handlers<Ops>;
  const trusted = (): string[] => [options.cloudCertificate];
  http.route(
    options.service.path,
    createSoapHandler<Ops>({ service: options.service, identity, trusted, handlers, logger, metrics }),
  );
  if (options.http) http.route('*', options.http);
  const { port } = await http.listen();
  return Object.assign(current, { identity, port, stop: () => http.close(100) });
}
