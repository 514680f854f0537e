import type { FieldTable, TypeTable } from '@mallee/wsdl-types';
import type { SoapOperation } from './services.js';

/** The fields of request and reply of an operation, one a line, for each of the dialects. */
export function fieldHelp(operation: SoapOperation, dialects: readonly string[]): string {
  const sections = dialects.flatMap((dialect) => {
    const table = operation.tables.get(dialect);
    if (table === undefined) return [`${operation.wireName} does not exist in dialect ${dialect}.`];
    const where = dialect === 'mallee' ? '' : ` (dialect ${dialect})`;
    return [
      `Request fields${where}, "*" required, "..." a list:\n${fieldLines(table.request.type, '  ')}`,
      `Reply fields${where}:\n${fieldLines(table.response.type, '  ')}`,
    ];
  });
  return sections.join('\n\n');
}

function fieldLines(type: TypeTable, indent: string, above: readonly TypeTable[] = []): string {
  const lines = type.fields.flatMap((field) => {
    const name = `${indent}${field.name}${field.min > 0 ? ' *' : ''}`;
    const line = `${name.padEnd(36)} ${typeName(field)}${field.max > 1 ? ' ...' : ''}`;
    if (typeof field.type === 'string' || above.includes(field.type)) return [line];
    return [line, fieldLines(field.type, `${indent}  `, [...above, type])];
  });
  return lines.length === 0 ? `${indent}(none)` : lines.filter((line) => line !== '').join('\n');
}

function typeName({ type }: FieldTable): string {
  return typeof type === 'string' ? type : type.name;
}
