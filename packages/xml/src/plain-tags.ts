import type { XmlLimits } from './limits.js';
import { findBinding, OVERFLOW_BIT, XML_NAMESPACE, type Binding } from './namespaces.js';
import { plainTag, type PlainTag } from './plain-element.js';
import { Scanner } from './scanner.js';
import { StartTagReader } from './start-tag.js';

const NAME = /^(?:([A-Za-z_][A-Za-z0-9_.-]*):)?([A-Za-z_][A-Za-z0-9_.-]*)$/;
const MAXIMUM_NAMES = 1024;
const MAXIMUM_ROOTS = 256;
const MAXIMUM_ROOT_LENGTH = 1024;

/** The tags without attributes where one set of namespaces is in scope, by their names as written. */
export class TagScope {
  readonly binding: Binding | undefined;
  private readonly tags = new Map<string, PlainTag>();

  constructor(binding: Binding | undefined) {
    this.binding = binding;
  }

  /** Undefined if the name is none, or its prefix not declared. */
  simple(name: string): PlainTag | undefined {
    return this.tags.get(name) ?? this.make(name);
  }

  private make(name: string): PlainTag | undefined {
    const match = NAME.exec(name);
    if (match === null) return undefined;
    // Copies: a slice would keep the message alive as long as this scope.
    const [prefix, local] = [copy(match[1] ?? ''), copy(match[2] ?? '')];
    const binding = findBinding(this.binding, prefix);
    if (binding === undefined && prefix !== '' && prefix !== 'xml') return undefined;
    const namespace = prefix === 'xml' ? XML_NAMESPACE : (binding?.uri ?? '');
    const tag = plainTag(prefix, local, namespace, this.binding);
    if (this.tags.size < MAXIMUM_NAMES) this.tags.set(copy(name), tag);
    return tag;
  }
}

/**
 * What is kept from message to message: the root tags seen, each with the tags inside it, so that the names of a message that comes
 * again and again are resolved once. A tag means the same wherever the same namespaces are declared around it, so nothing of this can
 * change a result. Forgotten as a whole when it grows too large.
 */
export class PlainTags {
  private readonly roots = new Map<Binding | undefined, Map<string, PlainTag>>();
  private readonly scopes = new Map<PlainTag, TagScope>();
  private readonly outer = new Map<Binding | undefined, TagScope>();
  private reading = 0;
  private count = 0;

  /** To be called before each document. */
  begin(): void {
    this.reading += 1;
  }

  /** The number of a tag in the document being read; `found` gets those that are new to it. */
  indexOf(tag: PlainTag, found: PlainTag[]): number {
    if (tag.reading !== this.reading) {
      // Noted at the tag itself: a map of tags would take a third of the time of a verification.
      tag.reading = this.reading;
      tag.index = found.push(tag) - 1;
    }
    return tag.index;
  }

  outside(binding: Binding | undefined): TagScope {
    let scope = this.outer.get(binding);
    if (scope === undefined) {
      scope = new TagScope(binding);
      if (this.outer.size < MAXIMUM_ROOTS) this.outer.set(binding, scope);
    }
    return scope;
  }

  root(outer: Binding | undefined, written: string): PlainTag | undefined {
    return this.roots.get(outer)?.get(written);
  }

  /** The scope inside a root that is kept. */
  inside(root: PlainTag): TagScope {
    return this.scopes.get(root) ?? new TagScope(root.scope);
  }

  keepRoot(outer: Binding | undefined, written: string, tag: PlainTag, scope: TagScope): void {
    if (written.length > MAXIMUM_ROOT_LENGTH) return;
    if (this.count >= MAXIMUM_ROOTS) {
      this.roots.clear();
      this.scopes.clear();
      this.count = 0;
    }
    let byText = this.roots.get(outer);
    if (byText === undefined) {
      byText = new Map<string, PlainTag>();
      this.roots.set(outer, byText);
    }
    byText.set(copy(written), tag);
    this.scopes.set(tag, scope);
    this.count += 1;
  }
}

/**
 * Reads a start tag of ASCII characters on its own; undefined if it is not canonical where `outer` is declared and rendered around it.
 * What it returns refers to a copy, so that it may outlive its message.
 */
export function readTag(written: string, outer: Binding | undefined, limits: XmlLimits): PlainTag | undefined {
  if (/[^\x20-\x7e]/.test(written)) return undefined;
  const own = copy(written);
  const scanner = new Scanner(own, 0, limits.maxNameLength);
  const node = new StartTagReader(scanner, limits).read(outer);
  if (!node.exactTag || scanner.position !== own.length) return undefined;
  const { prefix, local, namespace, attributes } = node;
  const declared: Binding[] = [];
  for (let binding = node.scope; binding !== outer && binding !== undefined; binding = binding.outer) {
    declared.unshift(binding);
  }
  const scope = declared.reduce((around, one) => sharedBit(one.prefix, one.uri, around), outer);
  return { prefix, local, namespace, attributes, scope, reading: 0, index: 0 };
}

/** A binding apart from those that a reader of tags makes, which counts their bits from zero for each tag. */
export function sharedBit(prefix: string, uri: string, outer: Binding | undefined): Binding {
  return { prefix, uri, bit: OVERFLOW_BIT, count: (outer?.count ?? 0) + 1, outer };
}

function copy(text: string): string {
  return Buffer.from(text).toString();
}
