import { createHash } from 'node:crypto';
import { createChecksum, type ChecksumName, type RunningChecksum } from '@mallee/aws-signatures';

export type DigestName = 'md5' | ChecksumName;
/** Raw bytes of each digest. */
export type Digests = ReadonlyMap<DigestName, Buffer>;

/** Several digests of the same bytes. */
export class Digester {
  readonly #running = new Map<DigestName, RunningChecksum>();

  constructor(names: Iterable<DigestName>) {
    for (const name of names) this.#running.set(name, name === 'md5' ? md5() : createChecksum(name));
  }

  update(bytes: Buffer): void {
    for (const running of this.#running.values()) running.update(bytes);
  }

  /** The last call. */
  digest(): Digests {
    return new Map([...this.#running].map(([name, running]) => [name, running.digest()]));
  }
}

function md5(): RunningChecksum {
  const hash = createHash('md5');
  return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest() };
}
