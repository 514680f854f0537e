/** An account of the cloud as Walrus sees it. */
export interface Account {
  /** 12 digits. */
  readonly accountId: string;
  /** 64 lower-case hex digits: the owner ID in S3 documents. */
  readonly canonicalId: string;
  /** Owner DisplayName in S3 documents. */
  readonly displayName: string;
}

/** The holder of one access key. */
export interface AccessKeyHolder extends Account {
  readonly accessKeyId: string;
  readonly secretKey: string;
  readonly userId: string;
  /** Within the account; left out where names are not known. */
  readonly userName?: string;
  /** Administrator of the whole cloud. */
  readonly isAdmin: boolean;
}

/** The user of a signing certificate. */
export interface CertificateHolder extends Account {
  readonly userId: string;
  /** Administrator of the whole cloud. */
  readonly isAdmin: boolean;
  readonly certificatePem: string;
}

/** Who is who. The CLC owns these facts; implementations may answer from a bounded cache. */
export interface AccountDirectory {
  /** Undefined when the key is unknown or inactive. Rejects with `ServiceUnavailable` when nobody can tell now. */
  byAccessKey(accessKeyId: string): Promise<AccessKeyHolder | undefined>;
  byCanonicalId(canonicalId: string): Promise<Account | undefined>;
  byAccountId(accountId: string): Promise<Account | undefined>;
  /** For grants by e-mail address; left out where addresses are not known. */
  byEmail?(email: string): Promise<Account | undefined>;
  /** By the SHA-256 of the DER, lower-case hex; left out where certificates are not known. Undefined when nobody signs with it. */
  byCertificate?(fingerprint: string): Promise<CertificateHolder | undefined>;
  /** PEM certificates of the users of the account that are not revoked; empty for an unknown account. */
  certificatesOf(accountId: string): Promise<readonly string[]>;
}
