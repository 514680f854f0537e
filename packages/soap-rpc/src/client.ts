import { correlationHeader, currentCorrelationId, type Logger, type Metrics } from '@mallee/daemon';
import { isMalleeError, MalleeError } from '@mallee/errors';
import { encodeMessage, type OperationTable, type ServiceTable } from '@mallee/wsdl-types';
import {
  MessageVerifier,
  profiles,
  type Clock,
  type ProfileName,
  type SignatureEngine,
  type SuiteName,
} from '@mallee/ws-security';
import { field, textOf } from './base-message.js';
import { CallLimit } from './call-limit.js';
import { ClientMetrics } from './client-metrics.js';
import { CurrentSigner, type IdentitySource } from './current-signer.js';
import { unsignedEnvelope } from './envelope.js';
import { timeoutOf } from './operation-timeouts.js';
import type { OperationName, RequestOf, ResponseOf } from './operations.js';
import { parseUrl, PeerLink, type PeerSettings } from './peer-link.js';
import { ReplyReader } from './reply-reader.js';
import type { PostOptions } from './transport.js';

export interface SoapClientOptions extends PeerSettings {
  readonly service: ServiceTable;
  /** Full URL with path; it becomes wsa:To. */
  readonly url: string;
  /** A function is asked for each message: a daemon may get a new key while it runs. */
  readonly identity: IdentitySource;
  /** PEM texts; the reply must be signed by one of them. A function is asked for each reply. */
  readonly peerCertificates: readonly string[] | (() => readonly string[]);
  /** Shared with the clients of other services of this peer; it then has the PeerSettings. Default one of its own. */
  readonly peer?: PeerLink;
  /** For a whole call, waiting included, in milliseconds; default by operation (`operationTimeouts`), else 20 s. */
  readonly timeoutMs?: number;
  /** By operation; goes before `timeoutMs`. */
  readonly timeouts?: Readonly<Record<string, number>>;
  readonly logger?: Logger;
  readonly metrics?: Metrics;
  /** False for a service without WS-Security (GL). */
  readonly signed?: boolean;
  /** headers-only for originals up to 2.0.2. */
  readonly profile?: ProfileName;
  /** rsa-sha1 for original peers, who sign and accept nothing else; the default with headers-only. */
  readonly suite?: SuiteName;
  /**
   * Default required. if-signed takes a reply without any Security header for what it says, which lets whoever is on the network
   * answer: only for a peer that cannot sign.
   */
  readonly verifyReplies?: 'required' | 'if-signed';
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

const DEFAULT_REPLY_BYTES = 16 * 1024 * 1024;

/**
 * Calls one service of one peer. `call` rejects with Wire.PeerUnreachable, Wire.PeerTimeout, Wire.PeerBusy, Wire.TlsPinMismatch
 * (details.sent: whether the peer may have acted), Wire.PeerFault (a fault or return=false; details.peerCode and details.peerMessage
 * say why) or Wire.BadReply (the reply is not verifiably the peer's answer to this request).
 */
export class SoapClient<Ops> {
  readonly #options: SoapClientOptions;
  readonly #url: URL;
  readonly #path: string;
  readonly #signer: CurrentSigner | undefined;
  readonly #reader: ReplyReader;
  readonly #peer: PeerLink;
  readonly #metrics: ClientMetrics | undefined;
  readonly #maxReplyBytes: number;
  /** Whether the peer refuses a second copy of a message. */
  readonly #refusesReplays: boolean;

