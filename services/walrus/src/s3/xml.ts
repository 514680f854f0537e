import { escapeText } from '@mallee/xml';

export const S3_NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** One element, or the texts of several; undefined is left out. */
export type Child = string | undefined | readonly Child[];

/** `<name>...</name>` around children that are XML already. */
export function element(name: string, ...children: readonly Child[]): string {
  return `<${name}>${join(children)}</${name}>`;
}

/** `<name>text</name>`; left out when `value` is undefined. */
export function field(name: string, value: string | number | boolean | undefined): string | undefined {
  return value === undefined ? undefined : `<${name}>${escapeS3(String(value))}</${name}>`;
}

/** A whole S3 document. */
export function s3Document(root: string, ...children: readonly Child[]): string {
  return `${DECLARATION}<${root} xmlns="${S3_NAMESPACE}">${join(children)}</${root}>`;
}

/** Root without a namespace, as S3 errors have it. */
export function plainDocument(root: string, ...children: readonly Child[]): string {
  return `${DECLARATION}${element(root, ...children)}`;
}

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** Keys may hold control characters, which XML 1.0 cannot carry at all; S3 writes them as references nevertheless. */
function escapeS3(text: string): string {
  // Most texts have nothing to escape.
  if (/^[ !"#$%'-;=?-~]*$/.test(text)) return text;
  return escapeText(text).replace(
    /[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g,
    (c) => `&#x${c.charCodeAt(0).toString(16)};`,
  );
}

function join(children: readonly Child[]): string {
  return children.map((child) => (child === undefined ? '' : typeof child === 'string' ? child : join(child))).join('');
}
