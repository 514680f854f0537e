import { isMalleeError } from '@mallee/errors';
import { defaultLimits, withDefaults, type XmlLimits } from './limits.js';
import type { Binding } from './namespaces.js';
import { CONTENT_END, CONTENT_START, FIELDS, NEXT, PlainElement, TAG, type PlainTag } from './plain-element.js';
import { PlainTags, readTag, sharedBit, TagScope } from './plain-tags.js';

/** One element within a larger document of ASCII characters. */
export interface PlainSource {
  /** The whole document as bytes and as text; they must be the same, character for character. */
  readonly bytes: Uint8Array;
  readonly text: string;
  /** Where the element lies; something that is no text, as an end tag, must follow it. */
  readonly from: number;
  readonly to: number;
  /** The namespaces declared around it. All of them must be rendered by the canonical form that it becomes part of. */
  readonly scope: Binding | undefined;
  /** How many elements are around it, and how many are before it in the document. */
  readonly depth: number;
  readonly elementsBefore: number;
}

export interface PlainResult {
  readonly root: PlainElement;
  /** True if any element has an attribute. */
  readonly attributes: boolean;
}

const LESS = 0x3c;
const GREATER = 0x3e;
const SLASH = 0x2f;
const SPACE = 0x20;
const AMPERSAND = 0x26;

/** 0 for what canonical character data contains as it is; everything else ends the run. */
const textStop = table(
  (unit) => !(unit >= 0x20 || unit === 0x9 || unit === 0xa) || unit >= 0x80 || '<>&'.includes(char(unit)),
);
/** 0 for the characters of a qualified name; which names are right is checked once for each name. */
const nameStop = table((unit) => !/[A-Za-z0-9_.:-]/.test(char(unit)));
/** What canonical character data writes as references. */
const REFERENCES = ['&amp;', '&lt;', '&gt;', '&#xD;'];

// Shared by all readings, which never overlap: most messages fit, and the tape is cut to size at the end.
const scratch = new Int32Array(1024 * FIELDS);
const tags = new PlainTags();

/**
 * The fast reader for an element that is written in exclusive canonical form already, as machines do. Its text is its canonical form, so
 * whoever checks a digest hashes the bytes as they came.
 *
 * Undefined for everything else: another spelling, a character outside ASCII, a limit, or no XML at all. `parseXml` and `canonicalize`
 * then decide; what this reader takes, they take, too, with the same tree and the same canonical form (plain.property.test.ts).
 */
export function readPlainElement(source: PlainSource, limits: Partial<XmlLimits> = {}): PlainResult | undefined {
  try {
    return new PlainReader(source, withDefaults(limits)).read();
  } catch (error) {
    if (isMalleeError(error)) return undefined;
    throw error;
  }
}

/** Declarations around a plain element, from the outermost on. */
export function plainScope(declarations: readonly (readonly [prefix: string, uri: string])[]): Binding | undefined {
  return declarations.reduce<Binding | undefined>((outer, [prefix, uri]) => sharedBit(prefix, uri, outer), undefined);
}

class PlainReader {
  private readonly source: PlainSource;
  private readonly limits: XmlLimits;
  private readonly maxDepth: number;
  private readonly maxElements: number;
  private tape = scratch;
  private count = 0;
  private readonly found: PlainTag[] = [];
  private attributes = false;
  private scope: TagScope;
  private readonly usualLimits: boolean;
  /** Open elements: their index, where their name lies, and the scope around them. */
  private readonly open: number[] = [];
  private readonly names: number[] = [];
  private readonly scopes: TagScope[] = [];

  constructor(source: PlainSource, limits: XmlLimits) {
    this.source = source;
    this.limits = limits;
    this.maxDepth = limits.maxDepth - source.depth;
    this.maxElements = limits.maxElements - source.elementsBefore;
    this.usualLimits =
      limits.maxAttributes === defaultLimits.maxAttributes &&
      limits.maxNameLength === defaultLimits.maxNameLength &&
      limits.maxNamespaces === defaultLimits.maxNamespaces;
    this.scope = tags.outside(source.scope);
    tags.begin();
  }

