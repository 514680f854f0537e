import { Agent, request, type ClientRequest, type IncomingMessage } from 'node:http';
import { MalleeError } from '@mallee/errors';

export interface HttpReply {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  /** The message was sent twice: the answer to the first copy was lost, if that arrived at all. */
  readonly resent: boolean;
}

export interface PostOptions {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** For the whole exchange, in milliseconds. */
  readonly timeoutMs: number;
  readonly maxReplyBytes: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Posts messages over kept connections. Failures are Wire.PeerUnreachable and Wire.PeerTimeout; their detail `sent` tells whether the
 * peer may have got the request and acted on it.
 */
export class HttpTransport {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 32, maxFreeSockets: 4, scheduling: 'lifo' });

  async post(options: PostOptions): Promise<HttpReply> {
    const timeout = AbortSignal.timeout(options.timeoutMs);
    const signal = options.signal === undefined ? timeout : AbortSignal.any([timeout, options.signal]);
    try {
      return await this.#once(options, signal);
    } catch (error) {
      // A kept connection that the peer closed just now. Sending the same message again is safe: if the first one did
      // arrive, the replay cache of the peer refuses the second.
      if (!(error instanceof StaleConnection)) throw typed(error, options, timeout, !(error instanceof NotConnected));
    }
    try {
      return { ...(await this.#once(options, signal)), resent: true };
    } catch (error) {
      throw typed(error, options, timeout, true); // the first one may have arrived
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  #once(options: PostOptions, signal: AbortSignal): Promise<HttpReply> {
    return new Promise((resolve, reject) => {
      const body = Buffer.from(options.body);
      const headers = { ...options.headers, 'content-length': String(body.length) };
      const outgoing = request(options.url, { method: 'POST', agent: this.#agent, headers, signal });
      let connected = false;
      let answered = false;
      outgoing.on('socket', (socket) => {
        if (socket.connecting) socket.once('connect', () => (connected = true));
        else connected = true;
      });
      outgoing.on('error', (error) => reject(describe(error, outgoing, connected, answered)));
      outgoing.on('response', (incoming) => {
        answered = true;
        readReply(incoming, options.maxReplyBytes).then(resolve, (error: unknown) => {
          outgoing.destroy();
          reject(error instanceof Error ? error : new Error(String(error)));
        });
      });
      outgoing.end(body);
    });
  }
}

/** `sent`: whether the peer may have got the request. */
function typed(error: unknown, options: PostOptions, timeout: AbortSignal, sent: boolean): MalleeError {
  if (error instanceof MalleeError) return error;
  const where = options.url.href;
  const cause = error instanceof StaleConnection || error instanceof NotConnected ? error.cause : error;
  if (timeout.aborted) {
    const message = `${where} did not answer within ${options.timeoutMs} ms`;
    return new MalleeError('Wire.PeerTimeout', message, { cause, details: { url: where, sent } });
  }
  if (options.signal?.aborted === true) {
    const details = { url: where, sent, aborted: true };
    return new MalleeError('Wire.PeerTimeout', `the call to ${where} was given up`, { cause, details });
  }
  const reason = cause instanceof Error ? ((cause as NodeJS.ErrnoException).code ?? cause.message) : String(cause);
  return new MalleeError('Wire.PeerUnreachable', `${where}: ${reason}`, { cause, details: { url: where, sent } });
}

/** The kept connection was closed by the peer before anything of an answer came. */
class StaleConnection extends Error {}
/** No connection was made, so the peer did not get the request. */
class NotConnected extends Error {}

function describe(error: NodeJS.ErrnoException, outgoing: ClientRequest, connected: boolean, answered: boolean): Error {
  const dropped = error.code === 'ECONNRESET' || error.code === 'EPIPE';
  if (dropped && outgoing.reusedSocket && !answered) return new StaleConnection('stale', { cause: error });
  return connected ? error : new NotConnected('not connected', { cause: error });
}

async function readReply(incoming: IncomingMessage, maxBytes: number): Promise<HttpReply> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw new MalleeError('Wire.BadReply', `the reply is larger than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return {
    status: incoming.statusCode ?? 0,
    headers: incoming.headers,
    body: Buffer.concat(chunks, size),
    resent: false,
  };
}
