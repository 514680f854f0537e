import { createHash, randomBytes } from 'node:crypto';

/** What a key without content "holds". */
export const ABSENT = 'absent';

export interface Content {
  readonly bytes: Buffer;
  /** Hex MD5. */
  readonly digest: string;
}

export function md5(bytes: Buffer): string {
  return createHash('md5').update(bytes).digest('hex');
}

export function randomContent(maximum: number): Content {
  const bytes = randomBytes(Math.floor(Math.random() * maximum));
  return { bytes, digest: md5(bytes) };
}

export function oneOf<T>(list: readonly T[]): T | undefined {
  return list[Math.floor(Math.random() * list.length)];
}

/**
 * What each key may hold: one digest (or `ABSENT`) as long as every change of it was acknowledged, more of them once an answer did
 * not come. Only for keys with one writer at a time.
 */
export class Expectations {
  readonly #possible = new Map<string, Set<string>>();

  keys(): string[] {
    return [...this.#possible.keys()];
  }

  /** The one digest the key certainly holds. */
  certain(key: string): string | undefined {
    const [only, ...others] = this.#possible.get(key) ?? [ABSENT];
    return others.length === 0 ? only : undefined;
  }

  allows(key: string, digest: string): boolean {
    return this.#possible.get(key)?.has(digest) ?? digest === ABSENT;
  }

  describe(key: string): string {
    return [...(this.#possible.get(key) ?? [ABSENT])].join(' or ');
  }

  /** The change to `digest` is being asked for: it may have happened from now on. */
  attempt(key: string, digest: string): void {
    this.#possible.set(key, (this.#possible.get(key) ?? new Set([ABSENT])).add(digest));
  }

  /** It has happened, or was seen. */
  settle(key: string, digest: string): void {
    this.#possible.set(key, new Set([digest]));
  }
}
