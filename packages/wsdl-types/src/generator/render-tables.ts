import type { WsdlElement, WsdlField, WsdlModel, WsdlType } from '../wsdl/model.js';
import { operationsOf, type ResolvedOperation } from './operations.js';
import { orderTypes } from './order-types.js';
import type { WsdlSource } from './sources.js';

/** The ordered field tables and the service table. */
export function renderTables(model: WsdlModel, source: WsdlSource, suffix: string): string {
  const namespace = `const namespace = ${quote(model.schema.namespace)};\n`;
  const messages = operationsOf(model).flatMap(({ request, response }) => [request.type, response.type]);
  const types = orderTypes(model.schema, messages).map(renderType);
  return [namespace, ...types, renderService(model, source, suffix)].join('\n');
}

function renderType(type: WsdlType): string {
  const base = type.base === undefined ? '' : `    ...${type.base}.fields,\n`;
  const fields = base + type.fields.map((field) => `    ${renderField(field)},\n`).join('');
  const inherited = type.base === undefined ? '[]' : `${type.base}.fields`;
  const list = type.fields.length > 0 ? `[\n${fields}  ]` : inherited;
  return `const ${type.name}: TypeTable = {\n  name: ${quote(type.name)},\n  fields: ${list},\n};\n`;
}

function renderField(field: WsdlField): string {
  const type = field.type.kind === 'simple' ? quote(field.type.name) : field.type.name;
  return `{ name: ${quote(field.name)}, type: ${type}, min: ${field.min}, max: ${field.max}, nillable: ${field.nillable} }`;
}

function renderService(model: WsdlModel, { dialect, file }: WsdlSource, suffix: string): string {
  const operations = operationsOf(model).map(renderOperation).join('');
  return `export const ${model.service.name}${suffix}: ServiceTable = {
  name: ${quote(model.service.name)},
  dialect: ${quote(dialect)},
  namespace,
  path: ${quote(new URL(model.service.location).pathname)},
  document: ${quote(`${dialect}/${file}.wsdl`)},
  operations: {
${operations}  },
};
`;
}

function renderOperation(operation: ResolvedOperation): string {
  return `    ${operation.name}: {
      name: ${quote(operation.name)},
      soapAction: ${quote(operation.soapAction)},
      request: ${renderMessage(operation.request)},
      response: ${renderMessage(operation.response)},
    },
`;
}

function renderMessage(element: WsdlElement): string {
  return `{ element: ${quote(element.name)}, namespace, type: ${element.type} }`;
}

function quote(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}
