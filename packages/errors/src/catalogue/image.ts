import type { CataloguePart } from '../entry.js';

export const image = {
  'Image.ManifestInvalid': {
    family: 'image',
    status: 400,
    cause: 'The manifest is not well-formed or lacks a required element.',
    remedy: 'Bundle the image again.',
  },
  'Image.SignatureInvalid': {
    family: 'image',
    status: 403,
    cause: 'The manifest is not signed by a certificate of its owner.',
    remedy: 'Bundle with the certificate and key of the account that registers it.',
  },
  'Image.DecryptionFailed': {
    family: 'image',
    status: 417,
    cause: 'The key of the image cannot be recovered with the key of this cloud.',
    remedy: 'Bundle with the certificate of this cloud.',
  },
  'Image.PartMissing': {
    family: 'image',
    status: 404,
    cause: 'A part named by the manifest is not in its bucket.',
    remedy: 'Upload all parts.',
  },
  'Image.DigestMismatch': {
    family: 'image',
    status: 409,
    cause: 'A part or the image has another digest or size than the manifest says.',
    remedy: 'Upload the image again.',
  },
  'Image.ArchiveRefused': {
    family: 'image',
    status: 409,
    cause: 'The archive inside the bundle is not exactly one plain file with a relative name.',
    remedy: 'Bundle one regular file.',
  },
  'Image.TooLarge': {
    family: 'image',
    status: 413,
    cause: 'The image is larger than the manifest says or than the limit allows.',
    remedy: 'Bundle the image again.',
  },
  'Image.LocationInvalid': {
    family: 'image',
    status: 400,
    cause: 'The image location is not bucket/manifest, or names parts outside the bucket.',
    remedy: 'Use BUCKET/NAME.manifest.xml.',
  },
  'Image.CacheFull': {
    family: 'image',
    status: 507,
    cause: 'There is no room to decrypt the image.',
    remedy: 'Enlarge the image cache or free disk space.',
  },
  'Image.NotFound': {
    family: 'image',
    status: 404,
    cause: 'The manifest does not exist.',
    remedy: 'Check bucket and key.',
  },
  'Image.Changed': {
    family: 'image',
    status: 409,
    cause: 'The manifest is not that of the image that was registered: it was replaced since.',
    remedy: 'Register the image again and launch the new image id.',
  },
  'Image.FormatRefused': {
    family: 'image',
    status: 400,
    cause: 'The disk image has a format that is not taken, or depends on other files.',
    remedy: 'Convert it to raw, or to qcow2 without a backing file: qemu-img convert -O raw FILE FILE.raw.',
  },
  'Image.NotBootable': {
    family: 'image',
    status: 400,
    cause: 'The disk image has neither a boot loader nor a kernel that it would be started with.',
    remedy: 'Name the kernel (and ramdisk) to start it with, or import a whole bootable disk.',
  },
  'Image.AlreadyExists': {
    family: 'image',
    status: 409,
    cause: 'There is a bundle of that name already.',
    remedy: 'Choose another name, or delete the other bundle.',
  },
  'Image.DownloadFailed': {
    family: 'image',
    status: 502,
    cause: 'The image cannot be fetched from its URL.',
    remedy: 'Check the URL, or fetch the file by other means and import that.',
  },
} as const satisfies CataloguePart;
