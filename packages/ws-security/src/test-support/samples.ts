import {
  loadIdentity,
  MessageSigner,
  MessageVerifier,
  profiles,
  type IdentityPem,
  type ProfileName,
  type SuiteName,
  type VerifiedMessage,
} from '../index.js';
import type { VerifierOptions } from '../verifier.js';
import { ACTION, NOW, PAYLOAD, TO } from './messages.js';

/** For tests: one genuine message and how its receiver verifies it. */
export interface Sample {
  readonly title: string;
  readonly profile: ProfileName;
  readonly direction: 'request' | 'reply';
  readonly text: string;
  /** Local names of the signed parts. */
  readonly parts: readonly string[];
  readonly receive: (text: string | Uint8Array, more?: Partial<VerifierOptions>) => VerifiedMessage;
}

const REPLY = PAYLOAD.replaceAll('ncDescribeResource', 'ncDescribeResourceResponse');
const REQUEST_ID = 'urn:uuid:00000000-0000-4000-8000-000000000001';

/** For tests: what one peer sends in each profile and direction, at NOW. */
export function samplesOf(pem: IdentityPem, suite: SuiteName = 'rsa-sha256'): Sample[] {
  return (['body-timestamp', 'headers-only'] as const).flatMap((profile) =>
    (['request', 'reply'] as const).map((direction) => sampleOf(pem, profile, direction, suite)),
  );
}

export function sampleOf(
  pem: IdentityPem,
  profile: ProfileName,
  direction: 'request' | 'reply',
  suite: SuiteName = 'rsa-sha256',
): Sample {
  const signer = new MessageSigner({
    identity: loadIdentity(pem),
    suite,
    profile: profiles[profile],
    clock: () => NOW,
  });
  const { text } =
    direction === 'request'
      ? signer.sign({ to: TO, action: ACTION, payload: PAYLOAD })
      : signer.sign({ action: ACTION, payload: REPLY, relatesTo: REQUEST_ID, from: TO });
  const receive = receiver(direction, REQUEST_ID, {
    trusted: () => [pem.certificatePem],
    clock: () => NOW,
    suites: [suite],
    profile: profiles[profile],
  });
  return { title: `${direction} of ${profile}`, profile, direction, text, parts: signedParts(text), receive };
}

export function receiver(
  direction: 'request' | 'reply',
  requestId: string,
  options: VerifierOptions,
): Sample['receive'] {
  const usual = new MessageVerifier(options);
  return (text, more) => {
    const verifier = more === undefined ? usual : new MessageVerifier({ ...options, ...more });
    return direction === 'request' ? verifier.verifyRequest(text) : verifier.verifyReply(text, requestId);
  };
}

/** Local names of the elements that the references of a message name. */
export function signedParts(text: string): string[] {
  return [...text.matchAll(/<ds:Reference URI="#([^"]*)"/g)].map((match) => {
    const tag = new RegExp(`<(?:\\w+:)?(\\w+)[^>]* (?:\\w+:)?Id="${match[1]}"`).exec(text);
    return tag?.[1] ?? 'nothing';
  });
}
