import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { InstanceRecord } from '../instances/record.js';
import { lookUp, metadataTree } from './metadata-tree.js';
import { LONGEST_TOKEN_SECONDS, SessionTokens } from './session-tokens.js';

const TOKEN_HEADER = 'x-aws-ec2-metadata-token';
const TOKEN_TTL_HEADER = 'x-aws-ec2-metadata-token-ttl-seconds';

export interface MetadataServerOptions {
  readonly host: string;
  readonly port: number;
  /** Availability zone that guests are told. */
  readonly zone: string;
  /** The instance that has this address now. */
  readonly instanceAt: (address: string) => InstanceRecord | undefined;
  readonly now?: () => Date;
  readonly onRequest?: (version: 'v1' | 'v2' | 'unknown', status: number) => void;
}

/**
 * The instance metadata service, versions 1 and 2. A guest is recognised by the source address of its connection alone;
 * headers that claim another one are never looked at, and whoever is not an instance of this node gets 404.
 */
export class MetadataServer {
  private readonly options: MetadataServerOptions;
  private readonly tokens = new SessionTokens();
  private readonly server: Server;

  constructor(options: MetadataServerOptions) {
    this.options = options;
    this.server = createServer((request, response) => this.answer(request, response));
    this.server.headersTimeout = 10_000;
    this.server.requestTimeout = 20_000;
    this.server.keepAliveTimeout = 5000;
    this.server.maxConnections = 512;
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(this.options.port, this.options.host, resolve);
    });
  }

  /** The real port; undefined while the server does not listen. */
  port(): number | undefined {
    return (this.server.address() as AddressInfo | null)?.port;
  }

  async close(): Promise<void> {
    if (!this.server.listening) return;
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.server.closeAllConnections();
    await closed;
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    request.resume();
    const address = (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
    const record = this.options.instanceAt(address);
    if (record === undefined) return this.send(response, 'unknown', 404);
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    if (request.method === 'PUT') return this.issueToken(request, response, record, path);
    if (request.method !== 'GET' && request.method !== 'HEAD') return this.send(response, 'v1', 405);
    const token = request.headers[TOKEN_HEADER];
    const version = token === undefined ? 'v1' : 'v2';
    if (token !== undefined && !this.tokens.isValid(String(token), record.launch.instanceId, this.now())) {
      return this.send(response, 'v2', 401);
    }
    const body = lookUp(metadataTree(record, this.options.zone), collapseSlashes(path));
    if (body === undefined) return this.send(response, version, 404);
    this.send(response, version, 200, body);
  }

  private issueToken(request: IncomingMessage, response: ServerResponse, record: InstanceRecord, path: string): void {
    if (path !== '/latest/api/token') return this.send(response, 'v2', path === '/' ? 405 : 404);
    // A request that came through a proxy could carry a token out of the guest.
    if (request.headers['x-forwarded-for'] !== undefined) return this.send(response, 'v2', 403);
    const text = request.headers[TOKEN_TTL_HEADER];
    const seconds = typeof text === 'string' && /^\d{1,5}$/.test(text) ? Number(text) : 0;
    if (seconds < 1 || seconds > LONGEST_TOKEN_SECONDS) return this.send(response, 'v2', 400);
    const token = this.tokens.issue(record.launch.instanceId, seconds, this.now());
    response.setHeader(TOKEN_TTL_HEADER, String(seconds));
    this.send(response, 'v2', 200, Buffer.from(token));
  }

  private send(
    response: ServerResponse,
    version: 'v1' | 'v2' | 'unknown',
    status: number,
    body: Buffer = Buffer.alloc(0),
  ): void {
    this.options.onRequest?.(version, status);
    response.writeHead(status, { 'content-type': 'text/plain', 'content-length': body.length }).end(body);
  }

  private now(): Date {
    return this.options.now?.() ?? new Date();
  }
}

/** Clients join paths carelessly; EC2 accepts repeated slashes. */
function collapseSlashes(path: string): string {
  return path.replaceAll(/\/{2,}/g, '/');
}
