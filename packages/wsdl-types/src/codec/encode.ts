import { escapeAttribute, escapeText } from '@mallee/xml';
import type { FieldTable, MessageTable, TypeTable } from '../table.js';
import { lexical, typeTitle } from './lexical.js';
import { malformed, type Place } from './place.js';

const PREFIX = 'n';
const NIL = ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"';

/**
 * Writes a message as exclusive-canonical XML (http://www.w3.org/2001/10/xml-exc-c14n#), so that a signer may digest
 * the text as it is: one namespace declaration at the top, elements in schema order, start and end tag for an empty
 * element, canonical escapes.
 *
 * Properties that the table does not name are not sent; a missing list counts as empty. `undefined` and `null` are
 * absent, except `null` in a nillable required element, which is sent as xsi:nil. A message with `return: false` may
 * lack its required elements, as the originals' failure answers do (internal-protocol 2.1).
 *
 * @throws MalleeError `Wire.MalformedMessage` naming the element: required but missing, of the wrong type or range,
 *   too many, or text with characters that XML forbids.
 */
export function encodeMessage(table: MessageTable, value: object): string {
  const name = `${PREFIX}:${table.element}`;
  const failed = (value as Record<string, unknown>)['return'] === false;
  const content = encodeFields(table.type, value, { parent: undefined, name: table.element }, failed);
  return `<${name} xmlns:${PREFIX}="${escapeAttribute(table.namespace)}">${content}</${name}>`;
}

function encodeFields(type: TypeTable, value: object, place: Place, partial: boolean): string {
  const properties = value as Record<string, unknown>;
  let out = '';
  for (const field of type.fields) {
    const given = properties[field.name];
    out += field.max > 1 ? encodeList(field, given, place, partial) : encodeOptional(field, given, place, partial);
  }
  return out;
}

function encodeOptional(field: FieldTable, given: unknown, parent: Place, partial: boolean): string {
  if (given !== undefined && given !== null) return encodeOne(field, given, { parent, name: field.name });
  if (field.min === 0) return '';
  if (given === null && field.nillable) return nil(field);
  if (partial) return '';
  throw malformed({ parent, name: field.name }, 'required, but missing');
}

function encodeList(field: FieldTable, given: unknown, parent: Place, partial: boolean): string {
  const items: unknown = given ?? [];
  if (!Array.isArray(items)) throw malformed({ parent, name: field.name }, 'must be an array');
  if (items.length > field.max) throw malformed({ parent, name: field.name }, `at most ${field.max} allowed`);
  if (items.length < field.min && !(partial && items.length === 0)) {
    throw malformed({ parent, name: field.name }, `at least ${field.min} required`);
  }
  return items.map((item: unknown, index) => encodeItem(field, item, { parent, name: field.name, index })).join('');
}

function encodeItem(field: FieldTable, item: unknown, place: Place): string {
  if (item !== null && item !== undefined) return encodeOne(field, item, place);
  if (field.nillable) return nil(field);
  throw malformed(place, 'may not be empty');
}

function encodeOne(field: FieldTable, given: unknown, place: Place): string {
  const tag = `${PREFIX}:${field.name}`;
  if (typeof field.type === 'string') {
    const text = lexical[field.type].print(given);
    if (text === undefined) throw malformed(place, `not ${typeTitle[field.type]}`);
    return `<${tag}>${escapeText(text)}</${tag}>`;
  }
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw malformed(place, 'must be an object');
  return `<${tag}>${encodeFields(field.type, given, place, false)}</${tag}>`;
}

function nil(field: FieldTable): string {
  const tag = `${PREFIX}:${field.name}`;
  return `<${tag}${NIL}></${tag}>`;
}
