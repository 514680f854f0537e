import { createHash } from 'node:crypto';
import {
  MAX_MANIFEST_BYTES,
  recoverKey,
  verifyManifestSignature,
  type ImageKey,
  type Manifest,
} from '@mallee/image-bundle';
import { MalleeError } from '@mallee/errors';
import type { AccountDirectory } from '../accounts/account-directory.js';
import type { ObjectReader } from '../storage/object-reader.js';
import { partKey, type ImageLocation } from './location.js';

/** What is needed to read images: where objects and certificates are, and the key pair bundles are encrypted for. */
export interface ImageSources {
  readonly objects: ObjectReader;
  readonly accounts: Pick<AccountDirectory, 'certificatesOf'>;
  readonly privateKeyPem: string;
  readonly certificatePem: string;
  /** PEM texts of the registered nodes, which sign what they bundle from a running instance. */
  readonly nodeCertificates: () => readonly string[];
  /** Largest image that can be decrypted, in bytes. */
  readonly maxImageBytes: number;
}

/** A manifest that was read, verified and can be decrypted. */
export interface VerifiedImage {
  readonly location: ImageLocation;
  readonly ownerAccountId: string;
  readonly manifestBytes: Buffer;
  /** SHA-256 of the manifest in hex: names this content, so a new upload to the same key is another image. */
  readonly contentKey: string;
  readonly manifest: Manifest;
  /** The signature that was found good, and whose it is. */
  readonly signature: Buffer;
  readonly signerPem: string;
  readonly key: ImageKey;
}

/**
 * Reads the manifest and checks that its owner, this cloud or one of its nodes signed it and that its key can be recovered.
 * Throws `Image.NotFound`, `Image.ManifestInvalid`, `Image.LocationInvalid`, `Image.SignatureInvalid`, `Image.TooLarge`,
 * `Image.DecryptionFailed`.
 */
export async function readVerifiedImage(sources: ImageSources, location: ImageLocation): Promise<VerifiedImage> {
  const { bytes, ownerAccountId } = await readManifest(sources.objects, location);
  const certificates = [
    ...(await sources.accounts.certificatesOf(ownerAccountId)),
    sources.certificatePem,
    ...sources.nodeCertificates(),
  ];
  const { manifest, signature, certificatePem: signerPem } = verifyManifestSignature(bytes, certificates);
  if (manifest.size > sources.maxImageBytes) {
    throw new MalleeError(
      'Image.TooLarge',
      `the image has ${manifest.size} bytes, ${sources.maxImageBytes} are allowed`,
    );
  }
  const contentKey = createHash('sha256').update(bytes).digest('hex');
  const key = recoverKey(manifest, sources.privateKeyPem);
  return { location, ownerAccountId, manifestBytes: bytes, contentKey, manifest, signature, signerPem, key };
}

async function readManifest(
  objects: ObjectReader,
  location: ImageLocation,
): Promise<{ bytes: Buffer; ownerAccountId: string }> {
  const object = await objects.openObject(location.bucket, location.key);
  if (object === undefined) {
    throw new MalleeError('Image.NotFound', `there is no ${location.bucket}/${location.key}`);
  }
  try {
    if (object.size > MAX_MANIFEST_BYTES) {
      throw new MalleeError(
        'Image.ManifestInvalid',
        `a manifest has at most ${MAX_MANIFEST_BYTES} bytes, this has ${object.size}`,
      );
    }
    const chunks: Buffer[] = [];
    for await (const chunk of object.stream() as AsyncIterable<Buffer>) chunks.push(chunk);
    return { bytes: Buffer.concat(chunks), ownerAccountId: object.ownerAccountId };
  } finally {
    await object.close();
  }
}

const STAT_BATCH = 16;

/** Throws `Image.PartMissing`, or `Image.DigestMismatch` if the parts do not have the size the manifest says. */
export async function requireParts(objects: ObjectReader, { location, manifest }: VerifiedImage): Promise<void> {
  let total = 0;
  for (let at = 0; at < manifest.parts.length; at += STAT_BATCH) {
    const batch = manifest.parts.slice(at, at + STAT_BATCH);
    const sizes = await Promise.all(
      batch.map(async ({ filename }) => {
        const part = await objects.statObject(location.bucket, partKey(location, filename));
        if (part === undefined) throw partMissing(location, filename);
        return part.size;
      }),
    );
    total += sizes.reduce((sum, size) => sum + size, 0);
  }
  if (total !== manifest.bundledSize) {
    throw new MalleeError(
      'Image.DigestMismatch',
      `the parts have ${total} bytes, the manifest says ${manifest.bundledSize}`,
    );
  }
}

export function partMissing(location: ImageLocation, filename: string): MalleeError {
  return new MalleeError('Image.PartMissing', `there is no part ${location.bucket}/${partKey(location, filename)}`);
}
