import { MalleeError } from '@mallee/errors';
import type { OperationTable, ServiceTable } from '@mallee/wsdl-types';
import { MessageVerifier, ReplayCache, type Clock, type SignatureEngine, type SuiteName } from '@mallee/ws-security';
import { defaultLimits, parseXml, type XmlElement, type XmlLimits } from '@mallee/xml';
import { readUnsigned } from './envelope.js';

/** A request that may be served. */
export interface ReceivedRequest {
  readonly operation: OperationTable;
  readonly payload: XmlElement;
  /** '' when the service is unsigned. */
  readonly certificatePem: string;
  /** What a signed reply refers to; undefined when the service is unsigned. */
  readonly addressing: { readonly messageId: string; readonly to: string; readonly suite: SuiteName } | undefined;
}

export interface ReceptionOptions {
  readonly service: ServiceTable;
  readonly trusted: () => readonly string[];
  readonly signed?: boolean;
  readonly suites?: readonly SuiteName[];
  readonly addresses?: () => readonly string[];
  readonly replayCache?: ReplayCache;
  readonly limits?: Partial<XmlLimits>;
  readonly clock?: Clock;
  readonly engine?: SignatureEngine;
}

/** Verifies requests and finds their operation. */
export class Reception {
  readonly #options: ReceptionOptions;
  readonly #limits: XmlLimits;
  readonly #verifier: MessageVerifier;
  readonly #byElement: ReadonlyMap<string, OperationTable>;

  constructor(options: ReceptionOptions) {
    this.#options = options;
    this.#limits = { ...defaultLimits, ...options.limits };
    const { trusted, clock, engine } = options;
    this.#verifier = new MessageVerifier({
      trusted,
      suites: options.suites ?? ['rsa-sha256'],
      limits: this.#limits,
      replayCache: options.replayCache ?? new ReplayCache(),
      ...(clock === undefined ? {} : { clock }),
      ...(engine === undefined ? {} : { engine }),
    });
    const operations = Object.values(options.service.operations);
    this.#byElement = new Map(operations.map((one) => [expandedName(one.request.namespace, one.request.element), one]));
  }

  get maxBytes(): number {
    return this.#limits.maxBytes;
  }

  /** Throws Wire.*; `soapAction` is the header as it came. */
  receive(body: Buffer, soapAction: string): ReceivedRequest {
    if (this.#options.signed === false) {
      const payload = readUnsigned(parseXml(body, this.#limits));
      return { operation: this.#find(payload, soapAction), payload, certificatePem: '', addressing: undefined };
    }
    const verified = this.#verifier.verifyRequest(body);
    const to = verified.to ?? '';
    this.#checkTo(to);
    const operation = this.#find(verified.payload, soapAction);
    if (verified.action !== operation.soapAction) {
      throw new MalleeError(
        'Wire.PolicyViolation',
        `wsa:Action ${verified.action} does not belong to the body element`,
      );
    }
    const { payload, certificatePem, messageId, suite } = verified;
    return { operation, payload, certificatePem, addressing: { messageId, to, suite } };
  }

  /** The operation of the body element; a SOAPAction header that names another one is refused, an empty one says nothing. */
  #find(payload: XmlElement, soapAction: string): OperationTable {
    const operation = this.#byElement.get(expandedName(payload.namespace, payload.local));
    if (operation === undefined) {
      throw new MalleeError('Wire.UnknownOperation', `${this.#options.service.name} has no operation ${payload.local}`);
    }
    const named = soapAction.trim().replace(/^"(.*)"$/, '$1');
    if (named !== '' && named !== operation.soapAction) {
      throw new MalleeError('Wire.PolicyViolation', 'SOAPAction does not belong to the body element');
    }
    return operation;
  }

  /**
   * A message for one endpoint must not be taken by another. The path always has to be ours; host and port only if the addresses are
   * configured, because behind address translation a peer may know us by a name that we do not.
   */
  #checkTo(to: string): void {
    const addresses = this.#options.addresses?.();
    const url = URL.canParse(to) ? new URL(to) : undefined;
    const ours =
      addresses === undefined
        ? url?.pathname === this.#options.service.path
        : addresses.some((address) => URL.canParse(address) && new URL(address).href === url?.href);
    if (!ours) throw new MalleeError('Wire.PolicyViolation', `wsa:To ${to} is not this endpoint`);
  }
}

function expandedName(namespace: string, local: string): string {
  return `{${namespace}}${local}`;
}
