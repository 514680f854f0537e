import { randomUUID, sign } from 'node:crypto';
import { escapeText } from '@mallee/xml';
import type { Identity } from './certificates.js';
import { systemClock, type Clock } from './clock.js';
import { BASE64_BINARY, DS, EXCLUSIVE_C14N, REPLY_RELATIONSHIP, SOAP, WSA, WSSE, WSU, X509V3 } from './names.js';
import { bodyTimestamp, type PartName, type Profile } from './profile.js';
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

// Ids need to be unique within one message only, so they are constant and the texts around them are, too.
const id = (part: PartName): string => `id-${part}`;
const DECLARE_WSU = `xmlns:wsu="${WSU}"`;
const DECLARE_WSA = `xmlns:wsa="${WSA}"`;
const DECLARE_SOAP = `xmlns:soapenv="${SOAP}"`;

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
  readonly #beforeTimestamp: string;
  readonly #beforeReferences: string;
  readonly #references = new Map<PartName, string>();
  /** A random UUID up to its last group. */
  readonly #idPrefix = `urn:uuid:${randomUUID().slice(0, 24)}`;
  #count = 0;
  readonly #digestEnd = '</ds:DigestValue></ds:Reference>';

  constructor(options: SignerOptions) {
    this.#identity = options.identity;
    this.#suite = suites[options.suite ?? 'rsa-sha256'];
    this.#timed = (options.profile ?? bodyTimestamp).request.required.includes('Timestamp');
    this.#clock = options.clock ?? systemClock;
    this.#lifetimeMs = options.lifetimeMs ?? 300_000;
    this.#beforeTimestamp =
      `<wsse:Security xmlns:wsse="${WSSE}" soapenv:mustUnderstand="1">` +
      `<wsse:BinarySecurityToken ${DECLARE_WSU} EncodingType="${BASE64_BINARY}" ValueType="${X509V3}" wsu:Id="id-Token">` +
      `${this.#identity.token}</wsse:BinarySecurityToken>`;
    this.#beforeReferences =
      `><ds:CanonicalizationMethod Algorithm="${EXCLUSIVE_C14N}"></ds:CanonicalizationMethod>` +
      `<ds:SignatureMethod Algorithm="${this.#suite.signature}"></ds:SignatureMethod>`;
  }

  /** Builds and signs a message with a new MessageID. */
  sign(message: OutgoingMessage): SignedMessage {
    const messageId = this.#nextMessageId();
    const parts: [PartName, Part][] = [];
    if (message.to !== undefined) parts.push(['To', this.#cached('To', message.to)]);
    parts.push(['Action', this.#cached('Action', message.action)]);
    if (message.from !== undefined) parts.push(['From', this.#cached('From', message.from)]);
    parts.push(['MessageID', this.#addressing('MessageID', escapeText(messageId), '')]);
    if (message.relatesTo !== undefined) parts.push(['RelatesTo', this.#relatesTo(message.relatesTo)]);
    let headers = '';
    for (const [, part] of parts) headers += part.wire;
    const body = this.#body(message.payload);
    parts.push(['Body', body]);
    let timestamp = '';
    if (this.#timed) {
      const part = this.#timestamp();
      parts.push(['Timestamp', part]);
      timestamp = part.wire;
    }
    const text =
      `<soapenv:Envelope ${DECLARE_SOAP}><soapenv:Header ${DECLARE_WSA}>${headers}` +
      `${this.#beforeTimestamp}${timestamp}${this.#signature(parts)}</wsse:Security></soapenv:Header>` +
      `${body.wire}</soapenv:Envelope>`;
    return { text, messageId };
  }

  /** Unique, not secret: a random start for each signer and a count, which costs a tenth of new random bytes. */
  #nextMessageId(): string {
    this.#count += 1;
    return this.#idPrefix + this.#count.toString(16).padStart(12, '0');
  }

  #signature(parts: readonly (readonly [PartName, Part])[]): string {
    let signedInfo = this.#beforeReferences;
    for (const [name, part] of parts) signedInfo += this.#reference(name) + part.digest + this.#digestEnd;
    signedInfo += '</ds:SignedInfo>';
    const canonical = Buffer.from(`<ds:SignedInfo xmlns:ds="${DS}"${signedInfo}`, 'latin1');
    const value = sign(this.#suite.hash, canonical, this.#identity.privateKey).toString('base64');
    return (
      `<ds:Signature xmlns:ds="${DS}" Id="id-Signature"><ds:SignedInfo${signedInfo}` +
      `<ds:SignatureValue>${value}</ds:SignatureValue><ds:KeyInfo><wsse:SecurityTokenReference>` +
      `<wsse:Reference URI="#id-Token" ValueType="${X509V3}"></wsse:Reference>` +
      `</wsse:SecurityTokenReference></ds:KeyInfo></ds:Signature>`
    );
  }

  /** Text of a Reference up to its digest. */
  #reference(name: PartName): string {
    let text = this.#references.get(name);
    if (text === undefined) {
      text =
        `<ds:Reference URI="#${id(name)}"><ds:Transforms><ds:Transform Algorithm="${EXCLUSIVE_C14N}"></ds:Transform>` +
        `</ds:Transforms><ds:DigestMethod Algorithm="${this.#suite.digest}"></ds:DigestMethod><ds:DigestValue>`;
      this.#references.set(name, text);
    }
    return text;
  }

  /** To, Action and From repeat from message to message, so their digests are kept. */
  #cached(name: 'To' | 'Action' | 'From', value: string): Part {
    const key = `${name} ${value}`;
    let part = this.#constant.get(key);
    if (part === undefined) {
      if (this.#constant.size >= CACHED_PARTS) this.#constant.clear();
      // A copy: the value may be a slice of a received message, which must not live as long as this cache.
      const text = escapeText(Buffer.from(value).toString());
      part = this.#addressing(name, name === 'From' ? `<wsa:Address>${text}</wsa:Address>` : text, '');
      this.#constant.set(key, part);
    }
    return part;
  }

  #relatesTo(messageId: string): Part {
    return this.#addressing('RelatesTo', escapeText(messageId), ` wsa:RelationshipType="${REPLY_RELATIONSHIP}"`);
  }

  /** A header of WS-Addressing; xmlns:wsa is declared on soap:Header. */
  #addressing(name: PartName, content: string, attributes: string): Part {
    const rest = `${DECLARE_WSU} wsu:Id="${id(name)}"${attributes}>${content}</wsa:${name}>`;
    const digest = digestBase64(this.#suite.hash, `<wsa:${name} ${DECLARE_WSA} ${rest}`);
    return { wire: `<wsa:${name} ${rest}`, digest };
  }

  #body(payload: string): Part {
    const rest = `${DECLARE_WSU} wsu:Id="${id('Body')}">${payload}</soapenv:Body>`;
    const digest = digestBase64(this.#suite.hash, `<soapenv:Body ${DECLARE_SOAP} ${rest}`);
    return { wire: `<soapenv:Body ${rest}`, digest };
  }

  #timestamp(): Part {
    const now = this.#clock();
    const created = new Date(now).toISOString();
    const expires = new Date(now + this.#lifetimeMs).toISOString();
    const wire =
      `<wsu:Timestamp ${DECLARE_WSU} wsu:Id="${id('Timestamp')}"><wsu:Created>${created}</wsu:Created>` +
      `<wsu:Expires>${expires}</wsu:Expires></wsu:Timestamp>`;
    return { wire, digest: digestBase64(this.#suite.hash, wire) };
  }
}