  read(): PlainResult | undefined {
    const { bytes, from, to } = this.source;
    let at = from;
    for (;;) {
      if (bytes[at] !== LESS) return undefined;
      at = bytes[at + 1] === SLASH ? this.endTag(at) : this.startTag(at);
      if (at < 0) return undefined;
      if (this.open.length === 0) return at === to ? this.result() : undefined;
      while (textStop[bytes[at]!] === 0) at += 1;
      if (bytes[at] === AMPERSAND) at = this.references(at);
      if (at < 0 || at >= to) return undefined;
    }
  }

  private result(): PlainResult {
    const tape = this.tape === scratch ? scratch.slice(0, this.count * FIELDS) : this.tape;
    const document = { text: this.source.text, tags: this.found, tape };
    return { root: new PlainElement(document, 0), attributes: this.attributes };
  }

  /** Reads the tag at `at`; gives the position behind it, or -1. */
  private startTag(at: number): number {
    const { bytes, text } = this.source;
    if (this.open.length >= this.maxDepth || this.count >= this.maxElements) return -1;
    const name = at + 1;
    let end = name;
    while (nameStop[bytes[end]!] === 0) end += 1;
    if (end - name > this.limits.maxNameLength) return -1;
    this.scopes.push(this.scope);
    let tag: PlainTag | undefined;
    let after = end + 1;
    if (bytes[end] === GREATER) {
      tag = this.scope.simple(text.slice(name, end));
    } else if (bytes[end] === SPACE) {
      after = text.indexOf('>', end) + 1;
      tag = after === 0 ? undefined : this.richTag(text.slice(at, after));
    }
    if (tag === undefined) return -1;
    this.push(tags.indexOf(tag, this.found), after);
    this.open.push(this.count - 1);
    this.names.push(name, end);
    return after;
  }

  /** A tag with attributes or declarations. A ">" within a value cuts the text short, which no reader of tags then takes. */
  private richTag(written: string): PlainTag | undefined {
    // With other limits than usual a tag that was read before might not be allowed now.
    const keep = this.count === 0 && this.usualLimits;
    const known = keep ? tags.root(this.scope.binding, written) : undefined;
    const tag = known ?? readTag(written, this.scope.binding, this.limits);
    if (tag === undefined) return undefined;
    if (tag.attributes.length > 0) this.attributes = true;
    if (tag.scope !== this.scope.binding) {
      const outer = this.scope.binding;
      this.scope = known === undefined ? new TagScope(tag.scope) : tags.inside(tag);
      if (keep && known === undefined) tags.keepRoot(outer, written, tag, this.scope);
    }
    return tag;
  }

  private endTag(at: number): number {
    const { bytes } = this.source;
    const end = this.names.pop()!;
    const name = this.names.pop()!;
    let after = at + 2;
    for (let from = name; from < end; from += 1, after += 1) if (bytes[from] !== bytes[after]) return -1;
    if (bytes[after] !== GREATER) return -1;
    const index = this.open.pop()! * FIELDS;
    this.tape[index + CONTENT_END] = at;
    this.tape[index + NEXT] = this.count;
    this.scope = this.scopes.pop()!;
    return after + 1;
  }

  /** Reads the rest of a run of character data, which stopped at "&". */
  private references(from: number): number {
    const { bytes, text } = this.source;
    this.tape[this.open.at(-1)! * FIELDS]! |= 1;
    let at = from;
    while (bytes[at] === AMPERSAND) {
      const reference = REFERENCES.find((one) => text.startsWith(one, at));
      if (reference === undefined) return -1;
      at += reference.length;
      while (textStop[bytes[at]!] === 0) at += 1;
    }
    return at;
  }

  private push(tag: number, contentStart: number): void {
    const at = this.count * FIELDS;
    if (at === this.tape.length) this.grow();
    this.tape[at + TAG] = tag * 2;
    this.tape[at + CONTENT_START] = contentStart;
    this.count += 1;
  }

  /** Leaves the scratch tape for one that is as long as it has to be: growing step by step would need twice the memory. */
  private grow(): void {
    const { bytes, from, to } = this.source;
    let elements = 0;
    for (let at = from; at < to; at += 1) if (bytes[at] === LESS && bytes[at + 1] !== SLASH) elements += 1;
    const tape = new Int32Array(Math.min(elements, this.maxElements) * FIELDS);
    tape.set(this.tape);
    this.tape = tape;
  }
}

function table(stops: (unit: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, unit) => (stops(unit) ? 1 : 0));
}

function char(unit: number): string {
  return String.fromCharCode(unit);
}
