import { isMalleeError, MalleeError, type ErrorCode } from '@mallee/errors';
import { decodeMessage, type OperationTable } from '@mallee/wsdl-types';
import type { MessageVerifier } from '@mallee/ws-security';
import { parseXml, type XmlElement, type XmlLimits } from '@mallee/xml';
import { textOf } from './base-message.js';
import { isSoap, readUnsigned } from './envelope.js';
import { errorHeader, knownCode, parseFailure, readFault } from './fault.js';
import type { HttpReply } from './transport.js';

export interface ReplyReaderOptions {
  /** Of the service: where the request went. */
  readonly url: URL;
  readonly verifier: MessageVerifier;
  readonly limits: Partial<XmlLimits>;
  /** Whether a reply without a signature is taken for what it says. */
  readonly acceptUnsigned: boolean;
}

/**
 * Makes of a reply the message of the operation, or the error: Wire.PeerFault where the peer says that it did not do it, Wire.BadReply
 * where what came is not verifiably its answer.
 */
export class ReplyReader {
  readonly #options: ReplyReaderOptions;

  constructor(options: ReplyReaderOptions) {
    this.#options = options;
  }

  /** `requestId`: MessageID of the request, undefined if that was not signed. */
  read(operation: OperationTable, reply: HttpReply, requestId: string | undefined): object {
    if (reply.status !== 200) throw this.#refusal(operation, reply);
    const response = this.#decode(operation, reply, requestId);
    if ((response as { return?: unknown }).return === false) throw this.#failure(operation, reply, response);
    return response;
  }

  /** Verifies and decodes a reply; whatever is wrong with it is Wire.BadReply. */
  #decode(operation: OperationTable, reply: HttpReply, requestId: string | undefined): object {
    const { url } = this.#options;
    // An original whose answer does not fit its own schema sends nothing.
    if (reply.body.length === 0) throw this.#bad(operation, `${url.href} answered ${operation.name} with nothing`, 200);
    try {
      return decodeMessage(operation.response, this.#payload(operation, reply, requestId));
    } catch (error) {
      if (!isMalleeError(error)) throw error;
      const details = { url: url.href, operation: operation.name, code: error.code };
      const message = `the reply of ${url.host} to ${operation.name}: ${error.code}: ${error.message}`;
      throw new MalleeError('Wire.BadReply', message, { cause: error, details });
    }
  }

  #payload(operation: OperationTable, reply: HttpReply, requestId: string | undefined): XmlElement {
    if (requestId === undefined) return this.#unsigned(reply);
    const { verifier, acceptUnsigned } = this.#options;
    let verified;
    try {
      verified = verifier.verifyReply(reply.body, requestId);
    } catch (error) {
      // Only where there is no signature at all: a bad one is never good enough.
      if (acceptUnsigned && isMalleeError(error) && error.code === 'Wire.NotSigned') return this.#unsigned(reply);
      throw error;
    }
    if (verified.action !== operation.soapAction) {
      throw new MalleeError('Wire.PolicyViolation', `the reply is to ${verified.action}`);
    }
    if (isSoap(verified.payload, 'Fault')) throw new MalleeError('Wire.MalformedMessage', 'a fault with status 200');
    return verified.payload;
  }

  #unsigned(reply: HttpReply): XmlElement {
    return readUnsigned(parseXml(reply.body, this.#options.limits));
  }

  /** An HTTP status other than 200: a fault, or something that is no answer of this service. */
  #refusal(operation: OperationTable, reply: HttpReply): MalleeError {
    const { url } = this.#options;
    const fault = readFault(reply.body);
    if (fault === undefined) {
      const message = `${url.href} answered ${operation.name} with HTTP ${reply.status} and no SOAP fault`;
      return this.#bad(operation, message, reply.status);
    }
    if (reply.resent && fault.code === 'Wire.Replayed') {
      // No refusal of the call: the first copy did arrive, what came of it is unknown.
      const message = `${url.href} dropped the connection before its answer to ${operation.name}`;
      return new MalleeError('Wire.PeerUnreachable', message, { details: { url: url.href, sent: true } });
    }
    return this.#peerFault(operation, fault.code, fault.message, { faultcode: fault.faultcode });
  }

  #bad(operation: OperationTable, message: string, status: number): MalleeError {
    const details = { url: this.#options.url.href, operation: operation.name, status };
    return new MalleeError('Wire.BadReply', message, { details });
  }

  /** return=false. The code is in statusMessage; where that is a number, in a header of the answer. */
  #failure(operation: OperationTable, reply: HttpReply, response: object): MalleeError {
    const status = textOf(response, 'statusMessage');
    const header = reply.headers[errorHeader];
    const text = status ?? (typeof header === 'string' ? decodeHeader(header) : '');
    const { code, message } = parseFailure(text);
    return this.#peerFault(operation, code ?? knownCode(text), message, { response });
  }

  #peerFault(operation: OperationTable, code: ErrorCode | undefined, message: string, more: object): MalleeError {
    const { url } = this.#options;
    const why = [code, message].filter((part) => part !== undefined && part !== '').join(': ');
    const text = `${url.host} refused ${operation.name}${why === '' ? '' : `: ${why}`}`;
    const details = { url: url.href, operation: operation.name, peerCode: code, peerMessage: message, ...more };
    return new MalleeError('Wire.PeerFault', text, { details });
  }
}

function decodeHeader(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}
