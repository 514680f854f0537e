import { noAttributes, type XmlAttribute, type XmlElement } from './element.js';
import type { Binding } from './namespaces.js';
import { parseXml } from './parse.js';
import { decodeReferences } from './references.js';

/** The name of elements and what goes with their start tag; elements with equal tags share one. */
export interface PlainTag {
  readonly prefix: string;
  readonly local: string;
  readonly namespace: string;
  readonly attributes: readonly XmlAttribute[];
  readonly scope: Binding | undefined;
  /** The reading that met the tag last, and its number there; looked at by the reader alone, during that reading. */
  reading: number;
  index: number;
}

/** Numbers of one element in the tape of its document. */
export const FIELDS = 4;
/** Index of the tag, times two; plus one if the element's own character data contains references. */
export const TAG = 0;
export const CONTENT_START = 1;
export const CONTENT_END = 2;
/** The element after this one and everything in it. */
export const NEXT = 3;

/**
 * A document as `readPlainElement` keeps it: 16 bytes for an element, where an object of its own takes some 300. Elements are in document
 * order, so the first child of element i is i + 1 and the next child is where the one before says.
 */
export interface PlainDocument {
  readonly text: string;
  readonly tags: readonly PlainTag[];
  readonly tape: Int32Array;
}

/** An element of a PlainDocument; made when somebody looks at it. */
export class PlainElement implements XmlElement {
  private readonly document: PlainDocument;
  private readonly index: number;
  private readonly tag: PlainTag;
  private made: readonly PlainElement[] | undefined = undefined;

  constructor(document: PlainDocument, index: number) {
    this.document = document;
    this.index = index;
    this.tag = document.tags[document.tape[index * FIELDS]! >> 1]!;
  }

  get prefix(): string {
    return this.tag.prefix;
  }

  get local(): string {
    return this.tag.local;
  }

  get namespace(): string {
    return this.tag.namespace;
  }

  get attributes(): readonly XmlAttribute[] {
    return this.tag.attributes;
  }

  get children(): readonly PlainElement[] {
    return (this.made ??= this.make());
  }

  get text(): string {
    const { tape, text } = this.document;
    const at = this.index * FIELDS;
    let from = tape[at + CONTENT_START]!;
    let raw = '';
    const next = tape[at + NEXT]!;
    for (let child = this.index + 1; child < next; child = tape[child * FIELDS + NEXT]!) {
      raw += text.slice(from, startOf(this.document, child));
      from = text.indexOf('>', tape[child * FIELDS + CONTENT_END]) + 1;
    }
    raw += text.slice(from, tape[at + CONTENT_END]);
    return (tape[at]! & 1) === 1 ? decodeReferences(raw) : raw;
  }

  /** The same element as `parseXml` makes it. Reads it again, so this is for tests and tools. */
  readAgain(): XmlElement {
    const { tape, text } = this.document;
    const end = text.indexOf('>', tape[this.index * FIELDS + CONTENT_END]) + 1;
    const seen = new Set<string>();
    let declarations = '';
    for (let binding = this.outerScope(); binding !== undefined; binding = binding.outer) {
      if (!seen.has(binding.prefix)) {
        declarations += binding.prefix === '' ? ` xmlns="${binding.uri}"` : ` xmlns:${binding.prefix}="${binding.uri}"`;
      }
      seen.add(binding.prefix);
    }
    const most = Number.MAX_SAFE_INTEGER;
    const limits = { maxBytes: most, maxDepth: most, maxElements: most, maxNamespaces: most, maxAttributes: most };
    const whole = parseXml(`<all${declarations}>${text.slice(startOf(this.document, this.index), end)}</all>`, limits);
    return whole.children[0]!;
  }

  /** The namespaces that are declared outside of the element: those of its tag which its own text does not declare. */
  private outerScope(): Binding | undefined {
    const { tape, text } = this.document;
    const start = startOf(this.document, this.index);
    const tag = text.slice(start, tape[this.index * FIELDS + CONTENT_START]);
    // Values contain no quotes, so what looks like a declaration is one unless it stands in a value: those are cut out.
    let own = tag.replace(/"[^"]*"/g, '').match(/ xmlns[:=]/g)?.length ?? 0;
    let { scope } = this.tag;
    for (; own > 0; own -= 1) scope = scope?.outer;
    return scope;
  }

  private make(): readonly PlainElement[] {
    const { tape } = this.document;
    const next = tape[this.index * FIELDS + NEXT]!;
    const children: PlainElement[] = [];
    for (let child = this.index + 1; child < next; child = tape[child * FIELDS + NEXT]!) {
      children.push(new PlainElement(this.document, child));
    }
    return children;
  }
}

/** Where the start tag of an element begins: no "<" stands within a tag. */
function startOf({ text, tape }: PlainDocument, index: number): number {
  return text.lastIndexOf('<', tape[index * FIELDS + CONTENT_START]! - 1);
}

/** A tag without attributes. */
export function plainTag(prefix: string, local: string, namespace: string, scope: Binding | undefined): PlainTag {
  return { prefix, local, namespace, attributes: noAttributes, scope, reading: 0, index: 0 };
}
