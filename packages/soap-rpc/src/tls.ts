import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { MalleeError, toMalleeError } from '@mallee/errors';

/** Whom to believe at the other end of a TLS connection. Nothing of the system's own store is ever used. */
export interface TlsTrust {
  /**
   * PEM texts; the peer must show exactly one of these certificates. No chain, no dates and no host name then matter, as with the
   * certificates that sign messages. A function is asked for each connection.
   */
  readonly pinnedCertificates?: readonly string[] | (() => readonly string[]);
  /** PEM texts of authorities; the certificate must be issued by one of them, for the host name of the URL unless it is pinned. */
  readonly ca?: readonly string[];
}

/** Makes verified TLS connections: at least TLS 1.2, and nothing is sent before the certificate is known to be the right one. */
export class TlsConnector {
  readonly #pins: (() => readonly Buffer[]) | undefined;
  readonly #options: ConnectionOptions;

  /** Throws Configuration.Invalid if there is nothing to believe. */
  constructor(trust: TlsTrust, host: string) {
    const { pinnedCertificates: given, ca = [] } = trust;
    this.#pins = pinsOf(given);
    if (this.#pins === undefined && ca.length === 0) {
      throw new MalleeError('Configuration.Invalid', 'TLS needs a pinned certificate or an authority');
    }
    this.#options = {
      minVersion: 'TLSv1.2',
      // A pinned certificate is compared below, before the connection is given out.
      rejectUnauthorized: ca.length > 0,
      ...(ca.length === 0 ? {} : { ca: [...ca] }),
      ...(this.#pins === undefined ? {} : { checkServerIdentity: () => undefined }),
      ...(isIP(host) === 0 ? { servername: host } : {}),
      ALPNProtocols: ['http/1.1'],
    };
  }

  /** Starts a connection; `done` gets it once it is verified, or the error, and is called once. */
  connect(host: string, port: number, done: (error: Error | undefined, socket?: TLSSocket) => void): TLSSocket {
    const socket = connect({ ...this.#options, host, port });
    socket.setNoDelay(true);
    socket.once('error', done);
    socket.once('secureConnect', () => {
      const mismatch = this.#mismatch(socket);
      if (mismatch !== undefined) {
        socket.destroy(mismatch);
        return;
      }
      socket.removeListener('error', done);
      done(undefined, socket);
    });
    return socket;
  }

  #mismatch(socket: TLSSocket): MalleeError | undefined {
    if (this.#pins === undefined) return undefined;
    const shown = socket.getPeerX509Certificate();
    try {
      if (shown !== undefined && this.#pins().some((pin) => pin.equals(shown.raw))) return undefined;
    } catch (error) {
      // A file that cannot be read now ends this connection, not the daemon.
      return toMalleeError(error, 'read the pinned certificates');
    }
    const fingerprint = shown?.fingerprint256;
    return new MalleeError(
      'Wire.TlsPinMismatch',
      `the certificate shown is ${fingerprint ?? 'none'}, not the pinned one`,
      {
        details: { shown: fingerprint, sent: false },
      },
    );
  }
}

/** Undefined when nothing is pinned. What is given as a list is read once, and refused at once. */
function pinsOf(given: TlsTrust['pinnedCertificates']): (() => readonly Buffer[]) | undefined {
  if (typeof given === 'function') return () => given().map(readPin);
  if (given === undefined || given.length === 0) return undefined;
  const pins = given.map(readPin);
  return () => pins;
}

function readPin(pem: string): Buffer {
  try {
    return new X509Certificate(pem).raw;
  } catch (cause) {
    throw new MalleeError('Configuration.Invalid', 'a pinned certificate cannot be read', { cause });
  }
}
