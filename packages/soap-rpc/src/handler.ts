import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  currentCorrelationId,
  newCorrelationId,
  readBody,
  withCorrelation,
  type Logger,
  type Metrics,
  type PeerRules,
} from '@mallee/daemon';
import { MalleeError, toMalleeError } from '@mallee/errors';
import type { ServiceTable } from '@mallee/wsdl-types';
import type { Clock, ReplayCache, SignatureEngine, SuiteName, VerifiedMessage } from '@mallee/ws-security';
import type { XmlLimits } from '@mallee/xml';
import { textOf } from './base-message.js';
import type { IdentitySource } from './current-signer.js';
import { errorHeader, failureText, writeFault } from './fault.js';
import { checkHttp, sendText, sendUnaddressed } from './http.js';
import { NO_REASON, servePart, type CallContext, type Handlers, type ServedDialect } from './operations.js';
import { Peers } from './peer-rules.js';
import { Reception, type ReceivedRequest } from './reception.js';
import { Replies } from './replies.js';
import { ServiceMetrics } from './service-metrics.js';

/** What an endpoint needs, whatever it serves. */
export interface EndpointOptions {
  readonly identity: IdentitySource;
  /** PEM texts of the certificates that requests are accepted from, asked for each request. */
  readonly trusted: () => readonly string[];
  /** Rules for single ones of them, asked for each request: `loadPeers`. Services of our own (dialect `mallee`) ignore them. */
  readonly peers?: (() => readonly PeerRules[]) | undefined;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** False for the one service without WS-Security, EucalyptusGL. */
  readonly signed?: boolean | undefined;
  /** Algorithms of peers without rules of their own; a reply uses that of the request. Default rsa-sha256. */
  readonly suites?: readonly SuiteName[] | undefined;
  /** URLs of this endpoint; if given, wsa:To must be one of them, else only its path is compared. */
  readonly addresses?: (() => readonly string[] | undefined) | undefined;
  /** One cache for all endpoints of a daemon; default one of its own. */
  readonly replayCache?: ReplayCache | undefined;
  readonly limits?: Partial<XmlLimits> | undefined;
  /** How long the body of a request may take to arrive, in milliseconds; default 30 s. */
  readonly bodyTimeoutMs?: number | undefined;
  readonly clock?: Clock | undefined;
  readonly engine?: SignatureEngine | undefined;
}

export interface SoapEndpointOptions extends EndpointOptions {
  /** The dialects of one service, all at one path; the first is the default. */
  readonly dialects: readonly ServedDialect[];
}

export interface SoapHandlerOptions<Ops> extends EndpointOptions {
  readonly service: ServiceTable;
  readonly handlers: Handlers<Ops>;
  /** Text of the WSDL, answered to GET ?wsdl. */
  readonly wsdl?: string;
}

export type HttpHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** The only service that may be served without signatures: originals ask it for certificates before they can verify any. */
const UNSIGNED_SERVICE = 'EucalyptusGL';

/** Serves a service in one dialect. */
export function createSoapHandler<Ops>(options: SoapHandlerOptions<Ops>): HttpHandler {
  const { service, handlers, wsdl } = options;
  return createSoapEndpoint({ ...options, dialects: [servePart(service, handlers, wsdl)] });
}

/**
 * Serves one SOAP service in one or several dialects; each request is answered in its own. A request is verified first, and only what
 * was signed is looked at: operation, content and sender. A failure of an operation is a signed reply with return=false where the
 * reply can say so; every refusal is an unsigned fault with status 500.
 *
 * @throws Configuration.Invalid if the dialects do not belong to one path, or a service other than GL is to be served unsigned
 */
export function createSoapEndpoint(options: SoapEndpointOptions): HttpHandler {
  const [first, ...others] = options.dialects;
  if (first === undefined || others.some(({ service }) => service.path !== first.service.path)) {
    throw new MalleeError('Configuration.Invalid', 'an endpoint serves the dialects of one path');
  }
  if (options.signed === false && first.service.name !== UNSIGNED_SERVICE) {
    throw new MalleeError('Configuration.Invalid', `${first.service.name} is served with signatures only`);
  }
  const endpoint = new Endpoint(first, options);
  return (request, response) => endpoint.handle(request, response);
}

class Endpoint {
  readonly #options: SoapEndpointOptions;
  /** Name of the service, the same in all dialects. */
  readonly #name: string;
  readonly #reception: Reception;
  readonly #replies: Replies;
  readonly #metrics: ServiceMetrics;

