import { malformed } from './errors.js';

export const XML_NAMESPACE = 'http://www.w3.org/XML/1998/namespace';
export const XMLNS_NAMESPACE = 'http://www.w3.org/2000/xmlns/';

/** One namespace declaration; `outer` is the next older one in scope, whatever its prefix. */
export interface Binding {
  readonly prefix: string;
  /** '' only for xmlns="", which takes the default namespace back. */
  readonly uri: string;
  /** One bit per binding of the document; all bindings after the first 30 share the overflow bit. */
  readonly bit: number;
  readonly count: number;
  readonly outer: Binding | undefined;
}

/** Shared by the bindings that got no bit of their own; such elements always take the slow canonical path. */
export const OVERFLOW_BIT = 1 << 30;

/** The binding of a prefix ('' is the default namespace), or undefined. */
export function findBinding(scope: Binding | undefined, prefix: string): Binding | undefined {
  for (let binding = scope; binding !== undefined; binding = binding.outer) {
    if (binding.prefix === prefix) return binding;
  }
  return undefined;
}

// The characters of URIs (RFC 3986) without & and ', which libxml2 writes unescaped in canonical forms.
const absoluteUri = /^[A-Za-z][A-Za-z0-9+.-]*:[A-Za-z0-9._~:/?#[\]@!$()*+,;=%-]*$/;

/**
 * Refuses what Namespaces in XML 1.0 reserves. Relative namespace names are refused too: canonicalisation is not defined for them,
 * and tools that fail on them with an empty result have been used to forge signatures. So are names with characters that URIs do not
 * have: there the implementations of canonicalisation fail or differ.
 */
export function checkDeclaration(prefix: string, uri: string): void {
  if (prefix === 'xml' || prefix === 'xmlns') malformed(`the prefix ${prefix} must not be declared`);
  if (uri === XML_NAMESPACE || uri === XMLNS_NAMESPACE) malformed(`the namespace ${uri} must not be declared`);
  if (uri === '') {
    if (prefix !== '') malformed(`the prefix ${prefix} is declared with an empty namespace`);
    return;
  }
  if (!absoluteUri.test(uri)) malformed('a namespace name is not an absolute URI of plain characters');
}
