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

  /** The document, and where in it the element and its content lie. */
  source = '';
  start = 0;
  contentStart = 0;
  contentEnd = 0;
  end = 0;

  /** Bits of the bindings that this element's own name and attribute names use. */
  used = 0;
  /** Bits of the bindings declared here. */
  declared = 0;
  /** Bits of the bindings that the content uses and that are declared outside of it. */
  contentFree = 0;
  /** The start tag is written canonically, and every namespace it declares is used by it and new in scope. */
  exactTag = false;
  /** Everything between the tags is written canonically (as far as its bindings in `contentFree` are rendered outside). */
  exactContent = true;

  constructor(
    prefix: string,
    local: string,
    namespace: string,
    attributes: readonly XmlAttribute[],
    scope: Binding | undefined,
  ) {
    this.prefix = prefix;
    this.local = local;
    this.namespace = namespace;
    this.attributes = attributes;
    this.scope = scope;
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
