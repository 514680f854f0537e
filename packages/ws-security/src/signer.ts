import { randomUUID, sign } from 'node:crypto';
import { bodyDigest } from './body-digest.js';
import type { Identity } from './certificates.js';
import { systemClock, type Clock } from './clock.js';
import {
  bodyText,
  envelopeText,
  headerText,
  securityStart,
  signatureText,
  timestampText,
  type HeaderName,
  type PartText,
} from './layout.js';
import { IsoWriter } from './iso-time.js';
import { bodyTimestamp, type PartName, type Profile } from './profile.js';
import { SignedInfo } from './signed-info.js';
import { digestBase64, suites, type Suite, type SuiteName } from './suites.js';

/** What to sign. `payload` is the one element of the Body, in exclusive canonical form with its own namespace declarations. */
export interface OutgoingMessage {
  /** wsa:To of a request: the full URL of the endpoint. */
  readonly to?: string;
  readonly action: string;
  readonly payload: string;
  /** MessageID of the request that a reply answers, and the address the request was sent to. */
  readonly relatesTo?: string;
  readonly from?: string;
}

export interface SignedMessage {
  readonly text: string;
  readonly messageId: string;
}

/** A signed part: its digest and how it stands in the message. */
interface Part {
  readonly wire: string;
  readonly digest: string;
}

export interface SignerOptions {
  readonly identity: Identity;
  /** Default rsa-sha256; rsa-sha1 for original peers. */
  readonly suite?: SuiteName;
  /** Default body-timestamp. headers-only leaves the Timestamp out; the Body is signed all the same. */
  readonly profile?: Profile;
  readonly clock?: Clock;
  /** Lifetime of a message in milliseconds; 300 s as the originals. */
  readonly lifetimeMs?: number;
}

const CACHED_PARTS = 256;

/**
 * Writes signed SOAP 1.1 messages in the layout of Rampart/C. The canonical form of each part is built as
 * text, without a tree: what is digested differs from what is sent only by the namespace declarations it inherits.
 */
export class MessageSigner {
  readonly #identity: Identity;
  readonly #suite: Suite;
  readonly #timed: boolean;
  readonly #clock: Clock;
  readonly #lifetimeMs: number;
  readonly #constant = new Map<string, Part>();
  readonly #securityStart: string;
  readonly #signedInfos = new Map<string, SignedInfo>();
  readonly #created = new IsoWriter();
  readonly #expires = new IsoWriter();
  /** A random UUID up to its last group. */
  readonly #idPrefix = `urn:uuid:${randomUUID().slice(0, 24)}`;
  #count = 0;

  constructor(options: SignerOptions) {
    this.#identity = options.identity;
    this.#suite = suites[options.suite ?? 'rsa-sha256'];
    this.#timed = (options.profile ?? bodyTimestamp).request.required.includes('Timestamp');
    this.#clock = options.clock ?? systemClock;
    this.#lifetimeMs = options.lifetimeMs ?? 300_000;
    this.#securityStart = securityStart(this.#identity.token);
  }

  /** Builds and signs a message with a new MessageID. */
  sign(message: OutgoingMessage): SignedMessage {
    const messageId = this.#nextMessageId();
    const names: PartName[] = [];
    const digests: string[] = [];
    let headers = '';
    const add = (name: PartName, part: Part): string => {
      names.push(name);
      digests.push(part.digest);
      return part.wire;
    };
    if (message.to !== undefined) headers += add('To', this.#cached('To', message.to));
    headers += add('Action', this.#cached('Action', message.action));
    if (message.from !== undefined) headers += add('From', this.#cached('From', message.from));
    headers += add('MessageID', this.#part(headerText('MessageID', messageId)));
    if (message.relatesTo !== undefined) {
      headers += add('RelatesTo', this.#part(headerText('RelatesTo', message.relatesTo)));
    }
    const body = bodyText(message.payload).wire;
    add('Body', { wire: body, digest: bodyDigest(this.#suite.hash, message.payload) });
    let security = this.#securityStart;
    if (this.#timed) security += add('Timestamp', this.#timestamp());
    security += this.#signature(names, digests);
    return { text: envelopeText(headers, security, body), messageId };
  }

  /** Unique, not secret: a random start for each signer and a count, which costs a tenth of new random bytes. */
  #nextMessageId(): string {
    this.#count += 1;
    return this.#idPrefix + this.#count.toString(16).padStart(12, '0');
  }

  #part({ wire, canonical }: PartText): Part {
    return { wire, digest: digestBase64(this.#suite.hash, canonical) };
  }

  #signature(names: readonly PartName[], digests: readonly string[]): string {
    const key = names.join();
    let signedInfo = this.#signedInfos.get(key);
    if (signedInfo === undefined) {
      signedInfo = new SignedInfo(this.#suite, names);
      this.#signedInfos.set(key, signedInfo);
    }
    const value = sign(this.#suite.hash, signedInfo.canonical(digests), this.#identity.privateKey);
    return signatureText(signedInfo.text(digests), value.toString('base64'));
  }

  /** To, Action and From repeat from message to message, so their digests are kept. */
  #cached(name: HeaderName, value: string): Part {
    const key = `${name} ${value}`;
    let part = this.#constant.get(key);
    if (part === undefined) {
      if (this.#constant.size >= CACHED_PARTS) this.#constant.clear();
      // A copy: the value may be a slice of a received message, which must not live as long as this cache.
      part = this.#part(headerText(name, Buffer.from(value).toString()));
      this.#constant.set(key, part);
    }
    return part;
  }

  #timestamp(): Part {
    const now = this.#clock();
    return this.#part(timestampText(this.#created.write(now), this.#expires.write(now + this.#lifetimeMs)));
  }
}
