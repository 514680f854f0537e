// Generated from wsdl/mallee/cloud.wsdl by `npm run generate`; do not edit.

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

export interface ResolveAccessKeyType extends MalleeMessage {
  accessKeyId: string;
}

export interface ResolveAccessKeyResponseType extends MalleeMessage {
  /** false: there is no such key, and the rest is absent */
  found: boolean;
  /** the secret key, RSA-OAEP (SHA-256) with the certificate that signed the request */
  encryptedSecret?: string | undefined;
  /** 12 digits */
  accountId?: string | undefined;
  accountName?: string | undefined;
  userId?: string | undefined;
  userName?: string | undefined;
  /** S3 canonical id of the account */
  canonicalId?: string | undefined;
  displayName?: string | undefined;
  email?: string | undefined;
  /** of the cloud */
  admin?: boolean | undefined;
  enabled?: boolean | undefined;
  /** PEM, signing certificates of the user */
  certificates: readonly string[];
}

export interface ResolveAccountType extends MalleeMessage {
  accountId?: string | undefined;
  canonicalId?: string | undefined;
  email?: string | undefined;
}

export interface ResolveAccountResponseType extends MalleeMessage {
  /** false: there is no such account, and the rest is absent */
  found: boolean;
  accountId?: string | undefined;
  canonicalId?: string | undefined;
  displayName?: string | undefined;
  /** PEM, of all users of the account */
  certificates: readonly string[];
}

export interface ResolveCertificateType extends MalleeMessage {
  /** SHA-256 of the DER certificate, lower-case hex */
  fingerprint: string;
}

export interface ResolveCertificateResponseType extends MalleeMessage {
  /** false: no enabled user signs with that certificate, and the rest is absent */
  found: boolean;
  /** PEM */
  certificate?: string | undefined;
  /** 12 digits */
  accountId?: string | undefined;
  canonicalId?: string | undefined;
  displayName?: string | undefined;
  /** id of the user */
  signerId?: string | undefined;
  /** of the cloud */
  admin?: boolean | undefined;
}

export interface ReportNodesType extends MalleeMessage {
  /** PEM, of every node that the cluster trusts now */
  certificates: readonly string[];
}

export type ReportNodesResponseType = MalleeMessage;

export type ListNodesType = MalleeMessage;

export interface ListNodesResponseType extends MalleeMessage {
  /** PEM, of the nodes of all registered clusters */
  certificates: readonly string[];
}

export interface MalleeCloudOperations {
  /** Whose access key this is, with its secret encrypted for the caller. */
  ResolveAccessKey: { request: ResolveAccessKeyType; response: ResolveAccessKeyResponseType };
  /** An account by any one of its names. */
  ResolveAccount: { request: ResolveAccountType; response: ResolveAccountResponseType };
  /** Which user signs with a certificate. */
  ResolveCertificate: { request: ResolveCertificateType; response: ResolveCertificateResponseType };
  /** The certificates of the nodes of a cluster. CC to CLC. */
  ReportNodes: { request: ReportNodesType; response: ReportNodesResponseType };
  /** The certificates of all nodes. Walrus to CLC. */
  ListNodes: { request: ListNodesType; response: ListNodesResponseType };
}
