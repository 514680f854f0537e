import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Server } from 'node:https';
import type { SecureContextOptions } from 'node:tls';
import { MalleeError, toMalleeError } from '@mallee/errors';
import { watchFiles } from './watch-files.js';
import type { Logger } from './logger.js';

/** PEM files of a TLS server. */
export interface TlsFiles {
  readonly key: string;
  readonly certificate: string;
}

/** Key, certificate and versions for `node:tls`. @throws Configuration.Invalid when a file cannot be used */
export function tlsOptions({ key, certificate }: TlsFiles): SecureContextOptions {
  try {
    const pair = { key: readFileSync(key), cert: readFileSync(certificate) };
    if (!new X509Certificate(pair.cert).checkPrivateKey(createPrivateKey(pair.key))) {
      throw new Error('the key does not belong to the certificate');
    }
    return { ...pair, minVersion: 'TLSv1.2' };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `listen.tls: ${key} and ${certificate}: ${reason}`;
    throw new MalleeError('Configuration.Invalid', message, { cause, details: { key, certificate } });
  }
}

/** New connections use the files as they are now. Files that cannot be used are reported and the old pair stays. */
export function keepTlsCurrent(server: Server, files: TlsFiles, logger: Logger): { stop(): void } {
  return watchFiles([files.key, files.certificate], () => {
    try {
      server.setSecureContext(tlsOptions(files));
      logger.info({ certificate: files.certificate }, 'TLS certificate read again');
    } catch (error) {
      logger.error({ reason: toMalleeError(error).message }, 'the new TLS certificate is not used');
    }
  });
}
