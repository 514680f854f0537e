import { correlationHeader, currentCorrelationId, type Logger } from '@mallee/daemon';
import { isMalleeError, MalleeError } from '@mallee/errors';
import { decodeMessage, encodeMessage, type OperationTable, type ServiceTable } from '@mallee/wsdl-types';
import { MessageVerifier, type Clock, type SignatureEngine, type SuiteName } from '@mallee/ws-security';
import { parseXml, type XmlElement, type XmlLimits } from '@mallee/xml';
import { CurrentSigner, type IdentitySource } from './current-signer.js';
import { field, textOf } from './base-message.js';
import { isSoap, readUnsigned, unsignedEnvelope } from './envelope.js';
import { errorHeader, knownCode, parseFailure, readFault } from './fault.js';
import type { OperationName, RequestOf, ResponseOf } from './operations.js';
import { HttpTransport, type HttpReply } from './transport.js';

export interface SoapClientOptions {
  readonly service: ServiceTable;
  /** Full URL with path; it becomes wsa:To. */
  readonly url: string;
  /** A function is asked for each message: a daemon may get a new key while it runs. */
  readonly identity: IdentitySource;
  /** PEM texts; the reply must be signed by one of them. A function is asked for each reply. */
  readonly peerCertificates: readonly string[] | (() => readonly string[]);
  /** For a whole call, in milliseconds; default 30 s. */
  readonly timeoutMs?: number;
  readonly logger?: Logger;
  /** False for a service without WS-Security (GL). */
  readonly signed?: boolean;
  /** rsa-sha1 for original peers, who sign and accept nothing else. */
  readonly suite?: SuiteName;
  /** Default 16 MiB. */
  readonly maxReplyBytes?: number;
  readonly clock?: Clock;
  readonly engine?: SignatureEngine;
  /** Sees every message as it goes over the wire, a reply before it is verified: for showing, never for deciding. */
  readonly onMessage?: (message: WireMessage) => void;
}

export interface WireMessage {
  readonly direction: 'request' | 'reply';
  readonly text: string;
  /** HTTP status of a reply. */
  readonly status?: number;
}

export interface CallOptions {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_REPLY_BYTES = 16 * 1024 * 1024;

/**
 * Calls one service of one peer. `call` rejects with Wire.PeerUnreachable, Wire.PeerTimeout (details.sent: whether the peer may have
 * acted), Wire.PeerFault (a fault or return=false; details.peerCode and details.peerMessage say why) or Wire.BadReply (the reply is not
 * verifiably the peer's answer to this request).
 */
export class SoapClient<Ops> {
  readonly #options: SoapClientOptions;
  readonly #url: URL;
  readonly #signer: CurrentSigner | undefined;
  readonly #verifier: MessageVerifier;
  readonly #transport = new HttpTransport();
  readonly #limits: Partial<XmlLimits>;

