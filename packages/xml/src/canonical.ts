import { compareAttributes, compareCodePoints } from './compare.js';
import { XmlNode, type XmlElement } from './element.js';
import { escapeAttribute, escapeText } from './escape.js';
import { PlainElement } from './plain-element.js';
import { findBinding, OVERFLOW_BIT, XML_NAMESPACE, type Binding } from './namespaces.js';

/** A namespace node already written by an ancestor in the output. */
interface Rendered {
  readonly prefix: string;
  readonly uri: string;
  readonly outer: Rendered | undefined;
}

/**
 * The exclusive canonical form (xml-exc-c14n 1.0, without comments, no InclusiveNamespaces) of an element and everything in it, in
 * the namespace context of its document. The digest input of a signature is the UTF-8 of this text.
 *
 * Parts that the reader found to be written canonically are copied from the source, which is most of any message a machine wrote.
 * Only elements made by `parseXml` or `readPlainElement` can be given.
 */
export function canonicalize(element: XmlElement): string {
  if (element instanceof PlainElement) return canonicalize(element.readAgain());
  if (!(element instanceof XmlNode)) throw new TypeError('only an element made by parseXml can be canonicalised');
  return write(element, undefined, 0);
}

/** `mask` has the bits of the bindings that `rendered` already covers; never the overflow bit, which stands for several. */
function write(node: XmlNode, rendered: Rendered | undefined, mask: number): string {
  if (node.exact && (node.free & ~mask) === 0) return node.source.slice(node.start, node.end);
  const name = node.prefix === '' ? node.local : `${node.prefix}:${node.local}`;
  let tag = `<${name}`;
  let inner = rendered;
  for (const binding of bindingsToRender(node, rendered)) {
    tag += binding.prefix === '' ? ' xmlns="' : ` xmlns:${binding.prefix}="`;
    tag += `${escapeAttribute(binding.uri)}"`;
    inner = { prefix: binding.prefix, uri: binding.uri, outer: inner };
  }
  const attributes = node.attributes.length > 1 ? [...node.attributes].sort(compareAttributes) : node.attributes;
  for (const { prefix, local, value } of attributes) {
    tag += ` ${prefix === '' ? local : `${prefix}:${local}`}="${escapeAttribute(value)}"`;
  }
  return `${tag}>${writeContent(node, inner, mask | (node.used & ~OVERFLOW_BIT))}</${name}>`;
}

function writeContent(node: XmlNode, rendered: Rendered | undefined, mask: number): string {
  if (node.exactContent && (node.contentFree & ~mask) === 0)
    return node.source.slice(node.contentStart, node.contentEnd);
  if (node.children.length === 0) return escapeText(node.text);
  let content = '';
  for (const part of node.mixed ?? node.children) {
    content += typeof part === 'string' ? escapeText(part) : write(part, rendered, mask);
  }
  return content;
}

/** The bindings whose prefixes the element visibly uses and that no ancestor in the output has written, sorted by prefix. */
function bindingsToRender(node: XmlNode, rendered: Rendered | undefined): Binding[] {
  const needed: Binding[] = [];
  const need = (prefix: string): void => {
    const binding = findBinding(node.scope, prefix);
    if (binding === undefined || needed.includes(binding)) return;
    if (renderedUri(rendered, prefix) !== binding.uri) needed.push(binding);
  };
  if (node.namespace !== XML_NAMESPACE) need(node.prefix);
  for (const { prefix } of node.attributes) if (prefix !== '' && prefix !== 'xml') need(prefix);
  if (needed.length > 1) needed.sort((left, right) => compareCodePoints(left.prefix, right.prefix));
  return needed;
}

/** What the output so far says about a prefix; an unwritten default namespace is none, like xmlns="". */
function renderedUri(rendered: Rendered | undefined, prefix: string): string | undefined {
  for (let node = rendered; node !== undefined; node = node.outer) if (node.prefix === prefix) return node.uri;
  return prefix === '' ? '' : undefined;
}
