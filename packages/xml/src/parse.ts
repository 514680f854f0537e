import { noChildren, type XmlElement, type XmlNode } from './element.js';
import { limitExceeded, malformed } from './errors.js';
import { escapeText } from './escape.js';
import { withDefaults, type XmlReadOptions } from './limits.js';
import { decodeReferences } from './references.js';
import { Scanner } from './scanner.js';
import { readSource } from './source.js';
import { isBlank, StartTagReader } from './start-tag.js';

const CDATA = '<![CDATA[';

/** An element whose end tag has not been read yet. */
interface OpenElement {
  readonly node: XmlNode;
  /** The name as written, for the end tag. */
  readonly name: string;
  children: XmlNode[] | undefined;
  /** Children and character data in order. */
  parts: (string | XmlNode)[] | undefined;
}

/**
 * Reads one XML 1.0 document with namespaces in one pass into a tree.
 *
 * Refused with Wire.MalformedXml: everything not well-formed, and beyond that DOCTYPE, processing instructions, comments (unless
 * `allowComments`), any encoding but UTF-8, relative namespace names, declarations of the prefixes xml and xmlns.
 * Throws Wire.LimitExceeded beyond a limit.
 */
export function parseXml(input: string | Uint8Array, options: Partial<XmlReadOptions> = {}): XmlElement {
  return new DocumentReader(input, withDefaults(options)).read();
}

class DocumentReader {
  private readonly options: XmlReadOptions;
  private readonly scanner: Scanner;
  private readonly tags: StartTagReader;
  private readonly open: OpenElement[] = [];
  private root: XmlNode | undefined = undefined;
  private elements = 0;

  constructor(input: string | Uint8Array, options: XmlReadOptions) {
    const { text, offset } = readSource(input, options.maxBytes);
    this.options = options;
    this.scanner = new Scanner(text, offset, options.maxNameLength);
    this.tags = new StartTagReader(this.scanner, options);
  }

  read(): XmlElement {
    const { scanner } = this;
    for (;;) {
      const next = scanner.text.indexOf('<', scanner.position);
      if (next < 0) break;
      if (next > scanner.position) this.characters(scanner.position, next);
      scanner.position = next;
      const unit = scanner.peek(1);
      if (unit === 0x2f) this.endTag();
      else if (unit === 0x21) this.declaration();
      else if (unit === 0x3f) malformed('a processing instruction is not allowed', next);
      else this.startTag();
    }
    if (this.open.length > 0 || this.root === undefined) malformed('the document ends too early');
    if (!isBlank(scanner.text.slice(scanner.position))) malformed('text follows the root element', scanner.position);
    return this.root;
  }

  private startTag(): void {
    const { scanner, open, options } = this;
    if (open.length === 0 && this.root !== undefined) malformed('a second root element', scanner.position);
    if (open.length >= options.maxDepth) limitExceeded('maxDepth', options.maxDepth);
    this.elements += 1;
    if (this.elements > options.maxElements) limitExceeded('maxElements', options.maxElements);
    const node = this.tags.read(open.at(-1)?.node.scope);
    this.root ??= node;
    node.contentStart = scanner.position;
    if (this.tags.selfClosing) {
      node.contentEnd = scanner.position;
      this.attach(node);
      return;
    }
    open.push({ node, name: this.tags.name, children: undefined, parts: undefined });
  }

  private endTag(): void {
    const { scanner, open } = this;
    const start = scanner.position;
    const top = open.pop() ?? malformed('an end tag without start tag', start);
    const after = start + 2 + top.name.length;
    if (!scanner.text.startsWith(top.name, start + 2)) malformed(`the end tag of ${top.name} is expected`, start);
    const { node } = top;
    node.contentEnd = start;
    scanner.position = after;
    if (scanner.skipSpace()) node.exactContent = false;
    if (scanner.peek() !== 0x3e) malformed(`the end tag of ${top.name} is expected`, start);
    scanner.position += 1;
    if (top.children !== undefined) node.children = top.children;
    if (top.parts !== undefined) node.mixed = top.parts;
    this.attach(node);
  }

  /** Hangs a finished element into its parent and carries its canonical notes up. */
  private attach(node: XmlNode): void {
    node.end = this.scanner.position;
    const parent = this.open.at(-1);
    if (parent === undefined) return;
    if (parent.node.text !== '') (parent.parts ??= [...(parent.children ?? noChildren), parent.node.text]).push(node);
    (parent.children ??= []).push(node);
    parent.node.contentFree |= node.free;
    if (!node.exact) parent.node.exactContent = false;
  }

  private characters(from: number, to: number): void {
    const raw = this.scanner.text.slice(from, to);
    const parent = this.open.at(-1);
    if (parent === undefined) {
      if (!isBlank(raw)) malformed('text outside the root element', from);
      return;
    }
    if (raw.includes('>')) {
      if (raw.includes(']]>')) malformed(']]> in character data', from);
      parent.node.exactContent = false;
    }
    if (raw.includes('&')) {
      const text = decodeReferences(raw);
      if (escapeText(text) !== raw) parent.node.exactContent = false;
      this.append(parent, text);
    } else {
      this.append(parent, raw);
    }
  }

  private append(parent: OpenElement, text: string): void {
    if (text === '') return;
    if (parent.parts !== undefined) parent.parts.push(text);
    else if (parent.children !== undefined) parent.parts = [...parent.children, text];
    parent.node.text += text;
  }

  /** CDATA section, comment, or what is refused. */
  private declaration(): void {
    const { scanner } = this;
    const start = scanner.position;
    const parent = this.open.at(-1);
    if (scanner.text.startsWith(CDATA, start) && parent !== undefined) {
      const end = scanner.text.indexOf(']]>', start);
      if (end < 0) malformed('a CDATA section is not closed', start);
      this.append(parent, scanner.text.slice(start + CDATA.length, end));
      parent.node.exactContent = false;
      scanner.position = end + 3;
    } else if (scanner.text.startsWith('<!--', start)) {
      if (!this.options.allowComments) malformed('a comment is not allowed', start);
      const end = scanner.text.indexOf('--', start + 4);
      if (end < 0 || scanner.text[end + 2] !== '>') malformed('a comment is not well-formed', start);
      if (parent !== undefined) parent.node.exactContent = false;
      scanner.position = end + 3;
    } else {
      malformed('a document type or markup declaration is not allowed', start);
    }
  }
}
