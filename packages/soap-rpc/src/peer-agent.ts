import { Agent } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { TlsConnector } from './tls.js';

type Connected = (error: Error | null, socket?: Socket) => void;

/** No connection was made, so the peer did not get the request. */
export class NotConnected extends Error {}

export interface PeerAgentOptions {
  readonly host: string;
  readonly port: number;
  readonly tls: TlsConnector | undefined;
  /** False: one connection per call, as the originals do it. */
  readonly keepAlive: boolean;
  /** After this time without a call a kept connection is closed. */
  readonly idleMs: number;
  readonly connectTimeoutMs: number;
}

/**
 * The connections to one peer. A call gets one only when it is open, over TLS when the peer is known to be the right one: whatever
 * fails before is NotConnected. How many there are at a time is bounded by the limiter of the peer, not here.
 */
export class PeerAgent extends Agent {
  readonly #target: PeerAgentOptions;
  readonly #opening = new Set<Socket>();

  constructor(target: PeerAgentOptions) {
    super({ keepAlive: target.keepAlive, maxFreeSockets: 8, scheduling: 'lifo', timeout: target.idleMs });
    this.#target = target;
  }

  /** Called by Agent, for a call that no idle connection can take. */
  createConnection(_options: unknown, done: Connected): undefined {
    const { host, port, tls, connectTimeoutMs } = this.#target;
    let timer: NodeJS.Timeout | undefined = undefined;
    const finish = (error: Error | undefined, socket?: Socket): void => {
      clearTimeout(timer);
      this.#opening.delete(opening);
      if (error === undefined) done(null, socket);
      else done(new NotConnected('not connected', { cause: error }));
    };
    const opening = tls === undefined ? plainConnection(host, port, finish) : tls.connect(host, port, finish);
    this.#opening.add(opening);
    timer = setTimeout(
      () => opening.destroy(new Error(`no connection within ${connectTimeoutMs} ms`)),
      connectTimeoutMs,
    );
  }

  /** Closes the connections that no call uses. */
  closeIdle(): void {
    for (const sockets of Object.values(this.freeSockets)) {
      for (const socket of [...(sockets ?? [])]) socket.destroy();
    }
  }

  override destroy(): void {
    for (const socket of this.#opening) socket.destroy(new Error('closed'));
    super.destroy();
  }
}

function plainConnection(
  host: string,
  port: number,
  done: (error: Error | undefined, socket?: Socket) => void,
): Socket {
  const socket = connect({ host, port, noDelay: true });
  socket.once('error', done);
  socket.once('connect', () => {
    socket.removeListener('error', done);
    done(undefined, socket);
  });
  return socket;
}
