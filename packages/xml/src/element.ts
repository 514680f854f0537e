import type { Binding } from './namespaces.js';

/** One attribute; namespace declarations are not attributes. `value` is normalised (XML 1.0, 3.3.3). */
export interface XmlAttribute {
  readonly prefix: string;
  readonly local: string;
  /** Namespace name; '' for an attribute without prefix. */
  readonly namespace: string;
  readonly value: string;
}

/** One element of a parsed document. */
export interface XmlElement {
  readonly prefix: string;
  readonly local: string;
  /** Namespace name; '' when the element is in no namespace. */
  readonly namespace: string;
  /** In document order. */
  readonly attributes: readonly XmlAttribute[];
  readonly children: readonly XmlElement[];
  /** The element's own character data, concatenated; that of its children is not part of it. */
  readonly text: string;
}

export const noChildren: readonly XmlNode[] = Object.freeze([]);
export const noAttributes: readonly XmlAttribute[] = Object.freeze([]);

/**
 * The element as the reader makes it: the public part plus what canonicalisation needs. The reader notes for every element
 * whether its text already is canonical, so that the canonical form of most messages is a slice of the source.
 */
export class XmlNode implements XmlElement {
  readonly prefix: string;
  readonly local: string;
  readonly namespace: string;
  readonly attributes: readonly XmlAttribute[];
  children: readonly XmlNode[] = noChildren;
  text = '';

  /** Character data and children in order; kept only when an element has both. */
  mixed: readonly (string | XmlNode)[] | undefined = undefined;
  /** Innermost namespace binding in scope here. */
  readonly scope: Binding | undefined;

  readonly source: string;
  readonly start: number;
  contentStart = 0;
  contentEnd = 0;
  end = 0;

  /** Bits of the bindings that this element's own name and attribute names use. */
  readonly used: number;
  /** The start tag is written canonically, and every namespace it declares is used by it and new in scope. */
  readonly exactTag: boolean;
  /** Bits of the bindings declared here. */
  readonly declared: number;
  /** Everything between the tags is written canonically (as far as its bindings in `contentFree` are rendered outside). */
  exactContent = true;
  /** Bits of the bindings that the content uses and that are declared outside of it. */
  contentFree = 0;

  constructor(fields: {
    prefix: string;
    local: string;
    namespace: string;
    attributes: readonly XmlAttribute[];
    scope: Binding | undefined;
    source: string;
    start: number;
    used: number;
    declared: number;
    exactTag: boolean;
  }) {
    this.prefix = fields.prefix;
    this.local = fields.local;
    this.namespace = fields.namespace;
    this.attributes = fields.attributes;
    this.scope = fields.scope;
    this.source = fields.source;
    this.start = fields.start;
    this.used = fields.used;
    this.declared = fields.declared;
    this.exactTag = fields.exactTag;
  }

  /** True when the whole element is written canonically. */
  get exact(): boolean {
    return this.exactTag && this.exactContent;
  }

  /** Bits of the bindings that the whole element uses and that are declared outside of it. */
  get free(): number {
    return (this.used | this.contentFree) & ~this.declared;
  }
}
