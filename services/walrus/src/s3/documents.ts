import { MalleeError } from '@mallee/errors';
import { parseXml, type XmlElement } from '@mallee/xml';
import type { S3Context } from './context.js';
import { receiveDocument } from './receive-body.js';

const MAX_BODY = 2 * 1024 * 1024;

/** The XML body of a request. Throws `MalformedXML` unless its root is `root`. */
export async function receiveXml(context: S3Context, root: string | readonly string[]): Promise<XmlElement> {
  const body = await receiveText(context);
  return readXml(body, root);
}

/** The small body of a request. */
export async function receiveText(context: S3Context, maxBytes = MAX_BODY): Promise<Buffer> {
  return await receiveDocument({ ...context, maxBytes });
}

export function readXml(body: Buffer, root: string | readonly string[]): XmlElement {
  if (body.length === 0) throw malformed();
  let element: XmlElement;
  try {
    element = parseXml(body, { allowComments: true, maxBytes: MAX_BODY, maxElements: 200_000 });
  } catch (cause) {
    throw new MalleeError('MalformedXML', malformed().message, { cause });
  }
  if (![root].flat().includes(element.local)) throw malformed();
  return element;
}

export function childrenOf(parent: XmlElement, name: string): XmlElement[] {
  return parent.children.filter((child) => child.local === name);
}

export function childOf(parent: XmlElement, name: string): XmlElement | undefined {
  return parent.children.find((child) => child.local === name);
}

/** Text of a child, as it stands; undefined when there is no such child. */
export function textOf(parent: XmlElement, name: string): string | undefined {
  return childOf(parent, name)?.text;
}

/** A whole number above 0 in a child; undefined when there is no such child. Throws `MalformedXML`. */
export function numberOf(parent: XmlElement, name: string, least = 0): number | undefined {
  const text = textOf(parent, name)?.trim();
  if (text === undefined) return undefined;
  const number = Number(text);
  if (!/^-?\d{1,15}$/.test(text) || number < least) throw malformed();
  return number;
}

export function malformed(): MalleeError {
  return new MalleeError(
    'MalformedXML',
    'The XML you provided was not well-formed or did not validate against our published schema',
  );
}
