// Generated from wsdl/mallee/walrus.wsdl by `npm run generate`; do not edit.

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

export interface CheckImageType extends MalleeMessage {
  /** bucket/key of the manifest */
  location: string;
  /** who registers it */
  accountId: string;
}

export interface CheckImageResponseType extends MalleeMessage {
  /** machine, kernel or ramdisk */
  kind?: string | undefined;
  architecture?: string | undefined;
  name?: string | undefined;
  /** bytes of the unbundled image */
  size?: number | undefined;
  /** bytes of all parts */
  bundledSize?: number | undefined;
  /** digest of the unbundled tar, as in the manifest */
  digest?: string | undefined;
  kernelId?: string | undefined;
  ramdiskId?: string | undefined;
  /** hex, as in the manifest */
  signature?: string | undefined;
}

export interface CacheImageType extends MalleeMessage {
  location: string;
  accountId: string;
}

export type CacheImageResponseType = MalleeMessage;

export interface FlushCachedImageType extends MalleeMessage {
  location: string;
  accountId: string;
}

export type FlushCachedImageResponseType = MalleeMessage;

export interface MalleeWalrusOperations {
  /** Reads and verifies a manifest on behalf of an account before the image is registered. */
  CheckImage: { request: CheckImageType; response: CheckImageResponseType };
  /** Asks Walrus to decrypt an image ahead of its first launch. */
  CacheImage: { request: CacheImageType; response: CacheImageResponseType };
  /** The decrypted copy is not needed any more. */
  FlushCachedImage: { request: FlushCachedImageType; response: FlushCachedImageResponseType };
}
