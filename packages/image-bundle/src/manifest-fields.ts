import { MalleeError } from '@mallee/errors';
import type { XmlElement } from '@mallee/xml';

/** The error for a manifest that does not follow the format. */
export function invalidManifest(reason: string, cause?: unknown): MalleeError {
  return new MalleeError('Image.ManifestInvalid', `manifest: ${reason}`, { cause });
}

/** The children of that name, in no namespace. */
export function childrenNamed(parent: XmlElement, name: string): XmlElement[] {
  return parent.children.filter((child) => child.local === name && child.namespace === '');
}

/** The only child of that name; two of anything are refused, for readers may disagree about which one counts. */
export function optionalChild(parent: XmlElement, name: string): XmlElement | undefined {
  const [child, ...more] = childrenNamed(parent, name);
  if (more.length > 0) throw invalidManifest(`more than one ${name} in ${parent.local}`);
  return child;
}

export function requiredChild(parent: XmlElement, name: string): XmlElement {
  const child = optionalChild(parent, name);
  if (child === undefined) throw invalidManifest(`no ${name} in ${parent.local}`);
  return child;
}

export function textOf(parent: XmlElement, name: string, pattern: RegExp): string {
  const text = requiredChild(parent, name).text.trim();
  if (!pattern.test(text)) throw invalidManifest(`${name} has no usable value`);
  return text;
}

export function byteCount(parent: XmlElement, name: string): number {
  const value = Number(textOf(parent, name, /^\d{1,15}$/));
  if (!Number.isSafeInteger(value)) throw invalidManifest(`${name} is too large`);
  return value;
}

export function requireAlgorithm(element: XmlElement, expected: string): void {
  const value = element.attributes.find(({ local }) => local === 'algorithm')?.value;
  if (value !== undefined && value.toUpperCase().replace('SHA-1', 'SHA1') !== expected) {
    throw invalidManifest(`algorithm ${value} of ${element.local} is not supported`);
  }
}
