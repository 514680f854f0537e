import { request } from 'node:https';
import { connect, type TLSSocket } from 'node:tls';
import { isErrorCode, MalleeError } from '@mallee/errors';
import { fingerprint } from './fingerprint.js';
import { MAXIMUM_MESSAGE_BYTES } from './messages.js';

const TIMEOUT_MS = 30_000;

export interface PinnedPeer {
  /** https://HOST:PORT */
  readonly url: string;
  /** SHA-256 fingerprints of the TLS certificates that the peer may have, base64url. */
  readonly pins: readonly string[];
}

/** A connection whose other end has proved to hold the key of a pinned certificate. */
export interface PinnedConnection {
  /** Own address on the way to the peer: what the peer can reach this host at, if nothing translates addresses. */
  readonly localAddress: string;
  /** Sends one JSON message. @throws the typed error of the peer */
  post(path: string, message: object): Promise<unknown>;
  close(): void;
}

/**
 * Connects with TLS and compares the certificate before anything is sent. No authority, name or date of the certificate matters: it is
 * this one or it is not.
 * @throws Joining.Unreachable, Joining.WrongPeer
 */
export async function connectPinned({ url, pins }: PinnedPeer): Promise<PinnedConnection> {
  const socket = await handshake(new URL(url));
  const { raw } = socket.getPeerCertificate() as { raw?: Buffer };
  if (raw === undefined || !pins.includes(fingerprint(raw))) {
    socket.destroy();
    throw new MalleeError('Joining.WrongPeer', `the certificate of ${url} is not the one that was expected`);
  }
  return {
    localAddress: (socket.localAddress ?? '').replace(/^::ffff:/, ''),
    post: (path, message) => post(socket, url, path, JSON.stringify(message)),
    close: () => socket.destroy(),
  };
}

function handshake({ hostname, port, href }: URL): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const host = hostname.replace(/^\[|\]$/g, '');
    // Equality with the pin is the whole of trust, so the checks of chains and names are off.
    const options = { host, port: Number(port || 443), rejectUnauthorized: false, minVersion: 'TLSv1.2' } as const;
    const socket = connect(options, () => {
      socket.setTimeout(0);
      resolve(socket);
    });
    const fail = (reason: string, cause?: unknown): void => {
      socket.destroy();
      reject(new MalleeError('Joining.Unreachable', `${href} does not answer with TLS: ${reason}`, { cause }));
    };
    socket.setTimeout(TIMEOUT_MS, () => fail('no answer in time'));
    socket.once('error', (error: NodeJS.ErrnoException) => fail(error.code ?? error.message, error));
  });
}

function post(socket: TLSSocket, base: string, path: string, body: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const lost = (cause?: unknown): void =>
      reject(new MalleeError('Joining.Unreachable', `${base} went away before it answered`, { cause }));
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      connection: 'close',
    };
    const options = {
      method: 'POST',
      headers,
      createConnection: () => socket,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    };
    const outgoing = request(new URL(path, base), options, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
        if (text.length > MAXIMUM_MESSAGE_BYTES) outgoing.destroy();
      });
      response.on('error', lost);
      response.on('close', () => {
        if (!response.complete) return lost();
        try {
          resolve(accept(response.statusCode ?? 0, text));
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      });
    });
    outgoing.on('error', lost);
    outgoing.end(body);
  });
}

function accept(status: number, text: string): unknown {
  let answer: { error?: unknown; message?: unknown };
  try {
    answer = JSON.parse(text) as typeof answer;
  } catch (cause) {
    throw new MalleeError('Joining.NotOffered', `HTTP ${String(status)} and no JSON: not this service`, { cause });
  }
  if (status === 200) return answer;
  const code = typeof answer.error === 'string' && isErrorCode(answer.error) ? answer.error : 'Joining.NotOffered';
  throw new MalleeError(
    code,
    (typeof answer.message === 'string' ? answer.message : `HTTP ${String(status)}`).slice(0, 500),
  );
}
