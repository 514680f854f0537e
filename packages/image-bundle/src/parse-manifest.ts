import { isAscii } from 'node:buffer';
import { MalleeError } from '@mallee/errors';
import { parseXml, type XmlElement } from '@mallee/xml';
import { CIPHER, DIGEST_ALGORITHM, MANIFEST_VERSION } from './manifest.js';
import type { EncryptedKey, ImageKind, Manifest, ManifestPart } from './manifest.js';
import {
  byteCount,
  childrenNamed,
  invalidManifest,
  optionalChild,
  requireAlgorithm,
  requiredChild,
  textOf,
} from './manifest-fields.js';

/** Largest manifest that is read, in bytes: some 15,000 parts, so 150 GB at the usual part size. */
export const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;

const HEX = /^(?:[0-9a-fA-F]{2}){1,2048}$/;
const SHA1 = /^[0-9a-fA-F]{40}$/;
const MAX_SIGNATURES = 4;
const SIGNED = ['machine_configuration', 'image'] as const;
const LIMITS = { maxBytes: MAX_MANIFEST_BYTES, maxElements: 60_000 };

/**
 * Reads a manifest. Only what lies in the two signed elements is used, and it is read from exactly the bytes that the
 * signature covers: each of them must occur once, however one searches.
 * Throws `Image.ManifestInvalid`, `Image.LocationInvalid` for part names that could lead out of the bucket.
 */
export function parseManifest(bytes: Buffer): Manifest {
  if (bytes.includes('<![CDATA[')) throw invalidManifest('CDATA is not allowed');
  const root = parse(withoutAsciiName(bytes));
  if (root.local !== 'manifest' || root.namespace !== '') throw invalidManifest('the root element is not manifest');
  if (textOf(root, 'version', /^[\d-]+$/) !== MANIFEST_VERSION) throw invalidManifest('unknown version');
  for (const name of SIGNED) {
    requiredChild(root, name);
    if (countElements(root, name) !== 1) throw invalidManifest(`more than one ${name}`);
  }
  const machineBytes = onlyOccurrence(bytes, 'machine_configuration');
  const imageBytes = onlyOccurrence(bytes, 'image');
  const machine = parse(machineBytes);
  const image = parse(imageBytes);
  const identifiers = readIdentifiers(machine, image);
  const digest = requiredChild(image, 'digest');
  requireAlgorithm(digest, DIGEST_ALGORITHM);
  return {
    ...identifiers,
    architecture: textOf(machine, 'architecture', /^[A-Za-z0-9_]{1,32}$/),
    name: textOf(image, 'name', /^[^\u0000-\u001f\u007f]{1,1024}$/),
    accountId: textOf(image, 'user', /^\d{12}$/),
    digest: textOf(image, 'digest', SHA1).toLowerCase(),
    size: byteCount(image, 'size'),
    bundledSize: byteCount(image, 'bundled_size'),
    cloudKey: encryptedKey(image, 'ec2'),
    userKey: optionalUserKey(image),
    parts: readParts(requiredChild(image, 'parts')),
    signatures: readSignatures(root),
    signedBytes: Buffer.concat([machineBytes, imageBytes]),
  };
}

/** euca2ools 3 declares its documents as ASCII, which is UTF-8, too, if it is true. */
function withoutAsciiName(bytes: Buffer): Buffer {
  const declaration = /^<\?xml version=(?:"1\.0"|'1\.0') encoding=(?:"(?:US-)?ASCII"|'(?:US-)?ASCII')\?>/i;
  const found = declaration.exec(bytes.toString('latin1', 0, 80))?.[0];
  return found !== undefined && isAscii(bytes) ? bytes.subarray(found.length) : bytes;
}

function parse(bytes: Buffer): XmlElement {
  try {
    return parseXml(bytes, LIMITS);
  } catch (cause) {
    throw invalidManifest(cause instanceof Error ? cause.message : 'not well-formed', cause);
  }
}

/** Elements of that name anywhere, in whatever namespace. */
function countElements(element: XmlElement, name: string): number {
  return element.children.reduce((sum, child) => sum + countElements(child, name), element.local === name ? 1 : 0);
}

/**
 * The bytes from the start tag to the end tag. The original finds them by text search, its values by XPath; a manifest
 * in which the two could differ (a second element, a start tag with attributes or blanks) is refused.
 */
