/** Versioning of a bucket; `off` until it is enabled for the first time. */
export type Versioning = 'off' | 'enabled' | 'suspended';

export type Tag = readonly [key: string, value: string];

export interface CorsRule {
  readonly id?: string;
  readonly origins: readonly string[];
  readonly methods: readonly string[];
  readonly allowedHeaders: readonly string[];
  readonly exposedHeaders: readonly string[];
  readonly maxAgeSeconds?: number;
}

/** What objects a lifecycle rule is about; every part that is given must hold. */
export interface LifecycleFilter {
  readonly prefix?: string;
  readonly tags?: readonly Tag[];
  readonly sizeGreaterThan?: number;
  readonly sizeLessThan?: number;
  /** How the document wrote it, so that it is given back in the same form. */
  readonly form: 'prefix' | 'filter' | 'and';
}

export interface LifecycleRule {
  readonly id: string;
  readonly enabled: boolean;
  readonly filter: LifecycleFilter;
  /** Days after creation, or a date (ISO 8601). */
  readonly expireDays?: number;
  readonly expireDate?: string;
  readonly expireMarkers?: boolean;
  readonly noncurrentDays?: number;
  readonly newerNoncurrentVersions?: number;
  readonly abortUploadDays?: number;
  /** Transitions are kept and given back, never carried out: there is one storage class. XML of the rule. */
  readonly transitions?: string;
}

export interface PublicAccessBlock {
  readonly blockPublicAcls: boolean;
  readonly ignorePublicAcls: boolean;
  readonly blockPublicPolicy: boolean;
  readonly restrictPublicBuckets: boolean;
}

export type ObjectOwnership = 'BucketOwnerEnforced' | 'BucketOwnerPreferred' | 'ObjectWriter';

export type LockMode = 'GOVERNANCE' | 'COMPLIANCE';

/** Object lock is enabled; the rule is what new objects get. */
export interface ObjectLockSettings {
  readonly mode?: LockMode;
  readonly days?: number;
  readonly years?: number;
}

export interface DefaultEncryption {
  readonly algorithm: 'AES256' | 'aws:kms';
  readonly keyId?: string;
  readonly bucketKey?: boolean;
}

export interface LoggingTarget {
  readonly bucket: string;
  readonly prefix: string;
  /** XML of TargetGrants, given back as it came. */
  readonly grants?: string;
}

/** The sub-resources of a bucket that are set; one column of JSON. */
export interface BucketSettings {
  /** JSON text as given. */
  readonly policy?: string;
  readonly cors?: readonly CorsRule[];
  readonly lifecycle?: readonly LifecycleRule[];
  readonly logging?: LoggingTarget;
  readonly tagging?: readonly Tag[];
  readonly publicAccessBlock?: PublicAccessBlock;
  readonly encryption?: DefaultEncryption;
  readonly ownership?: ObjectOwnership;
  readonly objectLock?: ObjectLockSettings;
  readonly requesterPays?: boolean;
}
