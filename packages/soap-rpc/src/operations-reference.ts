import { servedOperations, type ServedDialect, type ServedOperation } from './operations.js';

/** One endpoint of a daemon, for the reference. */
export interface ReferenceEndpoint {
  /** Name of the daemon, such as `nc`. */
  readonly daemon: string;
  readonly dialects: readonly ServedDialect[];
}

const head = `# SOAP operations

Written by \`npm run docs:soap\` from what the daemons serve; a test compares.

Every operation of each WSDL is served. One that a daemon does not support is answered as the originals answer what they cannot do: HTTP
200, signed, \`return\` false (\`statusMessage\` says why, where it is a text), with every required element; where a reply has no
\`return\`, with a fault. A message that fits several dialects is taken for the first one that is named here, unless the configuration
(\`peers\`) says what the peer speaks. GET with \`?wsdl\`, or \`?wsdl=4.4\`, gives the WSDL.
`;

/** The text of docs/reference/soap-operations.md. */
export function operationsReference(endpoints: readonly ReferenceEndpoint[]): string {
  return [head, ...endpoints.map(section)].join('\n');
}

function section({ daemon, dialects }: ReferenceEndpoint): string {
  const path = dialects[0]?.service.path ?? '';
  const services = [...new Set(dialects.map(({ service }) => service.name))];
  const columns = dialects.map((dialect) => ({
    title: dialect.service.dialect === 'mallee' ? 'Mallee' : dialect.service.dialect,
    operations: new Map(servedOperations(dialect).map((operation) => [operation.name, operation])),
  }));
  const names = [...new Set(columns.flatMap(({ operations }) => [...operations.keys()]))].sort();
  const rows = names.map((operation) => {
    const cells = columns.map(({ operations }) => cell(operations.get(operation)));
    return `| \`${operation}\` | ${cells.join(' | ')} |`;
  });
  const titles = columns.map(({ title }) => title);
  return [
    `## ${services.join(' and ')} of \`${daemon}\``,
    '',
    `At \`${path}\`. ${count(columns.map(({ title, operations }) => [title, [...operations.values()]]))}`,
    '',
    `| Operation | ${titles.join(' | ')} |`,
    `|---|${titles.map(() => '---|').join('')}`,
    ...rows,
    '',
  ].join('\n');
}

function cell(operation: ServedOperation | undefined): string {
  if (operation === undefined) return '-';
  if (operation.notSupported !== undefined) return `not supported: ${operation.notSupported}`;
  return operation.remark === undefined ? 'yes' : `yes; ${operation.remark}`;
}

function count(columns: readonly (readonly [string, readonly ServedOperation[]])[]): string {
  const parts = columns.map(([title, operations]) => {
    const done = operations.filter(({ notSupported }) => notSupported === undefined).length;
    return `${title}: ${done} of ${operations.length} operations implemented`;
  });
  return `${parts.join('; ')}.`;
}
