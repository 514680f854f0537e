export {
  BUNDLE_NAME,
  bundleImage,
  type BundledImage,
  type BundleImageOptions,
  type BundleSink,
} from './bundle-image.js';
export { recoverKey, recoverKeyOfHolder, type ImageKey } from './image-key.js';
export type { EncryptedKey, ImageKind, Manifest, ManifestPart } from './manifest.js';
export { MAX_MANIFEST_BYTES, parseManifest } from './parse-manifest.js';
export { resignManifest } from './resign-manifest.js';
export { unbundle, type UnbundleOptions } from './unbundle.js';
export { verifyManifestSignature, type VerifiedManifest } from './verify-manifest.js';
