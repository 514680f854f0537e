import { Agent, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { currentCorrelationId, newCorrelationId, type HttpHandler, type Logger } from '@mallee/daemon';
import { toMalleeError } from '@mallee/errors';
import { xmlDocument } from '../ec2/xml.js';

export interface WalrusProxyOptions {
  /** Base URL of Walrus, http://host:port; undefined when none is registered. */
  readonly target: () => Promise<string | undefined>;
  readonly logger: Logger;
  /** For the connection and then between two pieces of data, in milliseconds. */
  readonly idleTimeoutMs?: number;
}

export interface WalrusProxy {
  readonly handler: HttpHandler;
  close(): void;
}

/** Headers that belong to one connection (RFC 9110 section 7.6.1) and are not passed on. */
const perConnection = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
]);

/**
 * Passes S3 requests to Walrus byte by byte: method, raw path, Host and all end-to-end headers stay as they are, or the
 * signatures would not fit any more. Data is streamed both ways with back pressure; an abort on one side reaches the other.
 */
export function walrusProxy({ target, logger, idleTimeoutMs = 120_000 }: WalrusProxyOptions): WalrusProxy {
  const agent = new Agent({ keepAlive: true, maxSockets: 256, noDelay: true });
  return {
    close: () => agent.destroy(),
    handler: async (request, response) => {
      try {
        const base = await target();
        if (base === undefined) throw new Error('no Walrus is registered');
        await forward(request, response, new URL(base), agent, idleTimeoutMs);
      } catch (error) {
        answerAway(request, response, error, logger);
      }
    },
  };
}

async function forward(
  request: IncomingMessage,
  response: ServerResponse,
  base: URL,
  agent: Agent,
  idleTimeoutMs: number,
): Promise<void> {
  const upstream = httpRequest({
    agent,
    hostname: base.hostname.replace(/^\[|\]$/g, ''),
    port: base.port,
    method: request.method,
    path: request.url,
    headers: passedHeaders(request),
    setHost: false,
  });
  upstream.setTimeout(idleTimeoutMs, () => upstream.destroy(new Error(`no data for ${idleTimeoutMs} ms`)));
  // A client that goes away takes the upstream request with it.
  const abort = (): void => {
    if (!response.writableFinished) upstream.destroy(new Error('the client went away'));
  };
  response.once('close', abort);
  // Expect: 100-continue is passed on for the sake of signatures; this server has answered it already (Node does so before
  // it calls a handler), so the 100 of Walrus stops here.
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    upstream.once('response', resolve);
    upstream.once('error', reject);
  });
  // The answer may come before the body is through (a refusal); then only the answer matters.
  const sent = pipeline(request, upstream).catch(() => undefined);
  const answer = await answered;
  copyHead(answer, response);
  await pipeline(answer, response);
  if (!request.complete) request.destroy();
  await sent;
}

/** Raw header list without those of the connection; the length of the body stays declared as the client declared it. */
function passedHeaders(request: IncomingMessage): string[] {
  const dropped = new Set(perConnection);
  for (const name of (request.headers.connection ?? '').split(',')) dropped.add(name.trim().toLowerCase());
  const passed: string[] = [];
  for (let i = 0; i + 1 < request.rawHeaders.length; i += 2) {
    if (!dropped.has(request.rawHeaders[i]!.toLowerCase()))
      passed.push(request.rawHeaders[i]!, request.rawHeaders[i + 1]!);
  }
  if (request.headers['transfer-encoding'] !== undefined) passed.push('Transfer-Encoding', 'chunked');
  return passed;
}

function copyHead(answer: IncomingMessage, response: ServerResponse): void {
  const passed: string[] = [];
  for (let i = 0; i + 1 < answer.rawHeaders.length; i += 2) {
    const name = answer.rawHeaders[i]!;
    if (perConnection.has(name.toLowerCase())) continue;
    response.removeHeader(name);
    passed.push(name, answer.rawHeaders[i + 1]!);
  }
  for (let i = 0; i < passed.length; i += 2) response.appendHeader(passed[i]!, passed[i + 1]!);
  response.writeHead(answer.statusCode ?? 502, answer.statusMessage);
}

/** The S3 error that makes every client retry. */
function answerAway(request: IncomingMessage, response: ServerResponse, error: unknown, logger: Logger): void {
  if (response.destroyed) return;
  // Without the query: that of a presigned URL is a credential.
  const path = request.url?.split('?', 1)[0];
  logger.warn({ err: toMalleeError(error, 'pass a request to Walrus'), path }, 'walrus proxy failed');
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const RequestId = currentCorrelationId() ?? newCorrelationId();
  const Message = 'The object storage does not answer. Please try again.';
  const body = xmlDocument('Error', '', { Code: 'ServiceUnavailable', Message, RequestId });
  if (!request.complete) response.setHeader('connection', 'close');
  response.writeHead(503, { 'content-type': 'application/xml', 'content-length': Buffer.byteLength(body) });
  response.end(request.method === 'HEAD' ? undefined : body);
}
