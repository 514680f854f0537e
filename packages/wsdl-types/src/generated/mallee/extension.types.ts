// Generated from wsdl/mallee/extension.wsdl by `npm run generate`; do not edit.

/** First elements of every message between Mallee daemons. */
export interface MalleeMessage {
  /** UUID of the request, echoed in the answer */
  correlationId?: string | undefined;
  /** who acts; eucalyptus stands for the system */
  userId?: string | undefined;
  /** code and text of the failure */
  statusMessage?: string | undefined;
  /** false: the operation failed */
  return?: boolean | undefined;
}

export interface HintType extends MalleeMessage {
  /** URL or name of the sender */
  source: string;
  /** ids that changed; none: anything */
  subjects: readonly string[];
}

export type HintResponseType = MalleeMessage;

/** What is known of one instance beyond its wire state. */
export interface InstanceDetailsType {
  instanceId: string;
  /** internal state of the daemon that answers */
  stateName: string;
  /** a code of the error catalogue */
  reasonCode?: string | undefined;
  reasonMessage?: string | undefined;
  /** request that started it */
  correlationId?: string | undefined;
  /** UTC */
  changedAt?: string | undefined;
}

export interface DescribeDetailsType extends MalleeMessage {
  /** none: all */
  instanceIds: readonly string[];
}

export interface DescribeDetailsResponseType extends MalleeMessage {
  details: readonly InstanceDetailsType[];
}

export interface MalleeExtensionOperations {
  /** Something changed: poll soon. NC to CC, CC to CLC. */
  Hint: { request: HintType; response: HintResponseType };
  /** The typed reason behind the state of instances. CLC to CC, CC to NC. */
  DescribeDetails: { request: DescribeDetailsType; response: DescribeDetailsResponseType };
}
