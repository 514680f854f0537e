import { X509Certificate } from 'node:crypto';
import { isMalleeError, type MalleeError } from '@mallee/errors';
import { MessageVerifier, profiles, type ProfileName, type SuiteName, type VerifiedMessage } from '@mallee/ws-security';
import { parseXml, type XmlElement, type XmlLimits } from '@mallee/xml';
import { checkHead, type MessageFile } from './message-file.js';

export interface VerifyRules {
  readonly profile: ProfileName;
  /** PEM texts. */
  readonly trusted: readonly string[];
  readonly suites: readonly SuiteName[];
  /** Takes messages of any age, such as captures. */
  readonly ignoreTime: boolean;
  /** Absent: a message with RelatesTo is a reply. */
  readonly kind?: 'request' | 'reply' | undefined;
  /** MessageID that a reply must answer; absent: any. */
  readonly relatesTo?: string | undefined;
}

/** What the verifier says of one message. */
export type Verdict =
  | { readonly accepted: true; readonly kind: 'request' | 'reply'; readonly message: VerifiedMessage }
  | { readonly accepted: false; readonly error: MalleeError };

const WSA = 'http://www.w3.org/2005/08/addressing';
const MAX_BYTES = 64 * 1024 * 1024;
const LIMITS: Partial<XmlLimits> = { maxBytes: MAX_BYTES, maxElements: MAX_BYTES / 16 };

/** Verifies with the verifier of the daemons; everything it refuses, and an HTTP head that they refuse, is a verdict. */
export function verifyMessage(file: MessageFile, rules: VerifyRules): Verdict {
  const verifier = new MessageVerifier({
    trusted: () => rules.trusted,
    suites: rules.suites,
    profile: profiles[rules.profile],
    limits: LIMITS,
    ...(rules.ignoreTime ? { freshness: { skewMs: Infinity, maximumAgeMs: Infinity } } : {}),
  });
  try {
    const relatesTo = findRelatesTo(parseXml(file.document, LIMITS));
    const kind = rules.kind ?? (relatesTo === undefined ? 'request' : 'reply');
    const message =
      kind === 'request'
        ? verifier.verifyRequest(file.document)
        : verifier.verifyReply(file.document, rules.relatesTo ?? relatesTo ?? '');
    checkHead(file, message.action);
    return { accepted: true, kind, message };
  } catch (error) {
    if (!isMalleeError(error)) throw error;
    return { accepted: false, error };
  }
}

/** Only tells a reply from a request; what it says is verified later. */
function findRelatesTo(envelope: XmlElement): string | undefined {
  const header = envelope.children.find((child) => child.local === 'Header');
  return header?.children.find((child) => child.local === 'RelatesTo' && child.namespace === WSA)?.text;
}

/** The verdict as plain data, for JSON. */
export function describeVerdict(verdict: Verdict): object {
  if (!verdict.accepted) {
    const { code, message, remedy } = verdict.error;
    return { accepted: false, code, message, remedy };
  }
  const { action, messageId, to, suite, profile, bodySigned, payload, certificatePem } = verdict.message;
  const { subject, fingerprint256 } = new X509Certificate(certificatePem);
  const signedBy = { subject: subject.split('\n').join(', '), sha256: fingerprint256 };
  const { kind } = verdict;
  const body = payload.local;
  return { accepted: true, kind, body, action, messageId, ...(to && { to }), profile, suite, bodySigned, signedBy };
}

/** The verdict in lines for people. */
export function verdictLines(name: string, verdict: Verdict): string[] {
  if (!verdict.accepted) {
    const { code, message, remedy } = verdict.error;
    return [`${name}: refused: ${code}: ${message}`, `  what to do: ${remedy}`];
  }
  const { action, suite, profile, bodySigned, payload, certificatePem, messageId } = verdict.message;
  const { subject } = new X509Certificate(certificatePem);
  return [
    `${name}: accepted: ${verdict.kind} ${payload.local}, ${profile}, ${suite}`,
    `  action ${action}, MessageID ${messageId}`,
    `  signed by ${subject.split('\n').join(', ')}`,
    ...(bodySigned ? [] : ['  the Body is NOT signed: nobody vouches for its content']),
  ];
}
