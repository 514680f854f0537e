/** Bounds of the reader. Everything that arrives is hostile until it is verified, so every dimension has one. */
export interface XmlLimits {
  /** Size of the document in bytes of UTF-8. */
  readonly maxBytes: number;
  /** Nesting of elements; the root is at depth 1. */
  readonly maxDepth: number;
  /** Number of elements in the document. */
  readonly maxElements: number;
  /** Attributes of one element, namespace declarations included. */
  readonly maxAttributes: number;
  /** Characters of one element or attribute name, prefix included. */
  readonly maxNameLength: number;
  /** Namespace declarations in scope at one element (bounds the prefix look-up). */
  readonly maxNamespaces: number;
}

/** The defaults fit a SOAP request; a reader of long listings raises `maxBytes` and `maxElements`. */
export const defaultLimits: XmlLimits = {
  maxBytes: 1024 * 1024,
  maxDepth: 64,
  maxElements: 50_000,
  maxAttributes: 32,
  maxNameLength: 256,
  maxNamespaces: 64,
};

/** Limits and the one switch of the reader. */
export interface XmlReadOptions extends XmlLimits {
  /** Skip comments instead of refusing the document (S3 and EC2 bodies, manifests); never for signed messages. */
  readonly allowComments: boolean;
}

/** The options with the defaults filled in. Written out: a spread of objects costs more here than reading a small message. */
export function withDefaults(options: Partial<XmlReadOptions>): XmlReadOptions {
  return {
    maxBytes: options.maxBytes ?? defaultLimits.maxBytes,
    maxDepth: options.maxDepth ?? defaultLimits.maxDepth,
    maxElements: options.maxElements ?? defaultLimits.maxElements,
    maxAttributes: options.maxAttributes ?? defaultLimits.maxAttributes,
    maxNameLength: options.maxNameLength ?? defaultLimits.maxNameLength,
    maxNamespaces: options.maxNamespaces ?? defaultLimits.maxNamespaces,
    allowComments: options.allowComments ?? false,
  };
}
