import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  currentCorrelationId,
  newCorrelationId,
  readBody,
  withCorrelation,
  type Logger,
  type Metrics,
} from '@mallee/daemon';
import { MalleeError, toMalleeError } from '@mallee/errors';
import { decodeMessage, type OperationTable, type ServiceTable } from '@mallee/wsdl-types';
import type { Clock, IdentityPem, ReplayCache, SignatureEngine, SuiteName } from '@mallee/ws-security';
import type { XmlLimits } from '@mallee/xml';
import { textOf } from './base-message.js';
import { errorHeader, failureText, writeFault } from './fault.js';
import { checkHttp, sendText, sendUnaddressed } from './http.js';
import type { OperationName, RequestOf, ResponseOf } from './operations.js';
import { Reception, type ReceivedRequest } from './reception.js';
import { Replies } from './replies.js';
import { ServiceMetrics } from './service-metrics.js';

export interface CallContext {
  /** PEM text of the certificate that signed the request, as it is registered; '' when the service is unsigned. */
  readonly peerCertificate: string;
  readonly correlationId: string;
}

export type Handlers<Ops> = Partial<{
  [K in OperationName<Ops>]: (request: RequestOf<Ops, K>, context: CallContext) => Promise<ResponseOf<Ops, K>>;
}>;

export interface SoapHandlerOptions<Ops> {
  readonly service: ServiceTable;
  readonly identity: IdentityPem;
  /** PEM texts of the certificates that requests are accepted from, asked for each request. */
  readonly trusted: () => readonly string[];
  readonly handlers: Handlers<Ops>;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** False for a service without WS-Security (GL). */
  readonly signed?: boolean;
  /** Algorithms that peers may use; a reply uses that of the request. Add rsa-sha1 where original peers call. */
  readonly suites?: readonly SuiteName[];
  /** URLs of this endpoint; if given, wsa:To must be one of them, else only its path is compared. */
  readonly addresses?: () => readonly string[];
  /** One cache for all endpoints of a daemon; default one of its own. */
  readonly replayCache?: ReplayCache;
  /** Text of the WSDL, answered to GET ?wsdl. */
  readonly wsdl?: string;
  readonly limits?: Partial<XmlLimits>;
  readonly clock?: Clock;
  readonly engine?: SignatureEngine;
}

export type HttpHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

type AnyHandler = (request: object, context: CallContext) => Promise<object>;

/**
 * Serves one SOAP service. A request is verified first, and only what was signed is looked at: operation, content and sender. A failure
 * of an operation is a signed reply with return=false where the reply can say so; every refusal is an unsigned fault with status 500.
 */
export function createSoapHandler<Ops>(options: SoapHandlerOptions<Ops>): HttpHandler {
  const endpoint = new Endpoint(options);
  return (request, response) => endpoint.handle(request, response);
}

class Endpoint {
  readonly #options: SoapHandlerOptions<unknown>;
  readonly #handlers: ReadonlyMap<string, AnyHandler>;
  readonly #reception: Reception;
  readonly #replies: Replies;
  readonly #metrics: ServiceMetrics;

  constructor(options: SoapHandlerOptions<unknown>) {
    this.#options = options;
    this.#handlers = new Map(Object.entries(options.handlers));
    this.#reception = new Reception(options);
    this.#replies = new Replies(options);
    this.#metrics = new ServiceMetrics(options.metrics, options.service.name);
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { service, wsdl } = this.#options;
    if (sendUnaddressed(request, response, wsdl)) return;
    const given = currentCorrelationId() ?? newCorrelationId();
    let received: ReceivedRequest;
    try {
      checkHttp(request);
      const body = await readBody(request, this.#reception.maxBytes);
      received = this.#reception.receive(body, request.headers['soapaction'] as string);
    } catch (error) {
      const typed = toMalleeError(error, `receive a message for ${service.name}`);
      this.#metrics.refused(typed.code);
      const peer = request.socket.remoteAddress;
      this.#options.logger.warn({ err: typed, service: service.name, peer, code: typed.code }, 'SOAP request refused');
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
    const { operation } = received;
    const { logger, service } = this.#options;
    const started = performance.now();
    let correlationId = given;
    let result: 'ok' | 'failed' | 'fault' = 'ok';
    let decoded: object | undefined;
    try {
      decoded = decodeMessage(operation.request, received.payload);
      correlationId = usableId(textOf(decoded, 'correlationId')) ?? given;
      const reply = await this.#run(operation, decoded, { peerCertificate: received.certificatePem, correlationId });
      sendText(response, 200, this.#replies.success(received, decoded, reply));
    } catch (error) {
      const typed = toMalleeError(error, `${service.name} ${operation.name}`);
      const failure = decoded === undefined ? undefined : this.#replies.failure(received, decoded, typed);
      result = failure === undefined ? 'fault' : 'failed';
      const level = typed.code === 'InternalError' ? 'error' : 'warn';
      const fields = { err: typed, service: service.name, operation: operation.name, code: typed.code };
      withCorrelation(correlationId, () => logger[level](fields, 'SOAP operation failed'));
      if (failure === undefined) sendFault(response, typed, correlationId);
      else sendText(response, 200, failure, { [errorHeader]: encodeURIComponent(failureText(typed)).slice(0, 2000) });
    }
    const ms = performance.now() - started;
    this.#metrics.served(operation.name, result, ms / 1000);
    const line = { service: service.name, operation: operation.name, peer: request.socket.remoteAddress, result };
    withCorrelation(correlationId, () => logger.debug({ ...line, ms: Math.round(ms) }, 'SOAP request served'));
  }

  async #run(operation: OperationTable, request: object, context: CallContext): Promise<object> {
    const handler = this.#handlers.get(operation.name);
    if (handler === undefined) {
      throw new MalleeError('Wire.OperationNotSupported', `${operation.name} is not offered here`);
    }
    return withCorrelation(context.correlationId, () => handler(request, context));
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
