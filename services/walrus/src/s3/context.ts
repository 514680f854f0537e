import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Headers, PayloadRule } from '@mallee/aws-signatures';
import type { Logger } from '@mallee/daemon';
import type { Pool } from '@mallee/database';
import type { AccessLogs } from '../access-logs/access-logs.js';
import type { WatchedRequest } from '../access-logs/watched-request.js';
import type { AccessKeyHolder, AccountDirectory } from '../accounts/account-directory.js';
import type { BlobStore } from '../storage/blob-store.js';
import type { Keyring } from '../storage/encryption.js';
import type { Janitor } from '../storage/janitor.js';

/** What every S3 operation may use. */
export interface S3Services {
  readonly pool: Pool;
  readonly blobs: BlobStore;
  readonly accounts: AccountDirectory;
  readonly janitor: Pick<Janitor, 'collectSoon'>;
  /** Where requests to logged buckets are written down; left out: nowhere. */
  readonly accessLogs?: Pick<AccessLogs, 'watch' | 'refresh'>;
  /** For objects that are encrypted at rest. */
  readonly keys: Keyring;
  readonly logger: Logger;
  readonly region: string;
  readonly maxObjectBytes: number;
  /** A client that sends nothing for this long gives its upload up. */
  readonly bodyIdleMs: number;
  /** DNS name under which `BUCKET.DOMAIN` is a bucket. */
  readonly domain: string | undefined;
  readonly now: () => Date;
}

/** Who sends the request; undefined stands for anonymous. */
export type Caller = Pick<
  AccessKeyHolder,
  'accountId' | 'canonicalId' | 'displayName' | 'userId' | 'userName' | 'isAdmin'
>;

/** One authenticated S3 request. */
export interface S3Context {
  readonly services: S3Services;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly headers: Headers;
  /** Decoded parameters, the first value of each. */
  readonly query: ReadonlyMap<string, string>;
  readonly caller: Caller | undefined;
  readonly payload: PayloadRule;
  readonly requestId: string;
  /** Of the access logs; told who it is by what authenticates later than the headers do. */
  readonly watched?: Pick<WatchedRequest, 'identified'> | undefined;
  /** The path as it arrived; for logs and documents. */
  readonly rawPath: string;
}

export interface BucketContext extends S3Context {
  readonly bucketName: string;
}

export interface ObjectContext extends BucketContext {
  readonly key: string;
}
