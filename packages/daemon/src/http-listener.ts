import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { toMalleeError } from '@mallee/errors';
import { correlationHeader, isCorrelationId, newCorrelationId, withCorrelation } from './correlation.js';
import type { Health } from './health.js';
import type { Logger } from './logger.js';
import type { Metrics } from './metrics.js';
import { keepTlsCurrent, tlsOptions, type TlsFiles } from './tls-files.js';
import { answerBeforeClosing } from './unread-requests.js';

export type HttpHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

export interface HttpListenerOptions {
  readonly host: string;
  readonly port: number;
  /** TLS instead of plain HTTP. */
  readonly tls?: TlsFiles | undefined;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly health: Health;
  /** How long a client may take for the head of a request, also for the first byte of it, in milliseconds; default 20 s. */
  readonly headersTimeoutMs?: number | undefined;
  /** A client that takes no byte of its answer for this long, at most twice as long, is cut off, in milliseconds; default 60 s. */
  readonly answerIdleMs?: number | undefined;
}

const HEADERS_MS = 20_000;
const ANSWER_IDLE_MS = 60_000;
const HANDSHAKE_MS = 20_000;

type Matcher = (path: string) => boolean;

interface Route {
  readonly matches: Matcher;
  readonly handler: HttpHandler;
  readonly asksForBody: boolean;
  readonly claims: (request: IncomingMessage) => boolean;
}

export interface RouteOptions {
  /** The handler itself answers `Expect: 100-continue` (`response.writeContinue()`) when it wants the body. */
  readonly asksForBody?: boolean;
  /** Requests that are for this route although the listener itself has something at their path, such as `/metrics`. */
  readonly claims?: (request: IncomingMessage) => boolean;
}

/**
 * One HTTP or HTTPS port. `/healthz`, `/readyz` and `/metrics` are answered here; everything else goes to the first route that
 * matches the undecoded path. Every request runs under a correlation id that the answer carries back.
 */
export class HttpListener {
  readonly #options: HttpListenerOptions;
  readonly #routes: Route[] = [];
  readonly #onListening: (() => void)[] = [];
  readonly #server: Server;
  #stopping = false;
  #tlsWatch: { stop(): void } | undefined;

  constructor(options: HttpListenerOptions) {
    this.#options = options;
    const answer = (request: IncomingMessage, response: ServerResponse): void => void this.#handle(request, response);
    const { tls, headersTimeoutMs = HEADERS_MS } = options;
    // Slow clients are looked for this often, so that they are gone soon after their time.
    const common = { noDelay: true, keepAlive: true, connectionsCheckingInterval: Math.ceil(headersTimeoutMs / 4) };
    this.#server =
      tls === undefined
        ? createServer(common, answer)
        : createTlsServer({ ...common, handshakeTimeout: HANDSHAKE_MS, ...tlsOptions(tls) }, answer);
    // S3 uploads take longer than the default five minutes for a whole request; slow headers stay bounded.
    this.#server.requestTimeout = 0;
    this.#server.headersTimeout = headersTimeoutMs;
    this.#server.keepAliveTimeout = 30_000;
    this.#server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
      if (this.#routeOf(pathOf(request))?.asksForBody !== true) response.writeContinue();
      answer(request, response);
    });
    // Other expectations mean nothing here, and are no reason to refuse.
    this.#server.on('checkExpectation', answer);
    answerBeforeClosing(this.#server);
  }

  /**
   * A path that ends with `/` matches everything below it, another exactly itself; `*` matches all. Routes are tried in order.
   */
  route(path: string | Matcher, handler: HttpHandler, options: RouteOptions = {}): void {
    const matches = typeof path === 'string' ? pathMatcher(path) : path;
    const { asksForBody = false, claims = () => false } = options;
    this.#routes.push({ matches, handler, asksForBody, claims });
  }

  /** Called once, when everything is mounted and the port is open. */
  onListening(callback: () => void): void {
    this.#onListening.push(callback);
  }

  async listen(): Promise<{ port: number }> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#options.port, this.#options.host, resolve);
    });
    const { tls, logger } = this.#options;
    if (tls !== undefined) this.#tlsWatch = keepTlsCurrent(this.#server as TlsServer, tls, logger);
    for (const callback of this.#onListening) callback();
    return { port: (this.#server.address() as AddressInfo).port };
  }

  /** Stops accepting, lets requests under way end for up to `graceMs`, then cuts the rest. */
  async close(graceMs = 5000): Promise<void> {
    this.#stopping = true;
    this.#tlsWatch?.stop();
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeIdleConnections();
    const timer = setTimeout(() => this.#server.closeAllConnections(), graceMs);
    await closed;
    clearTimeout(timer);
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const given = request.headers[correlationHeader];
    const id = typeof given === 'string' && isCorrelationId(given) ? given : newCorrelationId();
    response.setHeader(correlationHeader, id);
    if (this.#stopping) response.setHeader('connection', 'close');
    this.#cutWhenStuck(request, response);
    await withCorrelation(id, async () => {
      try {
        await this.#dispatch(request, response);
      } catch (error) {
        this.#answerFailure(error, request, response);
      }
    });
  }

  /** One timer of the socket, which reads and writes put off. It also fires while an answer is still being made: then nothing waits. */
  #cutWhenStuck(request: IncomingMessage, response: ServerResponse): void {
    response.setTimeout(this.#options.answerIdleMs ?? ANSWER_IDLE_MS, () => {
      if ((response.socket?.writableLength ?? 0) === 0) return;
      this.#options.logger.info(
        { method: request.method, path: pathOf(request) },
        'the client took no more of its answer',
      );
      response.destroy();
    });
  }

  async #dispatch(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = pathOf(request);
    const route = this.#routeOf(path);
    if (request.method === 'GET' && route?.claims(request) !== true) {
      if (path === '/healthz') return sendJson(response, 200, { status: 'ok' });
      if (path === '/readyz') return this.#ready(response);
      if (path === '/metrics') return this.#metrics(response);
    }
    if (route === undefined)
      return sendJson(response, 404, { error: 'NotFound', message: `nothing is served at ${path}` });
    await route.handler(request, response);
  }

  #routeOf(path: string): Route | undefined {
    return this.#routes.find(({ matches }) => matches(path));
  }

  async #ready(response: ServerResponse): Promise<void> {
    const checks = await this.#options.health.run();
    sendJson(response, checks.every(({ ok }) => ok) ? 200 : 503, { checks });
  }

  async #metrics(response: ServerResponse): Promise<void> {
    const { registry } = this.#options.metrics;
    response.writeHead(200, { 'content-type': registry.contentType }).end(await registry.metrics());
  }

  #answerFailure(error: unknown, request: IncomingMessage, response: ServerResponse): void {
    const typed = toMalleeError(error);
    // Not the whole URL: a query string can carry a signature that others may not reuse.
    this.#options.logger.error({ err: error, method: request.method, path: pathOf(request) }, 'request failed');
    if (response.headersSent) {
      response.destroy();
      return;
    }
    // The body may still be arriving: the connection cannot be used again.
    response.setHeader('connection', 'close');
    const message = typed.code === 'InternalError' ? 'internal error' : typed.message;
    sendJson(response, typed.status, { error: typed.code, message });
  }
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '/').split('?', 1)[0]!;
}

function pathMatcher(path: string): Matcher {
  if (path === '*') return () => true;
  return path.endsWith('/') && path !== '/' ? (given) => given.startsWith(path) : (given) => given === path;
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
}
