import { resignManifest, unbundle } from '@mallee/image-bundle';
import { isMalleeError, MalleeError } from '@mallee/errors';
import type { Logger, Metrics } from '@mallee/daemon';
import type { ObjectReplacer } from '../storage/replace-content.js';
import type { ImageCache, ImageLease } from './image-cache.js';
import { parseImageLocation, partKey, type ImageLocation } from './location.js';
import {
  partMissing,
  readVerifiedImage,
  requireParts,
  type ImageSources,
  type VerifiedImage,
} from './verified-image.js';

/** Verified manifests and decrypted images: what the operations of the image service share. */
export class ImageStore {
  readonly #sources: ImageSources;
  readonly #cache: ImageCache;
  readonly #logger: Logger;
  readonly #requests;
  readonly #failures;
  readonly #seconds;
  readonly #bytes;
  /** `bucket/key` -> content last decrypted from there, so that it can be dropped after the manifest is gone. */
  readonly #decrypted = new Map<string, string>();

  constructor(sources: ImageSources, cache: ImageCache, { logger, metrics }: { logger: Logger; metrics: Metrics }) {
    this.#sources = sources;
    this.#cache = cache;
    this.#logger = logger;
    this.#requests = metrics.counter('image_cache_requests_total', 'Decrypted images asked for', ['origin']);
    this.#failures = metrics.counter('image_failures_total', 'Images that could not be decrypted', ['code']);
    this.#seconds = metrics.histogram('image_decrypt_seconds', 'From the request to the verified plain image');
    this.#bytes = metrics.gauge('image_cache_bytes', 'Bytes of decrypted images on disk');
  }

  /** Verifies manifest, key and presence of the parts on behalf of the account, who must own the manifest. */
  async check(location: string, accountId: string): Promise<VerifiedImage> {
    const parsed = parseImageLocation(location);
    await this.#requireOwner(parsed, accountId);
    const image = await readVerifiedImage(this.#sources, parsed);
    await requireParts(this.#sources.objects, image);
    return image;
  }

  /**
   * The decrypted image behind a verified manifest. `digest`: the one of the image that was registered, for the manifest may
   * have been replaced since.
   */
  async lease(location: ImageLocation, digest?: string): Promise<ImageLease> {
    const image = await readVerifiedImage(this.#sources, location);
    if (digest !== undefined && digest !== image.manifest.digest) {
      throw new MalleeError('Image.Changed', `${nameOf(location)} is not the image that was registered`);
    }
    return this.decrypt(image);
  }

  /**
   * ValidateImage: a manifest that a registered node signed gets the signature of the cloud instead, so that it stays good when the
   * node goes. Everything that CheckImage looks at is verified before. True if the manifest was changed.
   */
  async validate(location: ImageLocation, replace: ObjectReplacer): Promise<boolean> {
    const image = await readVerifiedImage(this.#sources, location);
    await requireParts(this.#sources.objects, image);
    if (!this.#sources.nodeCertificates().includes(image.signerPem)) return false;
    const signed = resignManifest(image.manifestBytes, this.#sources.privateKeyPem);
    await replace(location.bucket, location.key, image.manifestBytes, signed);
    this.#logger.info({ ...location }, 'a manifest of a node is signed by the cloud now');
    return true;
  }

  async decrypt(image: VerifiedImage): Promise<ImageLease> {
    const { location, manifest, key } = image;
    const started = performance.now();
    const openPart = async (_index: number, filename: string) => {
      const part = await this.#sources.objects.openObject(location.bucket, partKey(location, filename));
      if (part === undefined) throw partMissing(location, filename);
      return part.stream();
    };
    const { maxImageBytes } = this.#sources;
    try {
      const lease = await this.#cache.lease(image.contentKey, manifest.size, () =>
        unbundle({ manifest, key, openPart, maxImageBytes }),
      );
      this.#requests.inc({ origin: lease.origin });
      if (lease.origin === 'miss') {
        const seconds = (performance.now() - started) / 1000;
        this.#seconds.observe(seconds);
        this.#logger.info({ ...location, bytes: lease.size, sha256: lease.sha256, seconds }, 'image decrypted');
      }
      this.#decrypted.set(nameOf(location), image.contentKey);
      return lease;
    } catch (error) {
      this.#failures.inc({ code: isMalleeError(error) ? error.code : 'InternalError' });
      throw error;
    } finally {
      this.#bytes.set(this.#cache.bytes);
    }
  }

  /** Starts the decryption and returns; a failure is logged, and seen by whoever asks for the image. */
  decryptInBackground(image: VerifiedImage): void {
    this.decrypt(image)
      .then((lease) => lease.release())
      .catch((error: unknown) => this.#logger.warn({ err: error, ...image.location }, 'image not decrypted ahead'));
  }

  /** Drops the decrypted copy; harmless if there is none. */
  async flush(location: string, accountId: string): Promise<void> {
    const parsed = parseImageLocation(location);
    const contentKeys = new Set([this.#decrypted.get(nameOf(parsed))]);
    const manifest = await this.#sources.objects.statObject(parsed.bucket, parsed.key);
    if (manifest !== undefined) {
      await this.#requireOwner(parsed, accountId);
      const image = await readVerifiedImage(this.#sources, parsed).catch(() => undefined);
      contentKeys.add(image?.contentKey);
    }
    this.#decrypted.delete(nameOf(parsed));
    for (const contentKey of contentKeys) if (contentKey !== undefined) await this.#cache.flush(contentKey);
    this.#bytes.set(this.#cache.bytes);
  }

  async #requireOwner({ bucket, key }: ImageLocation, accountId: string): Promise<void> {
    const manifest = await this.#sources.objects.statObject(bucket, key);
    if (manifest === undefined) throw new MalleeError('Image.NotFound', `there is no ${bucket}/${key}`);
    if (manifest.ownerAccountId !== accountId) {
      throw new MalleeError('AccessDenied', `account ${accountId} does not own ${bucket}/${key}`);
    }
  }
}

function nameOf({ bucket, key }: ImageLocation): string {
  return `${bucket}/${key}`;
}
