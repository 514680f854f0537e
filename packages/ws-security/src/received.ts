import type { XmlElement } from '@mallee/xml';
import type { TrustedCertificate } from './certificates.js';
import type { Profile } from './profile.js';
import type { SuiteName } from './suites.js';
import type { ReadTimestamp } from './timestamp.js';

/** Whoever a token belongs to, and what its messages must keep to. */
export interface Peer {
  readonly certificate: TrustedCertificate;
  readonly profile: Profile;
  readonly suites: readonly SuiteName[];
}

/** A message whose shape, digests and signature are good; its time and whether it came before are not looked at yet. */
export interface ReceivedMessage {
  readonly action: string;
  readonly messageId: string;
  readonly to: string | undefined;
  readonly relatesTo: string | undefined;
  /** The one element of the Body. */
  readonly payload: XmlElement;
  readonly peer: Peer;
  readonly suite: SuiteName;
  readonly signatureValue: Buffer;
  readonly timestamp: ReadTimestamp | undefined;
  readonly bodySigned: boolean;
}
