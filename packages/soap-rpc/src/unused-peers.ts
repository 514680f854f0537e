import { X509Certificate } from 'node:crypto';
import { loadPeers, type BaseConfig } from '@mallee/daemon';
import { toMalleeError } from '@mallee/errors';
import { fingerprintOf, shortName } from './peer-rules.js';

/** A service that follows `peers`, and whom it trusts. */
export interface PeerService {
  readonly name: string;
  /** PEM texts. */
  readonly trusted: () => readonly string[];
}

/** An entry of `peers` that changes nothing. */
export interface UnusedPeer {
  /** The file of the entry. */
  readonly certificate: string;
  /** Whose certificates are in it. */
  readonly peer: readonly string[];
  /** What entries can match, by service. */
  readonly canMatch: Readonly<Record<string, readonly string[]>>;
  /** What is wrong, and what to do. */
  readonly message: string;
}

/**
 * The entries of `peers` that no service follows, because none trusts a certificate of their file: a wrong or outdated file, mostly. A
 * certificate is named by its subject and the first 16 digits of its SHA-256, as in the metrics.
 */
export function unusedPeers(peers: BaseConfig['peers'], services: readonly PeerService[]): UnusedPeer[] {
  if (peers.length === 0) return [];
  const trusted = services.map((service) => [service.name, trustedBy(service)] as const);
  const known = new Set(trusted.flatMap(([, pems]) => pems.map(fingerprintOf)));
  const canMatch = Object.fromEntries(trusted.map(([name, pems]) => [name, pems.map(nameOf)]));
  return peers.flatMap((entry) => {
    const { certificate } = entry;
    let found: string[];
    try {
      found = loadPeers({ peers: [entry] }).map(({ certificatePem }) => certificatePem);
    } catch (error) {
      return [{ certificate, peer: [], canMatch, message: sentence(certificate, toMalleeError(error).message) }];
    }
    if (found.some((pem) => isCertificate(pem) && known.has(fingerprintOf(pem)))) return [];
    const peer = found.map(nameOf);
    const why =
      services.length === 0 ? 'no service of this daemon follows peers' : `${peer.join(', ')} is trusted by none`;
    return [{ certificate, peer, canMatch, message: sentence(certificate, why, canMatch) }];
  });
}

/** A file that cannot be read fails where it is used, not here. */
function trustedBy({ trusted }: PeerService): readonly string[] {
  try {
    return trusted();
  } catch {
    return [];
  }
}

function sentence(file: string, why: string, canMatch: UnusedPeer['canMatch'] = {}): string {
  const services = Object.entries(canMatch).map(([name, all]) => `${name} trusts ${all.join(', ') || 'nobody'}`);
  const choice = services.length === 0 ? '' : ` (${services.join('; ')})`;
  const remedy =
    services.length === 0
      ? 'correct or remove the entry'
      : 'name the file of the certificate that the peer signs with, and trust that one (trust), or remove the entry';
  return `the entry of peers with ${file} changes nothing: ${why}${choice}; ${remedy}`;
}

function nameOf(pem: string): string {
  if (!isCertificate(pem)) return 'no certificate';
  const subject = new X509Certificate(pem).subject.replaceAll('\n', ', ');
  return `${subject} ${shortName(fingerprintOf(pem))}`.trim();
}

function isCertificate(pem: string): boolean {
  return fingerprintOf(pem) !== 'unreadable';
}
