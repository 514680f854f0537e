import fc from 'fast-check';
import type { FieldTable, MessageTable, SimpleType, TypeTable } from '../table.js';

/** For tests: values that a message can carry, straight from its table. */
export function messageOf(table: MessageTable): fc.Arbitrary<object> {
  return recordOf(table.type);
}

// The characters of XML 1.0.
const xmlText = fc
  .string({ unit: 'binary' })
  .filter((text) => /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u.test(text));

const dateTime = fc
  .date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true })
  .map((date) => date.toISOString());

const simple: Readonly<Record<SimpleType, fc.Arbitrary<unknown>>> = {
  string: fc.oneof(xmlText, fc.constantFrom('', ' ', '<&>"\'', ']]>', '\r\n\t', 'true')),
  int: fc.integer(),
  long: fc.maxSafeInteger(),
  boolean: fc.boolean(),
  double: fc.double(),
  dateTime,
  base64: fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('base64')),
};

function recordOf(type: TypeTable): fc.Arbitrary<object> {
  const required: Record<string, fc.Arbitrary<unknown>> = {};
  const optional: Record<string, fc.Arbitrary<unknown>> = {};
  for (const field of type.fields) {
    const inRequired = field.min > 0 || field.max > 1;
    (inRequired ? required : optional)[field.name] = fieldOf(field);
  }
  const parts = [fc.record(required), fc.record(optional, { requiredKeys: [] })] as const;
  return fc.tuple(...parts).map(([first, second]) => ({ ...first, ...second }));
}

function fieldOf(field: FieldTable): fc.Arbitrary<unknown> {
  const item = typeof field.type === 'string' ? simple[field.type] : recordOf(field.type);
  if (field.max > 1) return fc.array(item, { minLength: field.min, maxLength: Math.min(field.max, 4) });
  return field.min > 0 && field.nillable ? fc.option(item) : item;
}
