import { verify, type KeyObject } from 'node:crypto';
import { isAscii } from 'node:buffer';
import { isMalleeError } from '@mallee/errors';
import { defaultLimits, plainScope, readPlainElement, type XmlElement, type XmlLimits } from '@mallee/xml';
import { bodyDigest } from './body-digest.js';
import { headerText, SIGNED_INFO_CANONICAL, timestampText, type HeaderName } from './layout.js';
import { SOAP, WSU } from './names.js';
import { layoutIds, OwnLayout, type LayoutMatch } from './own-layout.js';
import { refuseRepeatedIds } from './read-element.js';
import type { Peer, ReceivedMessage } from './received.js';
import { digestBase64, suites, type Suite } from './suites.js';
import { parseTime, type ReadTimestamp } from './timestamp.js';

/** Text of a header that means itself: no markup, no reference, no control character. */
const PLAIN = /^[\x20-\x25\x27-\x3b\x3d\x3f-\x7e]{1,1024}$/;
const REQUEST: readonly HeaderName[] = ['To', 'Action', 'MessageID'];
const REPLY: readonly HeaderName[] = ['Action', 'From', 'MessageID', 'RelatesTo'];

const layoutsOf = (headers: readonly HeaderName[]): readonly OwnLayout[] =>
  [true, false].flatMap((timed) => Object.values(suites).map((suite) => new OwnLayout(headers, suite, timed)));
const layouts = { request: layoutsOf(REQUEST), response: layoutsOf(REPLY) };

/** What is declared around the payload; the canonical form of the Body renders both. */
const PAYLOAD_SCOPE = plainScope([
  ['soapenv', SOAP],
  ['wsu', WSU],
]);

/**
 * The short way for the messages of our own daemons. It takes a message only if it is, byte for byte, what `MessageSigner` writes, its
 * payload is canonical, and everything in it holds; for any other message, good or bad, it answers undefined, and the strict reader
 * decides and names the reason. What it takes, the strict reader takes, too, with the same result (own-message.property.test.ts).
 */
export class OwnMessages {
  readonly #limits: XmlLimits;
  readonly #possible: boolean;
  readonly #digests = new Map<HeaderName, { readonly value: string; readonly hash: string; readonly digest: string }>();

  constructor(limits: Partial<XmlLimits>) {
    this.#limits = { ...defaultLimits, ...limits };
    const { maxDepth, maxAttributes, maxNameLength, maxNamespaces } = this.#limits;
    // The headers of the layout keep to these; they are not counted again for each message.
    this.#possible = maxDepth >= 16 && maxAttributes >= 8 && maxNameLength >= 64 && maxNamespaces >= 8;
  }

