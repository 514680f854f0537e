import type { XmlElement } from '@mallee/xml';
import type { FieldTable, MessageTable, TypeTable } from '../table.js';
import { lexical, typeTitle } from './lexical.js';
import { malformed, type Place } from './place.js';

const XSI = 'http://www.w3.org/2001/XMLSchema-instance';
const WSU = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd';
const BLANK = /^[ \t\r\n]*$/;

/**
 * Reads a message by its table: every element qualified, in schema order, known, and as often as allowed.
 *
 * The result has the properties of the table in its order: lists are arrays (none: `[]`), an absent or nil optional
 * element is no property, a nil required element is `null`, a nil list item is left out. A message with
 * `return=false` may lack its required elements, as the originals' failure answers do (internal-protocol 2.1).
 *
 * @throws MalleeError `Wire.MalformedMessage` naming the element.
 */
export function decodeMessage(table: MessageTable, element: XmlElement): object {
  const place: Place = { parent: undefined, name: table.element };
  if (element.local !== table.element || element.namespace !== table.namespace) {
    throw malformed(place, `found {${element.namespace}}${element.local} instead of {${table.namespace}}`);
  }
  if (isNil(element, place)) throw malformed(place, 'is nil');
  return decodeFields(table.type, element, table.namespace, place, true);
}

function decodeFields(
  type: TypeTable,
  element: XmlElement,
  namespace: string,
  place: Place,
  mayBePartial: boolean,
): Record<string, unknown> {
  if (!BLANK.test(element.text)) throw malformed(place, 'text between elements');
  const { children } = element;
  const result: Record<string, unknown> = {};
  let next = 0;
  for (const field of type.fields) {
    const start = next;
    while (next < children.length && next - start < field.max && isField(children[next], field, namespace)) next += 1;
    const found = children.slice(start, next);
    const partial = mayBePartial && result['return'] === false;
    if (field.max > 1) result[field.name] = decodeList(field, found, namespace, place, partial);
    else decodeSingle(field, found[0], namespace, place, partial, result);
  }
  const surplus = children[next];
  if (surplus !== undefined) throw unexpected(type, surplus, namespace, place);
  return result;
}

function isField(child: XmlElement | undefined, field: FieldTable, namespace: string): boolean {
  return child !== undefined && child.local === field.name && child.namespace === namespace;
}

function unexpected(type: TypeTable, child: XmlElement, namespace: string, parent: Place): Error {
  const place: Place = { parent, name: child.local };
  if (!type.fields.some((field) => isField(child, field, namespace))) {
    return malformed(place, `{${child.namespace}}${child.local} is not an element of ${type.name}`);
  }
  return malformed(place, 'out of order, or more often than allowed');
}

function decodeList(
  field: FieldTable,
  found: readonly XmlElement[],
  namespace: string,
  parent: Place,
  partial: boolean,
): unknown[] {
  if (found.length < field.min && !(partial && found.length === 0)) {
    throw malformed({ parent, name: field.name }, `at least ${field.min} required`);
  }
  return found
    .map((child, index) => decodeOne(field, child, namespace, { parent, name: field.name, index }))
    .filter((item) => item !== null);
}

function decodeSingle(
  field: FieldTable,
  child: XmlElement | undefined,
  namespace: string,
  parent: Place,
  partial: boolean,
  result: Record<string, unknown>,
): void {
  const place: Place = { parent, name: field.name };
  if (child === undefined) {
    if (field.min > 0 && !partial) throw malformed(place, 'required, but missing (absent or out of order)');
    return;
  }
  const value = decodeOne(field, child, namespace, place);
  if (value !== null || field.min > 0) result[field.name] = value;
}

/** The value, or null for nil. */
function decodeOne(field: FieldTable, element: XmlElement, namespace: string, place: Place): unknown {
  if (isNil(element, place)) {
    if (!field.nillable) throw malformed(place, 'may not be nil');
    return null;
  }
  if (typeof field.type !== 'string') return decodeFields(field.type, element, namespace, place, false);
  if (element.children.length > 0) throw malformed(place, 'holds elements, but must hold text');
  // Originals write an empty element for a missing number or date where it is nillable.
  if (field.nillable && field.type !== 'string' && BLANK.test(element.text)) return null;
  const value = lexical[field.type].parse(element.text);
  if (value === undefined) throw malformed(place, `not ${typeTitle[field.type]}`);
  return value;
}

/** Checks the attributes: the schemas have none; xsi:nil counts, xsi:type and wsu:Id say nothing new. */
function isNil(element: XmlElement, place: Place): boolean {
  let nil = false;
  for (const { namespace, local, value } of element.attributes) {
    if (namespace === XSI && local === 'nil') {
      const parsed = lexical.boolean.parse(value);
      if (parsed === undefined) throw malformed(place, 'xsi:nil is not true or false');
      nil = parsed === true;
    } else if (!isHarmless(namespace, local)) {
      throw malformed(place, `attribute ${local} is not allowed`);
    }
  }
  if (nil && (element.children.length > 0 || !BLANK.test(element.text))) throw malformed(place, 'nil, but not empty');
  return nil;
}

function isHarmless(namespace: string, local: string): boolean {
  return (namespace === XSI && local === 'type') || (namespace === WSU && local === 'Id');
}
