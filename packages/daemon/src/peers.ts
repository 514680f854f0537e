import { z } from 'zod';
import { readPem, splitCertificates } from './pem.js';

/** How one peer speaks. What is left out is found out from its messages (dialect) or is the default of Mallee. */
export const peerSchema = z
  .object({
    /** PEM file of the certificate that the peer signs with. */
    certificate: z.string().min(1),
    /** `2.0` for originals up to 2.0.x, `4.4` for those from 3.0 on; absent: as each message shows. */
    dialect: z.enum(['2.0', '4.4']).optional(),
    /** `headers-only` for originals up to 2.0.2, which do not sign the Body: for named peers on a trusted network. */
    profile: z.enum(['body-timestamp', 'headers-only']).default('body-timestamp'),
    /** Originals take `rsa-sha1` only; the default of a `headers-only` peer. */
    suite: z.enum(['rsa-sha256', 'rsa-sha1']).optional(),
  })
  .strict();

/** The rules for one peer, with its certificate as PEM text. */
export interface PeerRules {
  readonly certificatePem: string;
  readonly dialect?: '2.0' | '4.4';
  readonly profile: 'body-timestamp' | 'headers-only';
  readonly suite: 'rsa-sha256' | 'rsa-sha1';
}

interface PeersConfig {
  readonly peers: readonly z.infer<typeof peerSchema>[];
}

/** The rules of `peers`. The certificates are read at each call, so that a new file needs no restart. */
export function loadPeers({ peers }: PeersConfig): PeerRules[] {
  return peers.flatMap(({ certificate, dialect, profile, suite }) =>
    splitCertificates(readPem(certificate)).map((certificatePem) => ({
      certificatePem,
      ...(dialect === undefined ? {} : { dialect }),
      profile,
      suite: suite ?? (profile === 'headers-only' ? 'rsa-sha1' : 'rsa-sha256'),
    })),
  );
}