  constructor(options: SoapClientOptions) {
    this.#options = options;
    this.#url = parseUrl(options.url);
    this.#path = this.#url.pathname + this.#url.search;
    this.#peer = options.peer ?? new PeerLink(options);
    if (this.#peer.origin !== this.#url.origin) {
      throw new MalleeError('Configuration.Invalid', `${options.url} is not at ${this.#peer.origin}`);
    }
    const { profile: name = 'body-timestamp', clock, engine, signed = true } = options;
    const { suite = name === 'headers-only' ? 'rsa-sha1' : 'rsa-sha256' } = options;
    const profile = profiles[name];
    const clocked = clock === undefined ? {} : { clock };
    if (signed) this.#signer = new CurrentSigner(options.identity, { suite, profile, ...clocked });
    this.#refusesReplays = signed && suite !== 'rsa-sha1';
    this.#maxReplyBytes = options.maxReplyBytes ?? DEFAULT_REPLY_BYTES;
    const limits = { maxBytes: this.#maxReplyBytes, maxElements: Math.ceil(this.#maxReplyBytes / 16) };
    const verifier = new MessageVerifier({
      trusted: () => listOf(options.peerCertificates),
      suites: [suite],
      profile,
      limits,
      ...clocked,
      ...(engine === undefined ? {} : { engine }),
    });
    const acceptUnsigned = options.verifyReplies === 'if-signed';
    this.#reader = new ReplyReader({ url: this.#url, verifier, limits, acceptUnsigned });
    this.#metrics = options.metrics && new ClientMetrics(options.metrics, options.service.name);
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
      this.#note(name, started, 'ok');
      return reply as ResponseOf<Ops, K>;
    } catch (error) {
      this.#note(name, started, isMalleeError(error) ? error.code : 'error');
      throw error;
    }
  }

  /** Closes the kept connections; calls under way fail. A shared peer is left to whoever made it. */
  close(): void {
    if (this.#options.peer === undefined) this.#peer.close();
  }

  async #exchange(operation: OperationTable, request: object, options: CallOptions): Promise<object> {
    const payload = encodeMessage(operation.request, withCorrelationId(operation, request));
    const { onMessage } = this.#options;
    const limit = new CallLimit(options.timeoutMs ?? timeoutOf(operation.name, this.#options), options.signal);
    let requestId: string | undefined;
    try {
      // Signed only when its turn has come: a message that waited would be old when it is sent.
      const reply = await this.#peer.post(limit, () => {
        const message = this.#signer?.get().sign({ to: this.#url.href, action: operation.soapAction, payload });
        requestId = message?.messageId;
        const body = message?.text ?? unsignedEnvelope(payload);
        onMessage?.({ direction: 'request', text: body });
        return this.#post(operation, body);
      });
      onMessage?.({ direction: 'reply', text: reply.body.toString(), status: reply.status });
      return this.#reader.read(operation, reply, requestId);
    } finally {
      limit.clear();
    }
  }

  /** In the order of Axis2/C, whose servers are known to take it. */
  #post(operation: OperationTable, body: string): Omit<PostOptions, 'limit'> {
    const { name, soapAction } = operation;
    const headers = ['User-Agent', 'Mallee', 'SOAPAction', `"${soapAction}"`, 'Content-Type', 'text/xml;charset=UTF-8'];
    const correlationId = currentCorrelationId();
    if (correlationId !== undefined) headers.push(correlationHeader, correlationId);
    const resendable = this.#refusesReplays || READS.test(name);
    return { path: this.#path, headers, body, maxReplyBytes: this.#maxReplyBytes, resendable };
  }

  #operation(name: string): OperationTable {
    const { operations, name: service } = this.#options.service;
    const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
    if (operation === undefined) throw new MalleeError('Wire.UnknownOperation', `${service} has no operation ${name}`);
    return operation;
  }

  #note(operation: string, started: number, result: string): void {
    const ms = performance.now() - started;
    this.#metrics?.called(operation, result, ms / 1000);
    this.#options.logger?.debug({ peer: this.#url.host, operation, result, ms: Math.round(ms) }, 'SOAP call');
  }
}

/** Operations that change nothing, so that it does not matter if they are carried out twice. */
const READS = /^(nc)?(Describe|Get)[A-Z]/;

function withCorrelationId(operation: OperationTable, request: object): object {
  const correlationId = currentCorrelationId();
  if (correlationId === undefined || textOf(request, 'correlationId') !== undefined) return request;
  return field(operation.request.type, 'correlationId') === undefined ? request : { ...request, correlationId };
}

function listOf<T>(given: readonly T[] | (() => readonly T[])): readonly T[] {
  return typeof given === 'function' ? given() : given;
}
