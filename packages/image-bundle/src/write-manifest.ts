import { escapeText } from '@mallee/xml';
import { CIPHER, DIGEST_ALGORITHM, MANIFEST_VERSION } from './manifest.js';
import type { EncryptedKey, ImageKind, ManifestPart } from './manifest.js';

export interface ManifestContent {
  readonly kind: ImageKind;
  readonly name: string;
  readonly architecture: string;
  readonly accountId: string;
  readonly kernelId?: string;
  readonly ramdiskId?: string;
  readonly digest: string;
  readonly size: number;
  readonly bundledSize: number;
  readonly cloudKey: EncryptedKey;
  readonly userKey: EncryptedKey;
  readonly parts: readonly ManifestPart[];
  /** RSA-SHA1 over the bytes. */
  readonly sign: (data: Buffer) => Buffer;
}

/** The manifest document. The signature covers machine_configuration and image exactly as they stand in it. */
export function writeManifest(content: ManifestContent): Buffer {
  const machine = machineConfiguration(content);
  const image = imageElement(content);
  const signature = content.sign(Buffer.from(machine + image)).toString('hex');
  const bundler = element('bundler', element('name', 'mallee') + element('version', '1') + element('release', '0'));
  const version = element('version', MANIFEST_VERSION);
  const body = version + bundler + machine + image + element('signature', signature);
  return Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>${element('manifest', body)}`);
}

function machineConfiguration({ architecture, kind, kernelId, ramdiskId }: ManifestContent): string {
  const kernel = kind === 'kernel' ? 'true' : kernelId;
  const ramdisk = kind === 'ramdisk' ? 'true' : ramdiskId;
  return element(
    'machine_configuration',
    text('architecture', architecture) +
      (kernel === undefined ? '' : text('kernel_id', kernel)) +
      (ramdisk === undefined ? '' : text('ramdisk_id', ramdisk)),
  );
}

function imageElement(content: ManifestContent): string {
  const algorithm = (value: string) => ` algorithm="${value}"`;
  const parts = content.parts.map(({ filename, digest }, index) =>
    element(
      'part',
      text('filename', filename) + text('digest', digest, algorithm(DIGEST_ALGORITHM)),
      ` index="${index}"`,
    ),
  );
  return element(
    'image',
    text('name', content.name) +
      text('user', content.accountId) +
      // All tools write machine; kernel_id or ramdisk_id "true" is what marks the others.
      text('type', 'machine') +
      text('digest', content.digest, algorithm(DIGEST_ALGORITHM)) +
      text('size', String(content.size)) +
      text('bundled_size', String(content.bundledSize)) +
      text('ec2_encrypted_key', content.cloudKey.key, algorithm(CIPHER)) +
      text('user_encrypted_key', content.userKey.key, algorithm(CIPHER)) +
      text('ec2_encrypted_iv', content.cloudKey.iv) +
      text('user_encrypted_iv', content.userKey.iv) +
      element('parts', parts.join(''), ` count="${content.parts.length}"`),
  );
}

function text(name: string, value: string, attributes = ''): string {
  return element(name, escapeText(value), attributes);
}

function element(name: string, content: string, attributes = ''): string {
  return `<${name}${attributes}>${content}</${name}>`;
}