  constructor(options: SoapClientOptions) {
    this.#options = options;
    this.#url = parseUrl(options.url);
    const maxBytes = options.maxReplyBytes ?? DEFAULT_REPLY_BYTES;
    this.#limits = { maxBytes, maxElements: Math.ceil(maxBytes / 16) };
    const { suite = 'rsa-sha256', clock, engine } = options;
    const clocked = clock === undefined ? {} : { clock };
    if (options.signed !== false) {
      this.#signer = new CurrentSigner(options.identity, { suite, ...clocked });
    }
    this.#verifier = new MessageVerifier({
      trusted: () => listOf(options.peerCertificates),
      suites: [suite],
      limits: this.#limits,
      ...clocked,
      ...(engine === undefined ? {} : { engine }),
    });
  }

  async call<K extends OperationName<Ops>>(
    name: K,
    request: RequestOf<Ops, K>,
    options: CallOptions = {},
  ): Promise<ResponseOf<Ops, K>> {
    const operation = this.#operation(name);
    const started = performance.now();
    try {
      const reply = await this.#exchange(operation, request as object, options);
      this.#log(name, started, 'ok');
      return reply as ResponseOf<Ops, K>;
    } catch (error) {
      this.#log(name, started, isMalleeError(error) ? error.code : 'error');
      throw error;
    }
  }

  /** Closes the kept connections; calls under way fail. */
  close(): void {
    this.#transport.close();
  }

  async #exchange(operation: OperationTable, request: object, options: CallOptions): Promise<object> {
    const payload = encodeMessage(operation.request, withCorrelationId(operation, request));
    const message = this.#signer?.get().sign({ to: this.#url.href, action: operation.soapAction, payload });
    const body = message?.text ?? unsignedEnvelope(payload);
    this.#options.onMessage?.({ direction: 'request', text: body });
    const reply = await this.#transport.post({
      url: this.#url,
      headers: this.#headers(operation),
      body,
      timeoutMs: options.timeoutMs ?? this.#options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
      maxReplyBytes: this.#options.maxReplyBytes ?? DEFAULT_REPLY_BYTES,
      signal: options.signal,
    });
    const { status } = reply;
    this.#options.onMessage?.({ direction: 'reply', text: reply.body.toString(), status });
    if (status !== 200) throw this.#refusal(operation, reply);
    const response = this.#read(operation, reply, message?.messageId);
    if ((response as { return?: unknown }).return === false) throw this.#failure(operation, reply, response);
    return response;
  }

  #headers(operation: OperationTable): Record<string, string> {
    const correlationId = currentCorrelationId();
    return {
      SOAPAction: `"${operation.soapAction}"`,
      'Content-Type': 'text/xml;charset=UTF-8',
      ...(correlationId === undefined ? {} : { [correlationHeader]: correlationId }),
    };
  }

  /** Verifies and decodes a reply; whatever is wrong with it is Wire.BadReply. */
  #read(operation: OperationTable, reply: HttpReply, requestId: string | undefined): object {
    try {
      return decodeMessage(operation.response, this.#payload(operation, reply, requestId));
    } catch (error) {
      if (!isMalleeError(error)) throw error;
      const details = { url: this.#url.href, operation: operation.name, code: error.code };
      const message = `the reply of ${this.#url.host} to ${operation.name}: ${error.code}: ${error.message}`;
      throw new MalleeError('Wire.BadReply', message, { cause: error, details });
    }
  }

  #payload(operation: OperationTable, reply: HttpReply, requestId: string | undefined): XmlElement {
    if (requestId === undefined) return readUnsigned(parseXml(reply.body, this.#limits));
    const verified = this.#verifier.verifyReply(reply.body, requestId);
    if (verified.action !== operation.soapAction) {
      throw new MalleeError('Wire.PolicyViolation', `the reply is to ${verified.action}`);
    }
    if (isSoap(verified.payload, 'Fault')) throw new MalleeError('Wire.MalformedMessage', 'a fault with status 200');
    return verified.payload;
  }

  /** An HTTP status other than 200: a fault, or something that is no answer of this service. */
  #refusal(operation: OperationTable, reply: HttpReply): MalleeError {
    const fault = readFault(reply.body);
    if (fault === undefined) {
      const message = `${this.#url.href} answered ${operation.name} with HTTP ${reply.status} and no SOAP fault`;
      return new MalleeError('Wire.BadReply', message, { details: { url: this.#url.href, status: reply.status } });
    }
    if (reply.resent && fault.code === 'Wire.Replayed') {
      // No refusal of the call: the first copy did arrive, what came of it is unknown.
      const message = `${this.#url.href} dropped the connection before its answer to ${operation.name}`;
      return new MalleeError('Wire.PeerUnreachable', message, { details: { url: this.#url.href, sent: true } });
    }
    return this.#peerFault(operation, fault.code, fault.message, { faultcode: fault.faultcode });
  }

  /** return=false. The code is in statusMessage; where that is a number, in a header of the answer. */
  #failure(operation: OperationTable, reply: HttpReply, response: object): MalleeError {
    const status = textOf(response, 'statusMessage');
    const header = reply.headers[errorHeader];
    const text = status ?? (typeof header === 'string' ? decodeHeader(header) : '');
    const { code, message } = parseFailure(text);
    return this.#peerFault(operation, code ?? knownCode(text), message, { response });
  }

  #peerFault(operation: OperationTable, code: string | undefined, message: string, more: object): MalleeError {
    const why = [code, message].filter((part) => part !== undefined && part !== '').join(': ');
    const text = `${this.#url.host} refused ${operation.name}${why === '' ? '' : `: ${why}`}`;
    const details = { url: this.#url.href, operation: operation.name, peerCode: code, peerMessage: message, ...more };
    return new MalleeError('Wire.PeerFault', text, { details });
  }

  #operation(name: string): OperationTable {
    const { operations, name: service } = this.#options.service;
    const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
    if (operation === undefined) throw new MalleeError('Wire.UnknownOperation', `${service} has no operation ${name}`);
    return operation;
  }

  #log(operation: string, started: number, result: string): void {
    const ms = Math.round(performance.now() - started);
    this.#options.logger?.debug({ peer: this.#url.host, operation, result, ms }, 'SOAP call');
  }
}

function withCorrelationId(operation: OperationTable, request: object): object {
  const correlationId = currentCorrelationId();
  if (correlationId === undefined || textOf(request, 'correlationId') !== undefined) return request;
  return field(operation.request.type, 'correlationId') === undefined ? request : { ...request, correlationId };
}

function listOf<T>(given: readonly T[] | (() => readonly T[])): readonly T[] {
  return typeof given === 'function' ? given() : given;
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:') throw new MalleeError('Configuration.Invalid', `${text} is not an http URL of a peer`);
  return url;
}

function decodeHeader(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}
