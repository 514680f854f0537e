import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import { MalleeError } from '@mallee/errors';
import type { CallLimit } from './call-limit.js';
import { NotConnected, PeerAgent } from './peer-agent.js';
import { TlsConnector, type TlsTrust } from './tls.js';

export interface HttpReply {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  /** The message was sent twice: the answer to the first copy was lost, if that arrived at all. */
  readonly resent: boolean;
}

export interface PostOptions {
  /** Path and query. */
  readonly path: string;
  /** Name, value, name, value ... in the order of the wire; without Content-Length, Host and Connection. */
  readonly headers: readonly string[];
  readonly body: string;
  readonly limit: CallLimit;
  readonly maxReplyBytes: number;
  /** The message may be sent a second time if the peer drops a kept connection under it. */
  readonly resendable: boolean;
}

export interface TransportOptions {
  readonly tls?: TlsTrust | undefined;
  readonly keepAlive: boolean;
  readonly idleMs: number;
  readonly connectTimeoutMs: number;
}

type Details = Readonly<Record<string, unknown>>;

/**
 * Posts messages to one peer. Failures are Wire.PeerUnreachable, Wire.PeerTimeout and Wire.TlsPinMismatch; their detail `sent` tells
 * whether the peer may have got the request and acted on it. What is read of an answer is what HTTP/1.1 allows, so that the servers of
 * all the originals are understood: any content type, chunked or not, kept or closed.
 */
export class HttpTransport {
  readonly #origin: string;
  readonly #target: { readonly host: string; readonly port: number };
  readonly #host: string;
  readonly #agent: PeerAgent;
  #closings = 0;

  /** @throws Configuration.Invalid if the settings of TLS and the URL do not go together */
  constructor(url: URL, { tls, ...connections }: TransportOptions) {
    const secure = url.protocol === 'https:';
    if (secure !== (tls !== undefined)) {
      const what = secure ? 'needs `tls`: whom to believe' : 'is not https, but `tls` is set';
      throw new MalleeError('Configuration.Invalid', `${url.origin} ${what}`);
    }
    const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
    this.#origin = url.origin;
    this.#host = url.host;
    this.#target = { host, port: Number(url.port) || (secure ? 443 : 80) };
    const connector = tls === undefined ? undefined : new TlsConnector(tls, host);
    this.#agent = new PeerAgent({ ...this.#target, tls: connector, ...connections });
  }

  async post(options: PostOptions): Promise<HttpReply> {
    const closings = this.#closings;
    try {
      return await this.#once(options);
    } catch (error) {
      const again = error instanceof StaleConnection && options.resendable && closings === this.#closings;
      if (!again || options.limit.reason !== undefined) {
        throw this.#typed(error, options.limit, !(error instanceof NotConnected));
      }
    }
    // A kept connection that the peer closed just now. Sending the same message again is safe where the replay cache of the peer
    // refuses the second copy if the first did arrive, or where it only asks. The other kept ones are likely to be closed, too.
    this.#agent.closeIdle();
    try {
      return { ...(await this.#once(options)), resent: true };
    } catch (error) {
      throw this.#typed(error, options.limit, true); // the first one may have arrived
    }
  }

  /** Closes the connections; posts under way fail. */
  close(): void {
    this.#closings += 1;
    this.#agent.destroy();
  }

  #once({ path, headers, body, limit, maxReplyBytes }: PostOptions): Promise<HttpReply> {
    return new Promise((resolve, reject) => {
      const length = String(Buffer.byteLength(body));
      const all = [...headers, 'Content-Length', length, 'Host', this.#host];
      const outgoing = request({ ...this.#target, path, method: 'POST', agent: this.#agent, headers: all });
      let connected = false;
      let answered = false;
      const fail = (error: Error): void => {
        // Not the event `error` alone: that waits for a connection which is still being made.
        outgoing.destroy();
        reject(connected ? error : new NotConnected('not connected', { cause: error }));
      };
      outgoing.on('socket', () => (connected = true));
      outgoing.on('error', (error) => reject(isStale(error, outgoing, answered) ? new StaleConnection() : error));
      outgoing.on('response', (incoming) => {
        answered = true;
        readReply(incoming, maxReplyBytes, resolve, fail);
      });
      // Without an error when the peer switches to another protocol.
      outgoing.on('close', () => !answered && fail(new Error('the connection was closed without an answer')));
      limit.onEnd(() => fail(new Error(limit.reason)));
      outgoing.end(body);
    });
  }

  /** `sent`: whether the peer may have got the request. */
  #typed(error: unknown, limit: CallLimit, sent: boolean): MalleeError {
    const cause = error instanceof NotConnected ? error.cause : error;
    const details = { url: this.#origin, sent };
    if (cause instanceof MalleeError) {
      return new MalleeError(cause.code, `${this.#origin}: ${cause.message}`, {
        cause,
        details: { ...cause.details, ...details },
      });
    }
    return limitError(limit, this.#origin, details, cause) ?? this.#unreachable(cause, details);
  }

  #unreachable(cause: unknown, details: Details): MalleeError {
    const { code, message: text } = Object(cause) as Partial<NodeJS.ErrnoException>;
    const reason = code ?? text ?? String(cause);
    const message = `${this.#origin}: ${reason}`;
    return new MalleeError('Wire.PeerUnreachable', message, { cause, details: { ...details, reason } });
  }
}

/** The error of a call that its limit has ended; undefined if it has not. */
export function limitError(
  limit: CallLimit,
  where: string,
  details: Details,
  cause?: unknown,
): MalleeError | undefined {
  if (limit.reason === undefined) return undefined;
  if (limit.reason === 'aborted') {
    const message = `the call to ${where} was given up`;
    return new MalleeError('Wire.PeerTimeout', message, { cause, details: { ...details, aborted: true } });
  }
  const message = `${where} did not answer within ${limit.timeoutMs} ms`;
  return new MalleeError('Wire.PeerTimeout', message, { cause, details });
}

/** The kept connection was closed by the peer before anything of an answer came. */
class StaleConnection extends Error {
  readonly code = 'ECONNRESET';
}

function isStale(error: NodeJS.ErrnoException, outgoing: ClientRequest, answered: boolean): boolean {
  return (error.code === 'ECONNRESET' || error.code === 'EPIPE') && outgoing.reusedSocket && !answered;
}

function readReply(
  incoming: IncomingMessage,
  maxBytes: number,
  resolve: (reply: HttpReply) => void,
  fail: (error: Error) => void,
): void {
  const chunks: Buffer[] = [];
  let size = 0;
  incoming.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > maxBytes) fail(new MalleeError('Wire.BadReply', `the reply is larger than ${maxBytes} bytes`));
    else chunks.push(chunk);
  });
  incoming.on('error', fail);
  incoming.on('end', () => {
    const body = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, size);
    resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body, resent: false });
  });
}
