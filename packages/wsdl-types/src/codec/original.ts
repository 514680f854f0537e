import { MalleeError } from '@mallee/errors';
import type { Dialect } from '../generated/services.js';
import type { FieldTable, MessageTable, TypeTable } from '../table.js';
import { longestList, longestText, neverAbsent } from './original-rules.js';
import { pathOf, type Place } from './place.js';

/**
 * Checks a message for a peer that is an original daemon, beyond its schema: texts are printable ASCII with TAB and LF
 * (a text with anything else arrives empty, and breaks the signature where the Body is signed); what crashes the peer
 * when absent is there; and for dialect 2.0 texts and lists fit the peer's buffers. A message with `return: false` may
 * lack anything.
 *
 * @throws MalleeError `Wire.NotForOriginal` naming the element.
 */
export function checkForOriginal(table: MessageTable, value: object, dialect: Dialect): void {
  const failed = (value as Record<string, unknown>)['return'] === false;
  checkRecord(table.type, value, { parent: undefined, name: table.element }, dialect, failed);
}

/** Free text, such as a status message, in characters that an original reads: every other one becomes `?`. */
export function asciiText(text: string): string {
  return text.replace(/[^\t\n -~]/gu, '?');
}

function checkRecord(type: TypeTable, value: object, place: Place, dialect: Dialect, failed: boolean): void {
  const properties = value as Record<string, unknown>;
  if (!failed) {
    for (const name of neverAbsent[type.name] ?? []) {
      // A dialect may lack the element altogether.
      if (properties[name] !== undefined || !type.fields.some((field) => field.name === name)) continue;
      throw refused({ parent: place, name }, 'an original peer does not survive its absence');
    }
  }
  for (const field of type.fields) {
    const given = properties[field.name];
    if (given === undefined || given === null) continue;
    if (Array.isArray(given)) checkList(field, given, place, dialect);
    else checkValue(field, given, { parent: place, name: field.name }, dialect);
  }
}

function checkList(field: FieldTable, items: readonly unknown[], parent: Place, dialect: Dialect): void {
  const { name } = field;
  const longest = dialect === '2.0' ? longestList[name] : undefined;
  if (longest !== undefined && items.length > longest) {
    throw refused({ parent, name }, `${String(items.length)} items; an original peer has room for ${String(longest)}`);
  }
  items.forEach((item, index) => checkValue(field, item, { parent, name, index }, dialect));
}

function checkValue(field: FieldTable, value: unknown, place: Place, dialect: Dialect): void {
  if (typeof field.type !== 'string') {
    if (typeof value === 'object' && value !== null) checkRecord(field.type, value, place, dialect, false);
    return;
  }
  if (typeof value !== 'string') return;
  if (asciiText(value) !== value) throw refused(place, 'an original peer reads ASCII only');
  const longest = dialect === '2.0' ? longestText[field.name] : undefined;
  if (longest !== undefined && value.length > longest) {
    throw refused(place, `${String(value.length)} characters; an original peer has room for ${String(longest)}`);
  }
}

function refused(place: Place, problem: string): MalleeError {
  const element = pathOf(place);
  return new MalleeError('Wire.NotForOriginal', `${element}: ${problem}`, { details: { element } });
}
