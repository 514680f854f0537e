import { createPrivateKey, X509Certificate } from 'node:crypto';
import { statSync } from 'node:fs';
import { loadIdentity, type BaseConfig } from './config.js';
import type { Logger } from './logger.js';

const LOOK_AGAIN_MS = 250;

type Identity = ReturnType<typeof loadIdentity>;

/**
 * Own key and certificate as they are now: the same object until the files change, then a new one. Between the two files of a new pair
 * being written, and when a new file cannot be used, the old pair goes on.
 * @throws Configuration.Invalid at once when there is no pair to begin with
 */
export function liveIdentity(config: Pick<BaseConfig, 'keys'>, logger?: Logger): () => Identity {
  let current = loadIdentity(config);
  let seen = stampOf(config);
  let lookAt = performance.now() + LOOK_AGAIN_MS;
  return () => {
    if (performance.now() < lookAt) return current;
    lookAt = performance.now() + LOOK_AGAIN_MS;
    const stamp = stampOf(config);
    if (stamp === seen) return current;
    const next = usable(config);
    if (next === undefined) return current;
    // A file that was replaced while it was read is looked at once more.
    if (stampOf(config) === stamp) seen = stamp;
    if (next.privateKeyPem !== current.privateKeyPem || next.certificatePem !== current.certificatePem) {
      current = next;
      logger?.info({ certificate: config.keys.certificate }, 'signing with a new key');
    }
    return current;
  };
}

function usable(config: Pick<BaseConfig, 'keys'>): Identity | undefined {
  try {
    const pair = loadIdentity(config);
    const belongs = new X509Certificate(pair.certificatePem).checkPrivateKey(createPrivateKey(pair.privateKeyPem));
    return belongs ? pair : undefined;
  } catch {
    return undefined;
  }
}

/** Changes when one of the files is written or replaced. */
function stampOf({ keys }: Pick<BaseConfig, 'keys'>): string {
  return [keys.privateKey, keys.certificate].map(stampOfFile).join(' ');
}

function stampOfFile(file: string): string {
  const stat = statSync(file, { throwIfNoEntry: false, bigint: true });
  return stat === undefined ? '-' : `${String(stat.ino)}:${String(stat.mtimeNs)}:${String(stat.size)}`;
}
