import { liveIdentity, loadPeers, type BaseConfig, type HttpListener, type Logger, type Metrics } from '@mallee/daemon';
import { wsdlText, type ServiceTable } from '@mallee/wsdl-types';
import { ReplayCache, type Clock } from '@mallee/ws-security';
import type { XmlLimits } from '@mallee/xml';
import type { IdentitySource } from './current-signer.js';
import { createSoapEndpoint } from './handler.js';
import type { ServedDialect } from './operations.js';
import { isServiceList, sendServiceList } from './service-list.js';
import { unusedPeers, type PeerService } from './unused-peers.js';

/** What a daemon has for its SOAP services; `DaemonContext` fits. */
export interface SoapServerContext {
  readonly config: Pick<BaseConfig, 'keys' | 'peers' | 'listen'> & Partial<Pick<BaseConfig, 'soapLimits'>>;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly http: Pick<HttpListener, 'route' | 'onListening'>;
}

export interface SoapServerOptions {
  /** In place of the files in `keys` of the configuration. */
  readonly identity?: IdentitySource;
  readonly clock?: Clock | undefined;
}

export interface RouteOptions {
  /** PEM texts of the certificates that requests are accepted from, asked for each request. */
  readonly trusted: () => readonly string[];
  /** False for EucalyptusGL. */
  readonly signed?: boolean;
}

/**
 * The SOAP services of one daemon. All have its key of the moment, its addresses (`listen.addresses`), its rules for single peers (`peers`), and one
 * replay cache: a message that was taken at one endpoint is not taken again at another.
 */
export class SoapServer {
  readonly #context: SoapServerContext;
  readonly #identity: IdentitySource;
  readonly #replayCache: ReplayCache;
  readonly #clock: Clock | undefined;
  readonly #listed: ServiceTable[] = [];
  readonly #followPeers: PeerService[] = [];

  constructor(context: SoapServerContext, { identity, clock }: SoapServerOptions = {}) {
    this.#context = context;
    this.#identity = identity ?? liveIdentity(context.config, context.logger);
    this.#clock = clock;
    // What an earlier run of this daemon answered is not in the cache, and is refused for its time.
    this.#replayCache = new ReplayCache({ startedAt: (clock ?? Date.now)() });
    context.http.route(isServiceList, (request, response) => sendServiceList(request, response, this.#listed));
    context.http.onListening(() => this.#warnOfUnusedPeers());
  }

  /** Serves the dialects of one service at their path, with their WSDLs. The first is the default. */
  route(dialects: readonly ServedDialect[], { trusted, signed }: RouteOptions): void {
    const { config, logger, metrics, http } = this.#context;
    const path = dialects[0]?.service.path ?? '';
    this.#listed.push(...dialects.map(({ service }) => service));
    // As in the endpoint: services of our own, and the one without signatures, know no rules for peers.
    const originals = dialects.find(({ service }) => service.dialect !== 'mallee');
    if (originals !== undefined && signed !== false) this.#followPeers.push({ name: originals.service.name, trusted });
    const addresses = config.listen.addresses?.map((base) => new URL(path, base).href);
    const handler = createSoapEndpoint({
      dialects: dialects.map(withWsdl),
      identity: this.#identity,
      trusted,
      peers: () => loadPeers(config),
      addresses: () => addresses,
      replayCache: this.#replayCache,
      limits: limitsOf(config.soapLimits),
      clock: this.#clock,
      signed,
      logger,
      metrics,
    });
    http.route(path, handler);
  }

  /** A rule that never applies looks like one that does. */
  #warnOfUnusedPeers(): void {
    const { config, logger } = this.#context;
    for (const { message, ...fields } of unusedPeers(config.peers, this.#followPeers)) logger.warn(fields, message);
  }
}

/** Only what is set: a default must not be replaced by nothing. */
function limitsOf(set: BaseConfig['soapLimits'] = {}): Partial<XmlLimits> {
  return Object.fromEntries(Object.entries(set).filter(([, value]) => value !== undefined));
}

function withWsdl(dialect: ServedDialect): ServedDialect {
  const { service, wsdl } = dialect;
  if (wsdl !== undefined || service.document === undefined) return dialect;
  return { ...dialect, wsdl: wsdlText(service) };
}
