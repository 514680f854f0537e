import type { XmlAttribute, XmlElement } from '@mallee/xml';
import { WSU } from './names.js';
import { violation } from './violation.js';

const ID = /^[A-Za-z_][A-Za-z0-9_.-]{0,127}$/;
const BLANK = /^[ \t\r\n]*$/;

export function is(element: XmlElement, namespace: string, local: string): boolean {
  return element.local === local && element.namespace === namespace;
}

/** Refuses the element unless it has the name. */
export function expect(element: XmlElement | undefined, namespace: string, local: string, where: string): XmlElement {
  if (element === undefined) violation(`${where} has no ${local} at its place`);
  if (!is(element, namespace, local)) violation(`${where} has an unexpected ${element.local}`);
  return element;
}

/** Refuses an element that has character data besides its children. */
export function expectNoText(element: XmlElement): void {
  if (element.text !== '' && !BLANK.test(element.text)) violation(`${element.local} contains text`);
}

/** The children, which must be exactly `count`, with nothing but white space between them. */
export function exactChildren(element: XmlElement, count: number): readonly XmlElement[] {
  if (element.children.length !== count) violation(`${element.local} has ${element.children.length} children`);
  expectNoText(element);
  return element.children;
}

/** The text of an element without children; not empty. */
export function leafText(element: XmlElement): string {
  if (element.children.length > 0) violation(`${element.local} has children`);
  if (element.text === '') violation(`${element.local} is empty`);
  return element.text;
}

/** The text of a leaf that holds base64, without the line breaks that some signers write. */
export function base64Text(element: XmlElement): string {
  const text = leafText(element);
  return /[ \t\r\n]/.test(text) ? text.replace(/[ \t\r\n]+/g, '') : text;
}

/** Refuses every attribute that is not listed as "local" (no namespace) or "namespace local". */
export function onlyAttributes(element: XmlElement, allowed: readonly string[]): void {
  for (const { namespace, local } of element.attributes) {
    if (!allowed.includes(namespace === '' ? local : `${namespace} ${local}`)) {
      violation(`${element.local} has an unexpected attribute ${local}`);
    }
  }
}

export function attribute(element: XmlElement, namespace: string, local: string): string | undefined {
  return element.attributes.find((one: XmlAttribute) => one.local === local && one.namespace === namespace)?.value;
}

export const WSU_ID = `${WSU} Id`;

/** The wsu:Id of an element, or undefined. */
export function wsuId(element: XmlElement): string | undefined {
  const id = attribute(element, WSU, 'Id');
  if (id !== undefined && !ID.test(id)) violation(`the wsu:Id of ${element.local} is not a plain name`);
  return id;
}

/**
 * Refuses a document in which two attributes that any reader could take for an id (Id, ID, id in whatever namespace) have one value:
 * two readers could then find different elements behind one reference.
 */
export function refuseRepeatedIds(element: XmlElement, seen: Set<string> = new Set()): void {
  for (const { local, value } of element.attributes) {
    if (local.length !== 2 || local.toLowerCase() !== 'id') continue;
    if (seen.has(value)) violation(`the id ${value} is used twice`);
    seen.add(value);
  }
  for (const child of element.children) refuseRepeatedIds(child, seen);
}
