import { mkdirSync, readdirSync } from 'node:fs';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { signV4 } from '@mallee/aws-signatures';
import { scratchDirectory, startTestPostgres, type ScratchDirectory, type TestService } from '@mallee/testing';
import type { AccessKeyHolder } from '../accounts/account-directory.js';
import { placeBehind } from './behind.js';
import { alice, serve, type ServedWalrus, type ServeOptions } from './serve.js';

export interface Fixture extends ServedWalrus {
  readonly databaseUrl: string;
  readonly objectsDirectory: string;
  /** Names of all blobs, wherever they are kept; of unfinished ones too where these are files. */
  stored(): Promise<string[]>;
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** `Code` of an error document. */
  readonly code: string | undefined;
}

/** A Walrus over a throw-away PostgreSQL and directory. */
export async function startFixture(options: Partial<ServeOptions> = {}): Promise<Fixture> {
  const postgres: TestService = await startTestPostgres();
  const scratch: ScratchDirectory = scratchDirectory();
  const places = {
    databaseUrl: postgres.url,
    objectsDirectory: options.objectsDirectory ?? join(scratch.path, 'objects'),
  };
  mkdirSync(places.objectsDirectory, { recursive: true });
  const behind = options.behind ?? placeBehind();
  const served = await serve({ ...options, ...(behind === undefined ? {} : { behind }), ...places });
  return {
    ...served,
    ...places,
    stored: async () => {
      if (behind === undefined) return filesBelow(places.objectsDirectory);
      const ids: string[] = [];
      for await (const id of served.blobs.list(new Date(Date.now() + 60_000))) ids.push(id);
      return ids;
    },
    stop: async () => {
      await served.stop();
      await postgres.stop();
      scratch.remove();
    },
  };
}

export function sdk(port: number, who: AccessKeyHolder = alice, more: S3ClientConfig = {}): S3Client {
  return new S3Client({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'eucalyptus',
    forcePathStyle: true,
    credentials: { accessKeyId: who.accessKeyId, secretAccessKey: who.secretKey },
    maxAttempts: 1,
    ...more,
  });
}

export interface RawRequest {
  readonly method?: string;
  /** Path and query as they go on the wire. */
  readonly target: string;
  readonly headers?: Record<string, string>;
  readonly body?: Buffer | string;
}

/** Sends exactly this, unsigned. */
export async function send(port: number, request: RawRequest): Promise<Reply> {
  return await new Promise((resolve, reject) => {
    const { method = 'GET', target, headers = {}, body } = request;
    const outgoing = httpRequest(
      { host: '127.0.0.1', port, method, path: target, headers, agent: false },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          const text = Buffer.concat(chunks);
          const code = /<Error><Code>([^<]+)<\/Code>/.exec(text.toString('utf8'))?.[1];
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: text, code });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** Sends it signed by V4 with an unsigned payload. */
export async function sendSigned(port: number, request: RawRequest, who: AccessKeyHolder = alice): Promise<Reply> {
  const [rawPath = '/', rawQuery = ''] = request.target.split('?');
  const headers: Record<string, string> = { host: `127.0.0.1:${port}`, ...request.headers };
  if (request.body !== undefined && headers['transfer-encoding'] === undefined)
    headers['content-length'] ??= String(Buffer.byteLength(request.body));
  const signed = Object.fromEntries(
    Object.entries(headers).filter(([name]) => !['content-length', 'transfer-encoding'].includes(name)),
  );
  const added = signV4(
    {
      method: request.method ?? 'GET',
      rawPath,
      rawQuery,
      headers: signed,
      region: 'x',
      service: 's3',
      payloadHash: request.headers?.['x-amz-content-sha256'] ?? 'UNSIGNED-PAYLOAD',
    },
    { accessKeyId: who.accessKeyId, secretKey: who.secretKey },
    new Date(),
  );
  return await send(port, { ...request, headers: { ...headers, ...added } });
}

/** Names of all files below a directory but the mark of a blob store. */
export function filesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'store-mark')
    .map((entry) => entry.name);
}

/** The error code that a call to the SDK fails with; `ok` when it does not. */
export async function failureOf(call: Promise<unknown>): Promise<string> {
  return await call.then(
    () => 'ok',
    (error: unknown) => (error as Error).name,
  );
}