  constructor(first: ServedDialect, options: SoapEndpointOptions) {
    this.#options = options;
    this.#name = first.service.name;
    this.#metrics = new ServiceMetrics(options.metrics, this.#name);
    // What only our own daemons speak has no place for the habits of originals.
    const ours = options.dialects.every(({ service }) => service.dialect === 'mallee');
    const peers = new Peers(options.trusted, ours ? undefined : options.peers);
    this.#warnOfUnsigned(peers);
    const onVerified = (message: VerifiedMessage): void =>
      this.#metrics.verified(message, peers.fingerprint(message.certificatePem));
    const onSkew = (pem: string, skewMs: number): void => this.#metrics.skew(peers.fingerprint(pem), skewMs);
    this.#reception = new Reception({ ...options, onVerified, onSkew }, peers);
    this.#replies = new Replies(options);
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (sendUnaddressed(request, response, this.#options.dialects)) return;
    const given = currentCorrelationId() ?? newCorrelationId();
    let received: ReceivedRequest;
    try {
      checkHttp(request);
      const body = await readBody(request, this.#reception.maxBytes, this.#options.bodyTimeoutMs);
      received = this.#reception.receive(body, request.headers['soapaction'] as string);
    } catch (error) {
      const typed = toMalleeError(error, `receive a message for ${this.#name}`);
      this.#metrics.refused(typed.code);
      const peer = request.socket.remoteAddress;
      this.#options.logger.warn({ err: typed, service: this.#name, peer, code: typed.code }, 'SOAP request refused');
      return sendFault(response, typed, given);
    }
    await this.#dispatch(received, request, response, given);
  }

  async #dispatch(
    received: ReceivedRequest,
    request: IncomingMessage,
    response: ServerResponse,
    given: string,
  ): Promise<void> {
    const { operation, message, certificatePem } = received;
    const { dialect } = received.dialect.service;
    const { logger } = this.#options;
    const started = performance.now();
    const correlationId = usableId(textOf(message, 'correlationId')) ?? given;
    let result: 'ok' | 'failed' | 'fault' = 'ok';
    try {
      const reply = await this.#run(received, { peerCertificate: certificatePem, correlationId, dialect });
      sendText(response, 200, this.#replies.success(received, reply));
    } catch (error) {
      const typed = toMalleeError(error, `${this.#name} ${operation.name}`);
      const failure = this.#replies.failure(received, typed);
      result = failure === undefined ? 'fault' : 'failed';
      const level = typed.code === 'InternalError' ? 'error' : 'warn';
      const fields = { err: typed, service: this.#name, operation: operation.name, code: typed.code };
      withCorrelation(correlationId, () => logger[level](fields, 'SOAP operation failed'));
      if (failure === undefined) sendFault(response, typed, correlationId);
      else sendText(response, 200, failure, { [errorHeader]: encodeURIComponent(failureText(typed)).slice(0, 2000) });
    }
    const ms = performance.now() - started;
    this.#metrics.served(dialect, operation.name, result, ms / 1000);
    const peer = request.socket.remoteAddress;
    const line = { service: this.#name, dialect, operation: operation.name, peer, result, ms: Math.round(ms) };
    withCorrelation(correlationId, () => logger.debug(line, 'SOAP request served'));
  }

  async #run({ dialect, operation, message }: ReceivedRequest, context: CallContext): Promise<object> {
    const handler = dialect.handlers.get(operation.name);
    if (typeof handler !== 'function') {
      const reason = handler?.notSupported ?? NO_REASON;
      throw new MalleeError('Wire.OperationNotSupported', `${operation.name} is not supported: ${reason}`);
    }
    return withCorrelation(context.correlationId, () => handler(message, context));
  }

  #warnOfUnsigned(peers: Peers): void {
    for (const peer of peers.headersOnly()) {
      this.#options.logger.warn(
        { service: this.#name, peer, profile: 'headers-only' },
        'the content of messages of this peer is not protected: whoever is between can change it',
      );
    }
  }
}

/** Ids of peers go into our log lines: only plain short ones are taken over. */
function usableId(text: string | undefined): string | undefined {
  return text !== undefined && /^[A-Za-z0-9-]{1,64}$/.test(text) ? text : undefined;
}

function sendFault(response: ServerResponse, error: MalleeError, correlationId: string): void {
  // The rest of a refused body may still be arriving, so the connection ends with the answer, as with the originals.
  sendText(response, 500, writeFault(error, correlationId), { connection: 'close', [errorHeader]: error.code });
}
