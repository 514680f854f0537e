import { MalleeError } from '@mallee/errors';
import { encodeMessage, type MessageTable } from '@mallee/wsdl-types';
import {
  loadIdentity,
  MessageSigner,
  profiles,
  type Clock,
  type Identity,
  type IdentityPem,
} from '@mallee/ws-security';
import { completeReply, failureReply } from './base-message.js';
import { unsignedEnvelope } from './envelope.js';
import type { ReceivedRequest, ReplyAddressing } from './reception.js';

export interface RepliesOptions {
  readonly identity: IdentityPem;
  readonly signed?: boolean | undefined;
  readonly clock?: Clock | undefined;
}

/** Writes replies in the dialect of the request, signed by its profile and with its algorithms. */
export class Replies {
  readonly #identity: Identity | undefined;
  readonly #clock: Clock | undefined;
  readonly #signers = new Map<string, MessageSigner>();

  constructor(options: RepliesOptions) {
    this.#identity = options.signed === false ? undefined : loadIdentity(options.identity);
    this.#clock = options.clock;
  }

  /** Throws InternalError if the handler's value does not fit the schema. */
  success(received: ReceivedRequest, reply: object): string {
    const { response } = received.operation;
    const complete = completeReply(response.type, received.message, reply);
    return this.#envelope(received, encodeOwn(response, complete));
  }

  /** Undefined if the reply of the operation cannot report a failure. */
  failure(received: ReceivedRequest, error: MalleeError): string | undefined {
    const { response } = received.operation;
    const reply = failureReply(response, received.message, error);
    return reply === undefined ? undefined : this.#envelope(received, encodeOwn(response, reply));
  }

  #envelope({ addressing, operation }: ReceivedRequest, payload: string): string {
    if (addressing === undefined) return unsignedEnvelope(payload);
    const { messageId, to, suite } = addressing;
    // The layout of Axis2/C: the action of the request, From with the address it was sent to, no To.
    return this.#signer(addressing).sign({
      action: operation.soapAction,
      from: to,
      relatesTo: messageId,
      payload: suite === 'rsa-sha1' ? plainText(payload) : payload,
    }).text;
  }

  #signer({ suite, profile }: ReplyAddressing): MessageSigner {
    const key = `${profile} ${suite}`;
    let signer = this.#signers.get(key);
    if (signer === undefined) {
      if (this.#identity === undefined) throw new Error('an unsigned service signs nothing');
      const clock = this.#clock === undefined ? {} : { clock: this.#clock };
      signer = new MessageSigner({ identity: this.#identity, suite, profile: profiles[profile], ...clock });
      this.#signers.set(key, signer);
    }
    return signer;
  }
}

function encodeOwn(response: MessageTable, reply: object): string {
  try {
    return encodeMessage(response, reply);
  } catch (error) {
    throw new MalleeError('InternalError', `the reply made for ${response.element} does not fit`, { cause: error });
  }
}

/**
 * Only originals sign with RSA-SHA1, and their parser (Guththila) empties a text that is not ASCII and loses the signature over a
 * carriage return: such a character arrives as a question mark, the rest of the text as it is.
 */
function plainText(payload: string): string {
  return payload.replaceAll('&#xD;', '').replace(/[^\0-\x7f]/gu, '?');
}
