import { isMalleeError } from '@mallee/errors';
import {
  loadIdentity,
  MessageSigner,
  MessageVerifier,
  type IdentityPem,
  type SignedMessage,
  type TrustedPeer,
  type SuiteName,
} from '../index.js';
import type { VerifierOptions } from '../verifier.js';

export const NOW = Date.parse('2026-11-22T12:00:00.000Z');
export const TO = 'http://10.0.0.2:8775/axis2/services/EucalyptusNC';
export const ACTION = 'EucalyptusNC#ncDescribeResource';
export const PAYLOAD =
  '<n:ncDescribeResource xmlns:n="http://eucalyptus.ucsb.edu/"><n:userId>admin</n:userId></n:ncDescribeResource>';

interface RequestChanges {
  readonly suite?: SuiteName;
  readonly now?: number;
  readonly payload?: string;
}

/** For tests: a signed request of NOW. */
export function signedRequest(pem: IdentityPem, changes: RequestChanges = {}): SignedMessage {
  const { suite = 'rsa-sha256', now = NOW, payload = PAYLOAD } = changes;
  const signer = new MessageSigner({ identity: loadIdentity(pem), suite, clock: () => now });
  return signer.sign({ to: TO, action: ACTION, payload });
}

/** For tests: a verifier at NOW. */
export function verifierAt(
  trusted: readonly (string | TrustedPeer)[],
  more: Partial<VerifierOptions> = {},
): MessageVerifier {
  return new MessageVerifier({ trusted: () => trusted, clock: () => NOW, ...more });
}

/** For tests: the code with which something is refused, or 'accepted'. */
export function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (isMalleeError(error)) return error.code;
    throw error;
  }
  return 'accepted';
}
