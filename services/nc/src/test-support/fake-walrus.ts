import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { signedRequestOf, verifyEuca2Rest } from '@mallee/aws-signatures';

/** What the fake does instead of answering properly, one entry per request. */
export type Mischief =
  'drop' | 'cut' | 'status-503' | 'status-404' | 'refused' | 'wrong-digest' | 'wrong-length' | 'hang';

/** A stand-in for the image service: serves content by path, checks the node's signature, can misbehave on demand. */
export class FakeWalrus {
  readonly requests: { path: string; status: number; conditional: boolean }[] = [];
  readonly mischief: Mischief[] = [];
  private readonly images = new Map<string, Buffer | string>();
  private readonly server: Server;
  private readonly certificatePem: string;

  constructor(nodeCertificatePem: string) {
    this.certificatePem = nodeCertificatePem;
    this.server = createServer((request, response) => {
      this.answer(request, response).catch(() => response.destroy());
    });
  }

  /** @param content bytes, or the path of a file */
  put(name: string, content: Buffer | string): string {
    const path = `/services/Walrus/images/${name}.manifest.xml`;
    this.images.set(path, content);
    return `${this.url()}${path}`;
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.server.closeAllConnections();
    await closed;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const signed = signedRequestOf(request);
    const entry = { path: signed.rawPath, status: 0, conditional: request.headers['if-none-match'] !== undefined };
    this.requests.push(entry);
    const end = (status: number, body = ''): void => {
      entry.status = status;
      response.writeHead(status).end(body);
    };
    const mischief = this.mischief.shift();
    if (mischief === 'drop') return void request.socket.destroy();
    if (mischief === 'hang') return;
    if (mischief === 'status-503') return end(503, '<Error><Code>SlowDown</Code><Message>later</Message></Error>');
    if (mischief === 'status-404') return end(404, '<Error><Code>NoSuchKey</Code><Message>gone</Message></Error>');
    if (mischief === 'refused')
      return end(409, '<Error><Code>Image.DigestMismatch</Code><Message>no</Message></Error>');
    try {
      const trusted = [{ certificatePem: this.certificatePem, role: 'node' as const }];
      const { headers } = verifyEuca2Rest(signed, trusted, new Date());
      if (String(headers['eucaoperation']) !== 'GetDecryptedImage') return end(400);
    } catch (error) {
      return end(403, String(error));
    }
    const content = this.images.get(signed.rawPath);
    if (content === undefined) return end(404);
    const { etag, sha256, size } = await describe(content);
    if (request.headers['if-none-match'] === etag) return end(304);
    entry.status = 200;
    response.writeHead(200, {
      etag,
      'content-length': mischief === 'wrong-length' ? size + 5 : size,
      'x-mallee-image-sha256': mischief === 'wrong-digest' ? '0'.repeat(64) : sha256,
    });
    if (mischief === 'cut') {
      response.write(Buffer.isBuffer(content) ? content.subarray(0, 10) : Buffer.alloc(10), () => response.destroy());
      return;
    }
    if (Buffer.isBuffer(content)) response.end(content);
    else createReadStream(content).pipe(response);
    if (mischief === 'wrong-length') response.on('finish', () => response.destroy());
  }
}

async function describe(content: Buffer | string): Promise<{ etag: string; sha256: string; size: number }> {
  const hash = createHash('sha256');
  if (Buffer.isBuffer(content)) hash.update(content);
  else for await (const chunk of createReadStream(content)) hash.update(chunk as Buffer);
  const sha256 = hash.digest('hex');
  const size = Buffer.isBuffer(content) ? content.length : (await stat(content)).size;
  return { etag: `"${sha256.slice(0, 32)}"`, sha256, size };
}
