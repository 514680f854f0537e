import { loadTrusted, type DaemonContext, type HttpHandler } from '@mallee/daemon';
import type { Pool } from '@mallee/database';
import { SoapServer } from '@mallee/soap-rpc';
import express from 'express';
import type { CloudIdentity, ComponentClients } from './components/clients.js';
import { listComponents } from './components/registry.js';
import type { RegisteredCertificates } from './components/trust.js';
import type { ClcConfig } from './config.js';
import { queryHandler } from './ec2/query-handler.js';
import { isQueryPath, selectService } from './ec2/routes.js';
import { callerLookup } from './identity/access-keys.js';
import { walrusProxy } from './proxy/walrus-proxy.js';
import { cloudDialect, extensionDialect } from './soap/dialects.js';
import type { HintReceiver } from './soap/extension.js';

export interface FrontOptions extends DaemonContext<ClcConfig> {
  readonly pool: Pool;
  readonly identity: CloudIdentity | (() => CloudIdentity);
  readonly clients: ComponentClients;
  readonly certificates: RegisteredCertificates;
  readonly lifecycle: HintReceiver;
}

/** Mounts everything the cloud controller serves on the listener. Returns what closes the connections to Walrus. */
export function mountFront(options: FrontOptions): { close(): void } {
  mountSoap(options);
  const { http, pool, logger, metrics, config, clients, certificates } = options;
  const proxy = walrusProxy({ target: async () => (await listComponents(pool, 'walrus'))[0]?.url, logger });
  http.route(isObjectStoragePath, proxy.handler);
  const query = queryHandler({
    lookup: callerLookup(pool),
    select: selectService,
    base: { pool, clients, config, logger, componentsChanged: () => certificates.refresh() },
    publicUrl: config.publicUrl,
    logger,
    metrics,
  });
  http.route(isQueryPath, queryApplication(query));
  return proxy;
}

/** What people and tools ask in forms is an Express application; SOAP and object data take the short way of node:http. */
function queryApplication(handler: HttpHandler): HttpHandler {
  const application = express();
  application.disable('x-powered-by');
  application.use((request, response) => handler(request, response));
  return application;
}

function mountSoap(options: FrontOptions): void {
  const { identity, config, certificates } = options;
  const soap = new SoapServer(options, { identity });
  soap.route([cloudDialect(options)], {
    trusted: () => [...certificates.of('walrus'), ...loadTrusted(config, 'walrus'), ...certificates.of('cluster')],
  });
  soap.route([extensionDialect(options)], {
    trusted: () => [...certificates.of('cluster'), ...loadTrusted(config, 'cluster')],
  });
}

/** `/services/Walrus` and `/services/objectstorage` with everything below them. */
export function isObjectStoragePath(path: string): boolean {
  return /^\/services\/(Walrus|objectstorage)(\/|$)/.test(path);
}
