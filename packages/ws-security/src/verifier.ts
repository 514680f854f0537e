import { MalleeError } from '@mallee/errors';
import { parseXml, type XmlElement, type XmlLimits } from '@mallee/xml';
import { TrustStore, type TrustedCertificate } from './certificates.js';
import { systemClock, type Clock } from './clock.js';
import { nativeEngine, type SignatureEngine } from './engine.js';
import { bodyTimestamp, type PartRules, type Profile } from './profile.js';
import { readMessage, type ReadMessage } from './read-message.js';
import type { ReplayCache } from './replay-cache.js';
import type { SuiteName } from './suites.js';
import { checkFresh, defaultFreshness, validUntil, type FreshnessRules } from './timestamp.js';
import { violation } from './violation.js';

export interface VerifierOptions {
  /** PEM texts of the certificates that messages are accepted from, asked for each message. */
  readonly trusted: () => readonly string[];
  /** Default: only rsa-sha256. Add rsa-sha1 for endpoints that original peers call. */
  readonly suites?: readonly SuiteName[];
  readonly profile?: Profile;
  readonly clock?: Clock;
  readonly freshness?: Partial<FreshnessRules>;
  readonly limits?: Partial<XmlLimits>;
  readonly engine?: SignatureEngine;
  /** For requests. Replies need none: each must name the request it answers. */
  readonly replayCache?: ReplayCache;
}

/** What is left of a message after verification: nothing that was not signed. */
export interface VerifiedMessage {
  /** The one element of the Body. */
  readonly payload: XmlElement;
  readonly action: string;
  readonly messageId: string;
  /** wsa:To; always there in a request. */
  readonly to: string | undefined;
  /** The trusted certificate that signed, as the PEM text it is registered with. */
  readonly certificatePem: string;
  /** The algorithms it was signed with; a reply uses the same. */
  readonly suite: SuiteName;
}

/** Verifies signed SOAP messages. Every failure is a MalleeError `Wire.*`. */
export class MessageVerifier {
  readonly #trust: TrustStore;
  readonly #options: VerifierOptions;
  readonly #profile: Profile;
  readonly #clock: Clock;
  readonly #engine: SignatureEngine;
  readonly #freshness: FreshnessRules;
  readonly #suites: readonly SuiteName[];

  constructor(options: VerifierOptions) {
    this.#options = options;
    this.#trust = new TrustStore(options.trusted);
    this.#profile = options.profile ?? bodyTimestamp;
    this.#clock = options.clock ?? systemClock;
    this.#engine = options.engine ?? nativeEngine;
    this.#freshness = { ...defaultFreshness, ...options.freshness };
    this.#suites = options.suites ?? ['rsa-sha256'];
  }

  /** Verifies a request and records it in the replay cache. */
  verifyRequest(message: string | Uint8Array): VerifiedMessage {
    const { read, certificate } = this.#verify(message, this.#profile.request);
    const verified = view(read, certificate);
    if (read.timestamp !== undefined) {
      const until = validUntil(read.timestamp, this.#freshness);
      this.#options.replayCache?.record(verified.messageId, read.signature.value, until, this.#clock());
    }
    return verified;
  }

  /** Verifies the reply to a request that was sent with this MessageID. */
  verifyReply(message: string | Uint8Array, requestId: string): VerifiedMessage {
    const { read, certificate } = this.#verify(message, this.#profile.response);
    if (read.parts.RelatesTo?.text !== requestId) violation('RelatesTo does not name the request');
    return view(read, certificate);
  }

  #verify(message: string | Uint8Array, rules: PartRules): { read: ReadMessage; certificate: TrustedCertificate } {
    const root = parseXml(message, this.#options.limits);
    const read = readMessage(root, rules, this.#suites);
    const certificate = this.#trust.find(read.token);
    if (certificate === undefined) {
      throw new MalleeError('Wire.UnknownCertificate', 'the certificate of the message is not registered here');
    }
    const { parts, signature } = read;
    const referenced = read.referenced.map((name) => ({ name, element: parts[name]! }));
    this.#engine.check({ message, signature, referenced, certificate });
    if (read.timestamp !== undefined) checkFresh(read.timestamp, this.#clock(), this.#freshness);
    return { read, certificate };
  }
}

function view({ parts, payload, signature }: ReadMessage, certificate: TrustedCertificate): VerifiedMessage {
  const action = parts.Action?.text ?? violation('the message has no Action');
  const messageId = parts.MessageID?.text ?? violation('the message has no MessageID');
  return {
    payload,
    action,
    messageId,
    to: parts.To?.text,
    certificatePem: certificate.pem,
    suite: signature.suite.name,
  };
}
