import { MalleeError } from '@mallee/errors';
import { parseXml, type XmlElement, type XmlLimits } from '@mallee/xml';
import { TrustStore, type TrustedPeer } from './certificates.js';
import { systemClock, type Clock } from './clock.js';
import { nativeEngine, type SignatureEngine } from './engine.js';
import { bodyTimestamp, type Profile, type ProfileName } from './profile.js';
import { readMessage, type Peer, type ReadMessage } from './read-message.js';
import type { ReplayCache } from './replay-cache.js';
import type { SuiteName } from './suites.js';
import { checkFresh, defaultFreshness, validUntil, type FreshnessRules } from './timestamp.js';
import { violation } from './violation.js';

export interface VerifierOptions {
  /**
   * The certificates that messages are accepted from, asked for each message: PEM texts, or peers with rules of their own. The
   * certificate in the message decides which rules it is held to, before anything else of its signature is read.
   */
  readonly trusted: () => readonly (string | TrustedPeer)[];
  /** For certificates without rules of their own. Default: only rsa-sha256. */
  readonly suites?: readonly SuiteName[];
  /** For certificates without rules of their own. Default: body-timestamp. */
  readonly profile?: Profile;
  readonly clock?: Clock;
  /** Told Created minus our clock, in milliseconds, of every message with a good signature, also if its time then is refused. */
  readonly onSkew?: (certificatePem: string, skewMs: number) => void;
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
  /** The profile that its signer is held to; a reply uses the same. */
  readonly profile: ProfileName;
  /** False only from a peer of profile headers-only: then nobody vouches for the payload. */
  readonly bodySigned: boolean;
  /** Created minus our clock, in milliseconds; undefined for a message without Timestamp. */
  readonly skewMs: number | undefined;
}

/** A message that holds, and the time by our clock at which it was looked at. */
interface Checked {
  readonly read: ReadMessage;
  readonly now: number;
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
    const checked = this.#verify(message, 'request');
    const verified = view(checked);
    const { read, now } = checked;
    const until =
      read.timestamp === undefined
        ? now + this.#freshness.untimedMemoryMs
        : validUntil(read.timestamp, this.#freshness);
    const { messageId } = verified;
    const created = read.timestamp?.created;
    this.#options.replayCache?.record({ messageId, signature: read.signature.value, created, validUntil: until, now });
    return verified;
  }

  /** Verifies the reply to a request that was sent with this MessageID. */
  verifyReply(message: string | Uint8Array, requestId: string): VerifiedMessage {
    const checked = this.#verify(message, 'response');
    if (checked.read.parts.RelatesTo?.text !== requestId) violation('RelatesTo does not name the request');
    return view(checked);
  }

  #verify(message: string | Uint8Array, direction: 'request' | 'response'): Checked {
    const root = parseXml(message, this.#options.limits);
    const read = readMessage(root, direction, (token) => this.#peer(token));
    const { parts, signature, peer } = read;
    const { certificate } = peer;
    const referenced = read.referenced.map((name) => ({ name, element: parts[name]! }));
    this.#engine.check({ message, signature, referenced, certificate });
    const now = this.#clock();
    if (read.timestamp !== undefined) {
      this.#options.onSkew?.(certificate.pem, read.timestamp.created - now);
      checkFresh(read.timestamp, now, this.#freshness);
    }
    return { read, now };
  }

  #peer(token: string): Peer {
    const found = this.#trust.find(token);
    if (found === undefined) {
      throw new MalleeError('Wire.UnknownCertificate', 'the certificate of the message is not registered here');
    }
    const { certificate, rules } = found;
    return { certificate, profile: rules.profile ?? this.#profile, suites: rules.suites ?? this.#suites };
  }
}

function view({ read, now }: Checked): VerifiedMessage {
  const { parts, payload, signature, peer, timestamp, bodySigned } = read;
  return {
    payload,
    action: parts.Action?.text ?? violation('the message has no Action'),
    messageId: parts.MessageID?.text ?? violation('the message has no MessageID'),
    to: parts.To?.text,
    certificatePem: peer.certificate.pem,
    suite: signature.suite.name,
    profile: peer.profile.name,
    bodySigned,
    skewMs: timestamp === undefined ? undefined : timestamp.created - now,
  };
}
