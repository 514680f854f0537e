import type { FieldTable, TypeTable } from '@mallee/wsdl-types';
import { usageError } from './usage-error.js';

type Message = Record<string, unknown>;

/** Parses a request given as JSON; a name that the table does not have is a mistake of the caller. */
export function parseRequest(text: string, type: TypeTable): Message {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw usageError(`the request is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw usageError('the request is not a JSON object');
  }
  refuseUnknown(value as Message, type, '');
  return value as Message;
}

function refuseUnknown(message: Message, type: TypeTable, path: string): void {
  for (const [name, value] of Object.entries(message)) {
    const field = findField(type, name, path);
    if (typeof field.type === 'string') continue;
    const items: readonly unknown[] = Array.isArray(value) ? value : [value];
    for (const item of items) {
      if (typeof item === 'object' && item !== null) refuseUnknown(item as Message, field.type, `${path}${name}.`);
    }
  }
}

/** `--set name=value`: dots go into a record, a list gets one item more each time. */
export function setField(message: Message, type: TypeTable, assignment: string): void {
  const equals = assignment.indexOf('=');
  if (equals < 1) throw usageError(`${assignment} is not FIELD=VALUE`);
  const path = assignment.slice(0, equals).split('.');
  const last = path.pop() ?? '';
  let at: Message = message;
  let table = type;
  let prefix = '';
  for (const name of path) {
    const field = findField(table, name, prefix);
    if (typeof field.type === 'string' || field.max > 1) {
      throw usageError(`${prefix}${name} is no single record; give it as JSON`);
    }
    const inner = (at[name] ?? {}) as Message;
    at[name] = inner;
    at = inner;
    table = field.type;
    prefix += `${name}.`;
  }
  const field = findField(table, last, prefix);
  const value = parseValue(field, prefix + last, assignment.slice(equals + 1));
  if (field.max > 1) at[last] = [...((at[last] ?? []) as unknown[]), value];
  else at[last] = value;
}

function parseValue(field: FieldTable, name: string, text: string): unknown {
  const { type } = field;
  if (typeof type !== 'string') throw usageError(`${name} is a record: set ${name}.FIELD or give it as JSON`);
  switch (type) {
    case 'int':
    case 'long':
    case 'double':
      if (text.trim() === '' || Number.isNaN(Number(text))) throw usageError(`${name} is a number, not ${text}`);
      return Number(text);
    case 'boolean':
      if (text !== 'true' && text !== 'false') throw usageError(`${name} is true or false, not ${text}`);
      return text === 'true';
    case 'string':
    case 'dateTime':
    case 'base64':
      return text;
  }
}

function findField(type: TypeTable, name: string, path: string): FieldTable {
  const field = type.fields.find((one) => one.name === name);
  if (field !== undefined) return field;
  const known = type.fields.map((one) => one.name).join(', ');
  throw usageError(`${type.name} has no field ${path}${name}; it has ${known === '' ? 'none' : known}`);
}
