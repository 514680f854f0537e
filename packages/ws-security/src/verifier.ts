import { MalleeError } from '@mallee/errors';
import { parseXml, type XmlElement, type XmlLimits } from '@mallee/xml';
import { TrustStore, type TrustedPeer } from './certificates.js';
import { systemClock, type Clock } from './clock.js';
import { nativeEngine, type SignatureEngine } from './engine.js';
import { bodyTimestamp, type Profile, type ProfileName } from './profile.js';
import { OwnMessages } from './own-message.js';
import { readMessage } from './read-message.js';
import type { Peer, ReceivedMessage } from './received.js';
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
  /** Default true: the short way for messages of our own signer. False: the strict reader for all, which gives the same results. */
  readonly shortWay?: boolean;
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

/** Verifies signed SOAP messages. Every failure is a MalleeError `Wire.*`. */
export class MessageVerifier {
  readonly #trust: TrustStore;
  readonly #options: VerifierOptions;
  readonly #profile: Profile;
  readonly #clock: Clock;
  readonly #engine: SignatureEngine;
  readonly #freshness: FreshnessRules;
  readonly #suites: readonly SuiteName[];
  readonly #own: OwnMessages | undefined;

  constructor(options: VerifierOptions) {
    this.#options = options;
    this.#trust = new TrustStore(options.trusted);
    this.#profile = options.profile ?? bodyTimestamp;
    this.#clock = options.clock ?? systemClock;
    this.#engine = options.engine ?? nativeEngine;
    this.#freshness = { ...defaultFreshness, ...options.freshness };
    this.#suites = options.suites ?? ['rsa-sha256'];
    const short = (options.shortWay ?? true) && this.#engine === nativeEngine;
    this.#own = short ? new OwnMessages(options.limits ?? {}) : undefined;
  }

  /** Verifies a request and records it in the replay cache. */
  verifyRequest(message: string | Uint8Array): VerifiedMessage {
    const received = this.#receive(message, 'request');
    const now = this.#checkTime(received);
    const { messageId, signatureValue: signature, timestamp } = received;
    const { untimedMemoryMs } = this.#freshness;
    const until = timestamp === undefined ? now + untimedMemoryMs : validUntil(timestamp, this.#freshness);
    const created = timestamp?.created;
    this.#options.replayCache?.record({ messageId, signature, created, validUntil: until, now });
    return view(received, now);
  }

  /** Verifies the reply to a request that was sent with this MessageID. */
  verifyReply(message: string | Uint8Array, requestId: string): VerifiedMessage {
    const received = this.#receive(message, 'response');
    const now = this.#checkTime(received);
    if (received.relatesTo !== requestId) violation('RelatesTo does not name the request');
    return view(received, now);
  }

  #receive(message: string | Uint8Array, direction: 'request' | 'response'): ReceivedMessage {
    if (this.#own !== undefined) {
      const received = this.#own.receive(asBuffer(message), direction, (token) => this.#peer(token));
      if (received !== undefined) return received;
    }
    return this.#receiveStrictly(message, direction);
  }

  /** Reads the whole message into one tree and checks every detail. */
  #receiveStrictly(message: string | Uint8Array, direction: 'request' | 'response'): ReceivedMessage {
    const root = parseXml(message, this.#options.limits);
    const read = readMessage(root, direction, (token) => this.#peer(token) ?? unknownCertificate());
    const { parts, signature, peer, payload, timestamp, bodySigned } = read;
    const referenced = read.referenced.map((name) => ({ name, element: parts[name]! }));
    this.#engine.check({ message, signature, referenced, certificate: peer.certificate });
    return {
      // The profile has required them, if it knows them at all; without an id the signature names the message.
      action: parts.Action?.text ?? '',
      messageId: parts.MessageID?.text ?? signature.value.toString('base64'),
      to: parts.To?.text,
      relatesTo: parts.RelatesTo?.text,
      payload,
      peer,
      suite: signature.suite.name,
      signatureValue: signature.value,
      timestamp,
      bodySigned,
    };
  }

  #peer(token: string): Peer | undefined {
    const found = this.#trust.find(token);
    if (found === undefined) return undefined;
    const { certificate, rules } = found;
    return { certificate, profile: rules.profile ?? this.#profile, suites: rules.suites ?? this.#suites };
  }

  /** Refuses a message from too far in the past or future; gives the time by our clock. */
  #checkTime({ timestamp, peer }: ReceivedMessage): number {
    const now = this.#clock();
    if (timestamp !== undefined) {
      this.#options.onSkew?.(peer.certificate.pem, timestamp.created - now);
      checkFresh(timestamp, now, this.#freshness);
    }
    return now;
  }
}

function unknownCertificate(): never {
  throw new MalleeError('Wire.UnknownCertificate', 'the certificate of the message is not registered here');
}

function asBuffer(message: string | Uint8Array): Buffer {
  if (typeof message === 'string') return Buffer.from(message);
  return Buffer.from(message.buffer, message.byteOffset, message.byteLength);
}

function view(received: ReceivedMessage, now: number): VerifiedMessage {
  const { payload, action, messageId, to, peer, suite, bodySigned, timestamp } = received;
  return {
    payload,
    action,
    messageId,
    to,
    certificatePem: peer.certificate.pem,
    suite,
    profile: peer.profile.name,
    bodySigned,
    skewMs: timestamp === undefined ? undefined : timestamp.created - now,
  };
}
