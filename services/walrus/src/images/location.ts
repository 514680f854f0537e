import { MalleeError } from '@mallee/errors';

/** Where a manifest lies. */
export interface ImageLocation {
  readonly bucket: string;
  readonly key: string;
}

/**
 * Reads `bucket/key`. Nothing else is a location: no URL, no leading slash, no empty or dot component.
 * Throws `Image.LocationInvalid`.
 */
export function parseImageLocation(text: string): ImageLocation {
  const slash = text.indexOf('/');
  const [bucket, key] = [text.slice(0, slash), text.slice(slash + 1)];
  const components = key.split('/');
  const plain =
    !/[\u0000-\u001f\u007f\\]/.test(key) && components.every((part) => part !== '' && part !== '.' && part !== '..');
  if (slash < 0 || !/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket) || !plain || Buffer.byteLength(key) > 1024) {
    throw new MalleeError('Image.LocationInvalid', `${JSON.stringify(text.slice(0, 200))} is not bucket/manifest`);
  }
  return { bucket, key };
}

/** Parts lie beside their manifest: same bucket, same folder. */
export function partKey(manifest: ImageLocation, filename: string): string {
  return manifest.key.slice(0, manifest.key.lastIndexOf('/') + 1) + filename;
}
