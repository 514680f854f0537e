import { createHash } from 'node:crypto';
import { MalleeError } from '@mallee/errors';
import { MessageVerifier, userRequests, type ReplayCache, type SuiteName } from '@mallee/ws-security';
import { parseXml, type XmlElement } from '@mallee/xml';
import type { AccountDirectory, CertificateHolder } from '../accounts/account-directory.js';

/** Bytes of a message: 10 MiB of base64 and what is around it. */
export const MAX_MESSAGE_BYTES = 11 * 1024 * 1024;
const LIMITS = { maxBytes: MAX_MESSAGE_BYTES };
/** Clients of the time sign with SHA-1. */
const SUITES: readonly SuiteName[] = ['rsa-sha256', 'rsa-sha1'];

export interface VerifiedRequest {
  readonly holder: CertificateHolder;
  /** The one element of the Body. */
  readonly payload: XmlElement;
}

/**
 * Who signed a message, and what it says: Body and Timestamp signed with the X.509 certificate of a user, five minutes old at most, for
 * the first time. Throws errors of the family Wire.
 */
export async function verifySender(
  message: Buffer,
  accounts: AccountDirectory,
  replayCache: ReplayCache,
): Promise<VerifiedRequest> {
  // Nothing in the message is believed yet: this only says which certificate to ask for.
  const fingerprint = fingerprintOf(parseXml(message, LIMITS));
  const holder = await accounts.byCertificate?.(fingerprint);
  if (holder === undefined) {
    throw new MalleeError('Wire.UnknownCertificate', 'The certificate of the message is not that of a user.');
  }
  const verifier = new MessageVerifier({
    trusted: () => [holder.certificatePem],
    suites: SUITES,
    profile: userRequests,
    limits: LIMITS,
    replayCache,
    shortWay: false,
  });
  return { holder, payload: verifier.verifyRequest(message).payload };
}

/** SHA-256 of the first certificate in the Security header, in hex. */
function fingerprintOf(envelope: XmlElement): string {
  const path = ['Header', 'Security', 'BinarySecurityToken'];
  const token = path.reduce<XmlElement | undefined>(
    (parent, name) => parent?.children.find(({ local }) => local === name),
    envelope,
  );
  if (token === undefined) throw new MalleeError('Wire.NotSigned', 'The message is not signed with a certificate.');
  const der = Buffer.from(token.text.replace(/\s/g, ''), 'base64');
  return createHash('sha256').update(der).digest('hex');
}