function onlyOccurrence(bytes: Buffer, name: string): Buffer {
  const [start, end] = [`<${name}>`, `</${name}>`];
  const from = bytes.indexOf(start);
  const to = bytes.indexOf(end);
  if (from < 0 || to < from || bytes.indexOf(start, from + 1) >= 0 || bytes.indexOf(end, to + 1) >= 0) {
    throw invalidManifest(`there is not exactly one plain ${name} element`);
  }
  return bytes.subarray(from, to + end.length);
}

function readIdentifiers(machine: XmlElement, image: XmlElement): Pick<Manifest, 'kind' | 'kernelId' | 'ramdiskId'> {
  const kernelId = optionalChild(machine, 'kernel_id')?.text.trim();
  const ramdiskId = optionalChild(machine, 'ramdisk_id')?.text.trim();
  const itself = (id: string | undefined) => id !== undefined && /^(true|yes)$/i.test(id);
  const declared = optionalChild(image, 'type')?.text.trim() ?? 'machine';
  const reference = (id: string | undefined) => (id === undefined || id === '' || itself(id) ? undefined : id);
  let kind: ImageKind = 'machine';
  if (itself(kernelId) && itself(ramdiskId)) throw invalidManifest('an image cannot be both kernel and ramdisk');
  if (itself(kernelId) || declared === 'kernel') kind = 'kernel';
  else if (itself(ramdiskId) || declared === 'ramdisk') kind = 'ramdisk';
  else if (declared !== 'machine') throw invalidManifest(`unknown image type ${declared}`);
  return { kind, kernelId: reference(kernelId), ramdiskId: reference(ramdiskId) };
}

function encryptedKey(image: XmlElement, prefix: 'ec2' | 'user'): EncryptedKey {
  requireAlgorithm(requiredChild(image, `${prefix}_encrypted_key`), CIPHER);
  return { key: textOf(image, `${prefix}_encrypted_key`, HEX), iv: textOf(image, `${prefix}_encrypted_iv`, HEX) };
}

/** Tools without the user's key write these elements empty. */
function optionalUserKey(image: XmlElement): EncryptedKey | undefined {
  const text = optionalChild(image, 'user_encrypted_key')?.text.trim() ?? '';
  return text === '' ? undefined : encryptedKey(image, 'user');
}

function readParts(parts: XmlElement): ManifestPart[] {
  const list = childrenNamed(parts, 'part');
  if (list.length !== parts.children.length || list.length === 0) throw invalidManifest('parts has no usable content');
  const count = parts.attributes.find(({ local }) => local === 'count')?.value;
  if (count !== undefined && count !== String(list.length)) throw invalidManifest('the count of parts is wrong');
  const names = new Set<string>();
  return list.map((part, position) => {
    const index = part.attributes.find(({ local }) => local === 'index')?.value;
    if (index !== undefined && Number(index) !== position) throw invalidManifest('the parts are not in order');
    const filename = partName(requiredChild(part, 'filename').text);
    if (names.has(filename)) throw invalidManifest(`part ${filename} is named twice`);
    names.add(filename);
    requireAlgorithm(requiredChild(part, 'digest'), DIGEST_ALGORITHM);
    return { filename, digest: textOf(part, 'digest', SHA1).toLowerCase() };
  });
}

/** Parts lie beside the manifest: a name is one plain component of a key. */
function partName(text: string): string {
  const name = text.trim();
  if (!/^[^/\\\u0000-\u001f\u007f]{1,255}$/.test(name) || name === '.' || name === '..') {
    throw new MalleeError(
      'Image.LocationInvalid',
      `manifest: part name ${JSON.stringify(name.slice(0, 80))} is not plain`,
    );
  }
  return name;
}

/**
 * The original appended a second signature, its own, to bundles of running instances. They cover the same bytes, so any of them that
 * somebody trusted made is as good as another.
 */
function readSignatures(root: XmlElement): Buffer[] {
  const texts = childrenNamed(root, 'signature').map((element) => element.text.trim());
  if (texts.length > MAX_SIGNATURES) throw invalidManifest('there are too many signatures');
  return texts
    .filter((text) => text !== '' && text !== 'UNSIGNED')
    .map((text) => {
      if (!HEX.test(text)) throw invalidManifest('the signature is not hexadecimal');
      return Buffer.from(text, 'hex');
    });
}
