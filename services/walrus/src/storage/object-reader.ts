import type { Readable } from 'node:stream';
import type { ByteRange } from './blob-store.js';

/** The facts of one stored object. */
export interface ObjectStat {
  readonly bucket: string;
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** Lower-case hex MD5 (or `md5-N`), without quotes. */
  readonly etag: string;
  readonly lastModified: Date;
  /** Account id (12 digits) of the owner of the object. */
  readonly ownerAccountId: string;
}

/** An object held open: its bytes stay readable until `close`, also when it is replaced or deleted meanwhile. */
export interface OpenObject extends ObjectStat {
  /** One stream per open object; ending or destroying the stream closes the object. */
  stream(range?: ByteRange): Readable;
  /** Needed only when `stream` was never called; harmless otherwise. */
  close(): Promise<void>;
}

/** Reads objects without any access check: the caller has decided that the reader may. */
export interface ObjectReader {
  /** Undefined when bucket or key does not exist. */
  openObject(bucket: string, key: string): Promise<OpenObject | undefined>;
  /** As `openObject`, without touching the data. */
  statObject(bucket: string, key: string): Promise<ObjectStat | undefined>;
}
