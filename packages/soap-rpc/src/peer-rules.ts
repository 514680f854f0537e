import { X509Certificate } from 'node:crypto';
import type { PeerRules } from '@mallee/daemon';
import { profiles, type TrustedPeer } from '@mallee/ws-security';

const REMEMBERED = 1024;

/** The rules of single peers, by certificate. */
export class Peers {
  readonly #trusted: () => readonly string[];
  readonly #rules: () => readonly PeerRules[];
  readonly #keys = new Map<string, string>();

  constructor(trusted: () => readonly string[], rules: (() => readonly PeerRules[]) | undefined) {
    this.#trusted = trusted;
    this.#rules = rules ?? (() => []);
  }

  /** The trusted certificates, with their rules where they have some: a rule alone makes nobody trusted. */
  trusted(): readonly (string | TrustedPeer)[] {
    const rules = this.#byCertificate();
    if (rules.size === 0) return this.#trusted();
    return this.#trusted().map((certificatePem) => {
      const found = rules.get(this.#key(certificatePem));
      if (found === undefined) return certificatePem;
      return { certificatePem, profile: profiles[found.profile], suites: [found.suite] };
    });
  }

  /** The rules for the owner of a certificate. */
  rulesOf(certificatePem: string): PeerRules | undefined {
    return this.#byCertificate().get(this.#key(certificatePem));
  }

  /** Those who may send messages with an unsigned Body. */
  headersOnly(): readonly string[] {
    const found = this.#rules().filter(({ profile }) => profile === 'headers-only');
    return found.map(({ certificatePem }) => this.fingerprint(certificatePem));
  }

  /** A short name for a certificate in metrics and logs: the first 8 bytes of its SHA-256. */
  fingerprint(certificatePem: string): string {
    return shortName(this.#key(certificatePem));
  }

  #key(certificatePem: string): string {
    let key = this.#keys.get(certificatePem);
    if (key === undefined) {
      if (this.#keys.size >= REMEMBERED) this.#keys.clear();
      key = fingerprintOf(certificatePem);
      this.#keys.set(certificatePem, key);
    }
    return key;
  }

  #byCertificate(): ReadonlyMap<string, PeerRules> {
    return new Map(this.#rules().map((rules) => [this.#key(rules.certificatePem), rules]));
  }
}

/** The first 8 bytes of a fingerprint. */
export function shortName(fingerprint: string): string {
  return fingerprint.slice(0, 16);
}

/** SHA-256 in hexadecimal; `unreadable` for what is no certificate, which is refused where it is used. */
export function fingerprintOf(certificatePem: string): string {
  try {
    return new X509Certificate(certificatePem).fingerprint256.replaceAll(':', '').toLowerCase();
  } catch {
    return 'unreadable';
  }
}
