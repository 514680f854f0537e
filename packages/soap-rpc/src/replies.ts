import { MalleeError } from '@mallee/errors';
import { encodeMessage } from '@mallee/wsdl-types';
import { loadIdentity, MessageSigner, type Clock, type IdentityPem, type SuiteName } from '@mallee/ws-security';
import { completeReply, failureReply } from './base-message.js';
import { unsignedEnvelope } from './envelope.js';
import type { ReceivedRequest } from './reception.js';

export interface RepliesOptions {
  readonly identity: IdentityPem;
  readonly signed?: boolean;
  readonly suites?: readonly SuiteName[];
  readonly clock?: Clock;
}

/** Writes replies, signed with the algorithms of the request. */
export class Replies {
  readonly #signers: ReadonlyMap<SuiteName, MessageSigner>;

  constructor(options: RepliesOptions) {
    const clock = options.clock === undefined ? {} : { clock: options.clock };
    const suites = options.signed === false ? [] : (options.suites ?? ['rsa-sha256']);
    const identity = suites.length === 0 ? undefined : loadIdentity(options.identity);
    this.#signers = new Map(
      suites.flatMap((suite) =>
        identity === undefined ? [] : [[suite, new MessageSigner({ identity, suite, ...clock })] as const],
      ),
    );
  }

  /** Throws InternalError if the handler's value does not fit the schema. */
  success(received: ReceivedRequest, request: object, reply: object): string {
    const { response } = received.operation;
    let payload: string;
    try {
      payload = encodeMessage(response, completeReply(response.type, request, reply));
    } catch (error) {
      throw new MalleeError('InternalError', `the reply made for ${response.element} does not fit`, { cause: error });
    }
    return this.#envelope(received, payload);
  }

  /** Undefined if the reply of the operation cannot report a failure. */
  failure(received: ReceivedRequest, request: object, error: MalleeError): string | undefined {
    // An operation that is not offered is a fault, like one that does not exist.
    if (error.code === 'Wire.OperationNotSupported') return undefined;
    const { response } = received.operation;
    const reply = failureReply(response.type, request, error);
    return reply === undefined ? undefined : this.#envelope(received, encodeMessage(response, reply));
  }

  #envelope({ addressing, operation }: ReceivedRequest, payload: string): string {
    if (addressing === undefined) return unsignedEnvelope(payload);
    const { messageId, to, suite } = addressing;
    const signer = this.#signers.get(suite);
    if (signer === undefined) throw new Error(`no signer for ${suite}`);
    // The layout of Axis2/C: the action of the request, From with the address it was sent to, no To.
    return signer.sign({ action: operation.soapAction, from: to, relatesTo: messageId, payload }).text;
  }
}
