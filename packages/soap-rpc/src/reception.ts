import { MalleeError } from '@mallee/errors';
import type { OperationTable } from '@mallee/wsdl-types';
import {
  MessageVerifier,
  ReplayCache,
  type Clock,
  type ProfileName,
  type SignatureEngine,
  type SuiteName,
  type VerifiedMessage,
} from '@mallee/ws-security';
import { defaultLimits, parseXml, type XmlLimits } from '@mallee/xml';
import { readUnsigned } from './envelope.js';
import type { ServedDialect } from './operations.js';
import type { Peers } from './peer-rules.js';
import { recognise } from './recognise.js';

/** A request that may be served. */
export interface ReceivedRequest {
  readonly dialect: ServedDialect;
  readonly operation: OperationTable;
  /** The request by its table. */
  readonly message: object;
  /** '' when the service is unsigned. */
  readonly certificatePem: string;
  /** What a signed reply refers to; undefined when the service is unsigned. */
  readonly addressing: ReplyAddressing | undefined;
}

/** A reply goes to the sender as it spoke: with its profile and its algorithms. */
export interface ReplyAddressing {
  readonly messageId: string;
  readonly to: string;
  readonly suite: SuiteName;
  readonly profile: ProfileName;
}

export interface ReceptionOptions {
  /** The first is the default; all have the same path. */
  readonly dialects: readonly ServedDialect[];
  readonly signed?: boolean | undefined;
  readonly suites?: readonly SuiteName[] | undefined;
  readonly addresses?: (() => readonly string[] | undefined) | undefined;
  readonly replayCache?: ReplayCache | undefined;
  readonly limits?: Partial<XmlLimits> | undefined;
  readonly clock?: Clock | undefined;
  readonly engine?: SignatureEngine | undefined;
  /** Sees each verified message before anything else is decided about it. */
  readonly onVerified: (message: VerifiedMessage) => void;
  /** Told Created minus our clock, in milliseconds, of every message with a good signature. */
  readonly onSkew: (certificatePem: string, skewMs: number) => void;
}

/** Verifies requests, finds their operation and dialect, and reads them. */
export class Reception {
  readonly #options: ReceptionOptions;
  readonly #peers: Peers;
  readonly #limits: XmlLimits;
  readonly #suites: readonly SuiteName[];
  readonly #verifier: MessageVerifier;

  constructor(options: ReceptionOptions, peers: Peers) {
    this.#options = options;
    this.#peers = peers;
    this.#limits = { ...defaultLimits, ...options.limits };
    const { clock, engine } = options;
    this.#suites = options.suites ?? ['rsa-sha256'];
    this.#verifier = new MessageVerifier({
      trusted: () => peers.trusted(),
      suites: this.#suites,
      onSkew: options.onSkew,
      limits: this.#limits,
      replayCache: options.replayCache ?? new ReplayCache(),
      ...(clock === undefined ? {} : { clock }),
      ...(engine === undefined ? {} : { engine }),
    });
  }

  get maxBytes(): number {
    return this.#limits.maxBytes;
  }

  /** Throws Wire.*; `soapAction` is the header as it came. */
  receive(body: Buffer, soapAction: string): ReceivedRequest {
    const { dialects } = this.#options;
    if (this.#options.signed === false) {
      const { offer, operation, message } = recognise(dialects, readUnsigned(parseXml(body, this.#limits)));
      checkSoapAction(operation, soapAction);
      return { dialect: offer, operation, message, certificatePem: '', addressing: undefined };
    }
    const verified = this.#verifier.verifyRequest(body);
    this.#options.onVerified(verified);
    const { certificatePem, messageId, suite, profile, to = '' } = verified;
    this.#checkTo(to);
    const configured = this.#peers.rulesOf(certificatePem)?.dialect;
    const { offer, operation, message } = recognise(dialects, verified.payload, configured);
    checkSoapAction(operation, soapAction);
    if (verified.action !== operation.soapAction) {
      const text = `wsa:Action ${verified.action} does not belong to the body element`;
      throw new MalleeError('Wire.PolicyViolation', text);
    }
    if (offer.service.dialect === 'mallee') this.#refuseLegacy(verified);
    return { dialect: offer, operation, message, certificatePem, addressing: { messageId, to, suite, profile } };
  }

  /** Where an endpoint serves both, the rules for an original do not open what our own daemons speak. */
  #refuseLegacy({ profile, suite }: VerifiedMessage): void {
    if (profile !== 'body-timestamp' || !this.#suites.includes(suite)) {
      throw new MalleeError('Wire.PolicyViolation', `this service is not offered with ${profile} and ${suite}`);
    }
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
        ? url?.pathname === this.#options.dialects[0]?.service.path
        : addresses.some((address) => URL.canParse(address) && new URL(address).href === url?.href);
    if (ours) return;
    const known = addresses === undefined ? '' : `, which is ${addresses.join(' or ')} (listen.addresses)`;
    throw new MalleeError('Wire.PolicyViolation', `wsa:To ${to} is not this endpoint${known}`);
  }
}

/** A SOAPAction header that names another operation is refused, an empty one says nothing. */
function checkSoapAction(operation: OperationTable, soapAction: string): void {
  const named = soapAction.trim().replace(/^"(.*)"$/, '$1');
  if (named !== '' && named !== operation.soapAction) {
    throw new MalleeError('Wire.PolicyViolation', 'SOAPAction does not belong to the body element');
  }
}
