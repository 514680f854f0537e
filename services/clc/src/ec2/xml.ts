import { escapeText } from '@mallee/xml';

/**
 * Content of a response element. Fields keep their order; `undefined` and `null` fields are left out; a list becomes
 * `<item>` elements (an empty list an empty element: old clients fail on missing sets); a Date is ISO 8601 in UTC.
 */
export type XmlContent = string | number | boolean | Date | XmlFields | readonly XmlContent[];
export interface XmlFields {
  readonly [name: string]: XmlContent | undefined | null;
}

export interface XmlOptions {
  /** Put before every element name, with its colon: `euca:`. */
  readonly prefix?: string;
  /** Element that wraps a scalar inside an item: the admin services of the original use `entry`. */
  readonly scalarItem?: string;
}

const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** A whole document: the root element in `namespace`, then its content. */
export function xmlDocument(root: string, namespace: string, content: XmlFields, options: XmlOptions = {}): string {
  const prefix = options.prefix ?? '';
  const attribute = prefix === '' ? 'xmlns' : `xmlns:${prefix.slice(0, -1)}`;
  const open = namespace === '' ? root : `${prefix}${root} ${attribute}="${escapeText(namespace)}"`;
  return `${declaration}<${open}>${fields(content, options)}</${prefix}${root}>`;
}

function fields(content: XmlFields, options: XmlOptions): string {
  let text = '';
  for (const [name, value] of Object.entries(content)) {
    if (value !== undefined && value !== null) text += element(name, value, options);
  }
  return text;
}

function element(name: string, value: XmlContent, options: XmlOptions): string {
  const tag = (options.prefix ?? '') + name;
  const inner = body(value, options);
  return inner === '' ? `<${tag}/>` : `<${tag}>${inner}</${tag}>`;
}

function body(value: XmlContent, options: XmlOptions): string {
  if (typeof value === 'string') return escapeText(legal(value));
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value instanceof Date) return value.toISOString();
  if (isList(value)) return value.map((one) => element('item', wrapped(one, options), options)).join('');
  return fields(value, options);
}

function wrapped(value: XmlContent, { scalarItem }: XmlOptions): XmlContent {
  return scalarItem !== undefined && typeof value !== 'object' ? { [scalarItem]: value } : value;
}

function isList(value: XmlContent): value is readonly XmlContent[] {
  return Array.isArray(value);
}

/** Characters that XML 1.0 cannot carry at all become U+FFFD. */
function legal(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu, '\ufffd');
}
