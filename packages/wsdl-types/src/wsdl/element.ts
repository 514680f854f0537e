import { MalleeError } from '@mallee/errors';
import type { XmlElement } from '@mallee/xml';

export const WSDL = 'http://schemas.xmlsoap.org/wsdl/';
export const SOAP = 'http://schemas.xmlsoap.org/wsdl/soap/';
export const XSD = 'http://www.w3.org/2001/XMLSchema';

/** A document that is no WSDL of the kind read here; it belongs to the program, so this never depends on a peer. */
export function unsupported(problem: string): MalleeError {
  return new MalleeError('Configuration.Invalid', `WSDL: ${problem}`);
}

export function childrenOf(element: XmlElement, namespace: string, local: string): readonly XmlElement[] {
  return element.children.filter((child) => child.namespace === namespace && child.local === local);
}

/** The one child of that name. */
export function onlyChild(element: XmlElement, namespace: string, local: string): XmlElement {
  const found = childrenOf(element, namespace, local);
  const [first] = found;
  if (first === undefined || found.length > 1) {
    throw unsupported(`${element.local} has ${found.length} ${local}, expected one`);
  }
  return first;
}

export function optionalAttribute(element: XmlElement, local: string): string | undefined {
  return element.attributes.find((attribute) => attribute.namespace === '' && attribute.local === local)?.value;
}

export function attribute(element: XmlElement, local: string): string {
  const value = optionalAttribute(element, local);
  if (value === undefined) throw unsupported(`${element.local} has no attribute ${local}`);
  return value;
}

/** Text of the `documentation` child (of `annotation/documentation` in a schema), white space collapsed. */
export function documentation(element: XmlElement): string | undefined {
  const holder = childrenOf(element, XSD, 'annotation')[0] ?? element;
  const found = holder.children.find((child) => child.local === 'documentation');
  return found?.text.replace(/\s+/g, ' ').trim();
}

/** Throws unless every child is one of the named elements: a construct that is not understood must not be lost. */
export function allowOnly(element: XmlElement, ...names: readonly string[]): void {
  for (const child of element.children) {
    if (!names.includes(child.local)) throw unsupported(`${child.local} inside ${element.local} is not supported`);
  }
}

/**
 * Local part of a reference by QName. The documents use two vocabularies in attribute values, XML Schema's and their own,
 * so a prefix means the document's own namespace unless it is the prefix of the schema elements.
 */
export function ownName(element: XmlElement, value: string): string {
  const [prefix, local] = splitName(value);
  if (element.namespace === XSD && prefix === element.prefix)
    throw unsupported(`${value} is not a type of the document`);
  return local;
}

/** Prefix ('' without one) and local part. */
export function splitName(value: string): [prefix: string, local: string] {
  const parts = value.split(':');
  const local = parts.at(-1) ?? '';
  if (parts.length > 2 || local === '') throw unsupported(`${value} is not a name`);
  return [parts.length === 2 ? (parts[0] ?? '') : '', local];
}
