/** What an image is used as; a kernel or ramdisk carries `true` as its own kernel_id or ramdisk_id. */
export type ImageKind = 'machine' | 'kernel' | 'ramdisk';

export interface ManifestPart {
  /** Name of the object in the bucket of the manifest. */
  readonly filename: string;
  /** Lower-case hex SHA-1 of its bytes. */
  readonly digest: string;
}

/** Hex text of RSA-encrypted values. */
export interface EncryptedKey {
  readonly key: string;
  readonly iv: string;
}

/** A bundle manifest, version 2007-10-10. Everything here but `signatures` comes from the signed bytes. */
export interface Manifest {
  readonly kind: ImageKind;
  readonly name: string;
  readonly architecture: string;
  /** Account that bundled it, 12 digits. */
  readonly accountId: string;
  /** Images the machine image wants to start with. */
  readonly kernelId: string | undefined;
  readonly ramdiskId: string | undefined;
  /** Lower-case hex SHA-1 of the tar stream inside. */
  readonly digest: string;
  /** Bytes of the image file. */
  readonly size: number;
  /** Bytes of all parts together. */
  readonly bundledSize: number;
  /** For the cloud ("ec2") and for the user; the latter may be absent. */
  readonly cloudKey: EncryptedKey;
  readonly userKey: EncryptedKey | undefined;
  readonly parts: readonly ManifestPart[];
  /** RSA-SHA1 signatures, mostly one; none in an unsigned manifest. */
  readonly signatures: readonly Buffer[];
  /** The bytes the signature covers. */
  readonly signedBytes: Buffer;
}

/** Version every known bundling tool writes. */
export const MANIFEST_VERSION = '2007-10-10';
export const DIGEST_ALGORITHM = 'SHA1';
export const CIPHER = 'AES-128-CBC';