  /** `peerOf` finds the owner of a token that is trusted. */
  receive(
    bytes: Buffer,
    direction: 'request' | 'response',
    peerOf: (token: string) => Peer | undefined,
  ): ReceivedMessage | undefined {
    if (!this.#possible || bytes.length > this.#limits.maxBytes || !isAscii(bytes)) return undefined;
    const text = bytes.toString('latin1');
    for (const layout of layouts[direction]) {
      const match = layout.match(text);
      if (match === undefined) continue;
      const peer = peerOf(match.values.get('token')!);
      if (peer === undefined || !allowed(layout, peer, direction)) return undefined;
      return this.#check(bytes, text, layout, match, peer);
    }
    return undefined;
  }

  #check(bytes: Buffer, text: string, layout: OwnLayout, match: LayoutMatch, peer: Peer): ReceivedMessage | undefined {
    const { values } = match;
    const timestamp = layout.parts.includes('Timestamp')
      ? readTimes(values.get('created')!, values.get('expires')!)
      : undefined;
    if (timestamp === undefined && layout.parts.includes('Timestamp')) return undefined;
    if (!layout.headers.every((name) => PLAIN.test(values.get(name)!))) return undefined;
    const payload = this.#payload(bytes, text, layout, match);
    if (payload === undefined) return undefined;
    for (const name of layout.parts) {
      if (this.#digest(name, bytes, layout.suite, match) !== values.get(`digest of ${name}`)) return undefined;
    }
    const signatureValue = readBase64(values.get('signature')!);
    const signedInfo = SIGNED_INFO_CANONICAL + text.slice(match.signedInfoFrom, match.signedInfoTo);
    if (signatureValue === undefined) return undefined;
    if (!signedBy(peer.certificate.publicKey, layout.suite, signedInfo, signatureValue)) return undefined;
    return {
      action: values.get('Action')!,
      messageId: values.get('MessageID')!,
      to: values.get('To'),
      relatesTo: values.get('RelatesTo'),
      payload,
      peer,
      suite: layout.suite.name,
      signatureValue,
      timestamp,
      bodySigned: true,
    };
  }

  #payload(bytes: Buffer, text: string, layout: OwnLayout, match: LayoutMatch): XmlElement | undefined {
    const { payloadFrom: from, payloadTo: to } = match;
    const around = { depth: 2, elementsBefore: layout.elements, scope: PAYLOAD_SCOPE };
    const found = readPlainElement({ bytes, text, from, to, ...around }, this.#limits);
    // Ids in the payload must differ from each other and from those of the layout.
    return found === undefined || (found.attributes && repeatsId(found.root)) ? undefined : found.root;
  }

  #digest(part: OwnLayout['parts'][number], bytes: Buffer, { hash }: Suite, match: LayoutMatch): string {
    const { values, payloadFrom, payloadTo } = match;
    if (part === 'Timestamp') {
      return digestBase64(hash, timestampText(values.get('created')!, values.get('expires')!).canonical);
    }
    if (part !== 'Body') return this.#headerDigest(part, values.get(part)!, hash);
    return bodyDigest(hash, bytes.subarray(payloadFrom, payloadTo));
  }

  /** To, Action and From are the same in most messages of a peer, so the last digest of each is kept. */
  #headerDigest(name: HeaderName, value: string, hash: Suite['hash']): string {
    const last = this.#digests.get(name);
    if (last?.value === value && last.hash === hash) return last.digest;
    const digest = digestBase64(hash, headerText(name, value).canonical);
    // A copy: the value is a slice of the message.
    if (name !== 'MessageID' && name !== 'RelatesTo') {
      this.#digests.set(name, { value: Buffer.from(value).toString(), hash, digest });
    }
    return digest;
  }
}

/** Whether the peer may send messages of this layout. */
function allowed(layout: OwnLayout, peer: Peer, direction: 'request' | 'response'): boolean {
  const { required, optional } = peer.profile[direction];
  const { parts, suite } = layout;
  return (
    peer.suites.includes(suite.name) &&
    required.every((name) => parts.includes(name)) &&
    parts.every((name) => required.includes(name) || optional.includes(name))
  );
}

function readTimes(createdText: string, expiresText: string): ReadTimestamp | undefined {
  const created = parseTime(createdText);
  const expires = parseTime(expiresText);
  return created === undefined || expires === undefined || expires <= created ? undefined : { created, expires };
}

/** The bytes of a text that is their one spelling in base64. */
function readBase64(text: string): Buffer | undefined {
  const value = Buffer.from(text, 'base64');
  return value.toString('base64') === text ? value : undefined;
}

function repeatsId(payload: XmlElement): boolean {
  try {
    refuseRepeatedIds(payload, new Set(layoutIds));
    return false;
  } catch (error) {
    if (isMalleeError(error)) return true;
    throw error;
  }
}

function signedBy(key: KeyObject, suite: Suite, signedInfo: string, value: Buffer): boolean {
  try {
    return verify(suite.hash, Buffer.from(signedInfo, 'latin1'), key, value);
  } catch {
    return false;
  }
}
