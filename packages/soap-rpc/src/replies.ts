import { MalleeError } from '@mallee/errors';
import { encodeMessage, type MessageTable } from '@mallee/wsdl-types';
import { profiles, type Clock, type ProfileName, type SuiteName } from '@mallee/ws-security';
import { completeReply, failureReply } from './base-message.js';
import { CurrentSigner, type IdentitySource } from './current-signer.js';
import { unsignedEnvelope } from './envelope.js';
import type { ReceivedRequest } from './reception.js';

export interface RepliesOptions {
  readonly identity: IdentitySource;
  readonly signed?: boolean | undefined;
  readonly clock?: Clock | undefined;
}

/** Writes replies in the dialect of the request, signed by its profile and with its algorithms. */
export class Replies {
  readonly #options: RepliesOptions;
  readonly #signers = new Map<string, CurrentSigner>();

  /** @throws Configuration.Invalid if the key pair of the moment cannot be used */
  constructor(options: RepliesOptions) {
    this.#options = options;
    if (options.signed !== false) this.#signer('rsa-sha256', 'body-timestamp');
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
    const { messageId, to, suite, profile } = addressing;
    const signer = this.#signer(suite, profile).get();
    // The layout of Axis2/C: the action of the request, From with the address it was sent to, no To.
    return signer.sign({
      action: operation.soapAction,
      from: to,
      relatesTo: messageId,
      payload: suite === 'rsa-sha1' ? plainText(payload) : payload,
    }).text;
  }

  #signer(suite: SuiteName, profile: ProfileName): CurrentSigner {
    const key = `${profile} ${suite}`;
    let signer = this.#signers.get(key);
    if (signer === undefined) {
      const { identity, clock } = this.#options;
      const timed = clock === undefined ? {} : { clock };
      signer = new CurrentSigner(identity, { suite, profile: profiles[profile], ...timed });
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
