import { isSpace } from './characters.js';
import { compareAttributes, compareCodePoints } from './compare.js';
import { noAttributes, XmlNode, type XmlAttribute } from './element.js';
import { limitExceeded, malformed } from './errors.js';
import { escapeAttribute } from './escape.js';
import type { XmlLimits } from './limits.js';
import { checkDeclaration, findBinding, OVERFLOW_BIT, XML_NAMESPACE, type Binding } from './namespaces.js';
import { decodeReferences } from './references.js';
import type { Scanner } from './scanner.js';

interface RawAttribute {
  readonly prefix: string;
  readonly local: string;
  readonly value: string;
}

/** Reads start tags of one document: attributes, namespace declarations, and whether the tag is written canonically. */
export class StartTagReader {
  private readonly scanner: Scanner;
  private readonly limits: XmlLimits;
  private bindings = 0;

  // State of the tag being read.
  private scope: Binding | undefined = undefined;
  private declared = 0;
  private used = 0;
  private exact = true;
  private raw: RawAttribute[] = [];

  /** Name of the tag read last, as written. */
  name = '';
  /** True when the tag read last was closed by "/>". */
  selfClosing = false;

  constructor(scanner: Scanner, limits: XmlLimits) {
    this.scanner = scanner;
    this.limits = limits;
  }

  /** Reads the tag at the cursor, which stands on its "<"; leaves the cursor behind its ">". */
  read(outer: Binding | undefined): XmlNode {
    const scanner = this.scanner;
    const start = scanner.position;
    scanner.position += 1;
    scanner.readName();
    const { prefix, local } = scanner;
    this.name = prefix === '' ? local : scanner.text.slice(start + 1, scanner.position);
    this.scope = outer;
    this.declared = 0;
    this.used = 0;
    this.exact = true;
    if (this.raw.length > 0) this.raw = [];
    if (scanner.peek() === 0x3e) {
      scanner.position += 1;
      this.selfClosing = false;
    } else {
      this.readAttributes(outer);
    }
    const namespace = this.resolve(prefix);
    const attributes = this.raw.length === 0 ? noAttributes : this.resolveAttributes();
    const node = new XmlNode(prefix, local, namespace, attributes, this.scope);
    node.source = scanner.text;
    node.start = start;
    node.used = this.used;
    node.declared = this.declared;
    // A declaration that nothing here uses would be rendered elsewhere, or nowhere.
    const unused = (this.declared & ~this.used) | (this.declared & OVERFLOW_BIT);
    node.exactTag = this.exact && unused === 0 && !this.selfClosing;
    return node;
  }

  private readAttributes(outer: Binding | undefined): void {
    const scanner = this.scanner;
    let lastDeclared: string | undefined;
    let total = 0;
    for (;;) {
      const before = scanner.position;
      const spaced = scanner.skipSpace();
      const unit = scanner.peek();
      if (unit === 0x3e || unit === 0x2f) {
        if (spaced) this.exact = false;
        break;
      }
      if (!spaced) malformed('white space is expected between attributes', scanner.position);
      if (scanner.position !== before + 1 || scanner.text.charCodeAt(before) !== 0x20) this.exact = false;
      total += 1;
      if (total > this.limits.maxAttributes) limitExceeded('maxAttributes', this.limits.maxAttributes);
      scanner.readName();
      const { prefix, local } = scanner;
      const value = this.readValue();
      if (prefix === 'xmlns' || (prefix === '' && local === 'xmlns')) {
        const name = prefix === '' ? '' : local;
        this.declare(name, value, outer);
        if (this.raw.length > 0 || (lastDeclared !== undefined && compareCodePoints(lastDeclared, name) >= 0)) {
          this.exact = false;
        }
        lastDeclared = name;
      } else {
        this.raw.push({ prefix, local, value });
      }
    }
    this.selfClosing = scanner.peek() === 0x2f;
    if (this.selfClosing) scanner.position += 1;
    if (scanner.peek() !== 0x3e) malformed('a start tag is not closed', scanner.position);
    scanner.position += 1;
  }

  /** Reads `= "value"` and normalises the value. */
  private readValue(): string {
    const scanner = this.scanner;
    if (scanner.skipSpace()) this.exact = false;
    if (scanner.peek() !== 0x3d) malformed('an attribute has no value', scanner.position);
    scanner.position += 1;
    if (scanner.skipSpace()) this.exact = false;
    const quote = scanner.peek();
    if (quote !== 0x22 && quote !== 0x27) malformed('an attribute value is not quoted', scanner.position);
    if (quote === 0x27) this.exact = false;
    const from = scanner.position + 1;
    const end = scanner.text.indexOf(quote === 0x22 ? '"' : "'", from);
    if (end < 0) malformed('an attribute value is not closed', from);
    const raw = scanner.text.slice(from, end);
    scanner.position = end + 1;
    if (!/[&<\t\n]/.test(raw)) return raw;
    if (raw.includes('<')) malformed('an attribute value contains <', from);
    const value = decodeReferences(raw.replace(/[\t\n]/g, ' '));
    if (escapeAttribute(value) !== raw) this.exact = false;
    return value;
  }

  private declare(prefix: string, uri: string, outer: Binding | undefined): void {
    checkDeclaration(prefix, uri);
    for (let own = this.scope; own !== outer && own !== undefined; own = own.outer) {
      if (own.prefix === prefix) malformed(`the namespace prefix ${JSON.stringify(prefix)} is declared twice`);
    }
    if (uri === '' || findBinding(outer, prefix) !== undefined) this.exact = false;
    const count = (this.scope?.count ?? 0) + 1;
    if (count > this.limits.maxNamespaces) limitExceeded('maxNamespaces', this.limits.maxNamespaces);
    const bit = this.bindings < 30 ? 1 << this.bindings : OVERFLOW_BIT;
    this.bindings += 1;
    this.declared |= bit;
    this.scope = { prefix, uri, bit, count, outer: this.scope };
  }

  /** The namespace of a prefix; '' for no prefix without a default namespace. */
  private resolve(prefix: string): string {
    if (prefix === 'xml') return XML_NAMESPACE;
    const binding = findBinding(this.scope, prefix);
    if (binding !== undefined) {
      this.used |= binding.bit;
      return binding.uri;
    }
    if (prefix !== '') malformed(`the prefix ${prefix} is not declared`, this.scanner.position);
    return '';
  }

  private resolveAttributes(): readonly XmlAttribute[] {
    const attributes: XmlAttribute[] = [];
    for (const { prefix, local, value } of this.raw) {
      const namespace = prefix === '' ? '' : this.resolve(prefix);
      for (const earlier of attributes) {
        if (earlier.local === local && earlier.namespace === namespace) malformed(`the attribute ${local} is repeated`);
      }
      const attribute = { prefix, local, namespace, value };
      const last = attributes.at(-1);
      if (last !== undefined && compareAttributes(last, attribute) > 0) this.exact = false;
      attributes.push(attribute);
    }
    return attributes;
  }
}

/** True when the text is white space only. */
export function isBlank(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) if (!isSpace(text.charCodeAt(at))) return false;
  return true;
}
