import { HttpListener, type DaemonContext } from '@mallee/daemon';
import type { Pool } from '@mallee/database';
import { MalleeError } from '@mallee/errors';
import { JoinEndpoint } from './join-endpoint.js';
import { JOIN_PATH, ROTATE_PATH } from './messages.js';
import type { Registrars } from './registrar.js';
import { endpointTls, serviceUrl, takesServiceUrl, type JoinableConfig } from './settings.js';

export interface ServeJoiningOptions extends Pick<
  DaemonContext<JoinableConfig>,
  'config' | 'logger' | 'metrics' | 'health' | 'http'
> {
  /** Of the schema that has the table of the tokens. */
  readonly pool: Pool;
  readonly registrars: Registrars;
}

/** Opens the endpoint as `joining` says; does nothing without it. `port`: of its own listener, for tests. */
export async function serveJoining(
  options: ServeJoiningOptions,
): Promise<{ port: number | undefined; close(): Promise<void> }> {
  const { config, logger, metrics, health, http, pool, registrars } = options;
  const none = { port: undefined, close: () => Promise.resolve() };
  if (config.joining === undefined) return none;
  const tls = endpointTls(config);
  if (tls === undefined) {
    throw new MalleeError('Configuration.Invalid', 'joining needs TLS: give it a listen of its own, or listen.tls');
  }
  if (!takesServiceUrl(config)) {
    logger.warn(
      { serviceUrl: serviceUrl(config), addresses: config.listen.addresses },
      'what joins here is told an address that this daemon does not take messages for: add it to listen.addresses, or correct joining',
    );
  }
  const endpoint = new JoinEndpoint({ pool, registrars, logger, metrics });
  const mount = (listener: HttpListener): void => {
    for (const path of [JOIN_PATH, ROTATE_PATH]) listener.route(path, endpoint.handle);
  };
  if (config.joining.listen === undefined) {
    mount(http);
    return none;
  }
  const listener = new HttpListener({ ...config.joining.listen, tls, logger, metrics, health });
  mount(listener);
  const { port } = await listener.listen();
  logger.info({ port }, 'others may join here');
  return { port, close: () => listener.close() };
}
