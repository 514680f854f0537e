import type { SimpleType } from '../table.js';
import { unsupported } from '../wsdl/element.js';
import type { WsdlField, WsdlModel, WsdlType } from '../wsdl/model.js';
import { operationsOf } from './operations.js';
import { orderTypes } from './order-types.js';

const PROPERTY_TYPES: Readonly<Record<SimpleType, string>> = {
  string: 'string',
  int: 'number',
  long: 'number',
  boolean: 'boolean',
  double: 'number',
  dateTime: 'string',
  base64: 'string',
};

/** The TypeScript interfaces of a service and the map of its operations. */
export function renderTypes(model: WsdlModel, suffix: string): string {
  const interfaces = typesToRender(model).map(renderInterface);
  return [...interfaces, renderOperations(model, suffix)].join('\n');
}

/**
 * All types, but of two whose interfaces would have one name only the one that messages use: a document of 4.4 declares
 * `DetachVolumeResponseType` beside `detachVolumeResponseType`.
 */
function typesToRender(model: WsdlModel): readonly WsdlType[] {
  const all = orderTypes(
    model.schema,
    model.schema.types.map((type) => type.name),
  );
  const used = orderTypes(
    model.schema,
    operationsOf(model).flatMap(({ request, response }) => [request.type, response.type]),
  );
  const taken = new Set(used.map((type) => interfaceName(type.name)));
  if (taken.size !== used.length) throw unsupported('two types in use have the same interface name');
  return all.filter((type) => used.includes(type) || !taken.has(interfaceName(type.name)));
}

/** `ccInstanceType` becomes `CcInstanceType`. */
export function interfaceName(type: string): string {
  return type.charAt(0).toUpperCase() + type.slice(1);
}

function renderInterface(type: WsdlType): string {
  const base = type.base === undefined ? '' : ` extends ${interfaceName(type.base)}`;
  const head = `${comment(type.doc, '')}export interface ${interfaceName(type.name)}${base} {`;
  if (type.fields.length === 0) {
    // An interface that only extends is what an alias says more plainly.
    return `${comment(type.doc, '')}export type ${interfaceName(type.name)} = ${type.base === undefined ? 'Record<string, never>' : interfaceName(type.base)};\n`;
  }
  return `${head}\n${type.fields.map(renderProperty).join('')}}\n`;
}

function renderProperty(field: WsdlField): string {
  const item = field.type.kind === 'simple' ? PROPERTY_TYPES[field.type.name] : interfaceName(field.type.name);
  const doc = comment(field.doc, '  ');
  if (field.max > 1) return `${doc}  ${field.name}: readonly ${item}[];\n`;
  if (field.min === 0) return `${doc}  ${field.name}?: ${item} | undefined;\n`;
  return `${doc}  ${field.name}: ${field.nillable ? `${item} | null` : item};\n`;
}

function renderOperations(model: WsdlModel, suffix: string): string {
  const entries = operationsOf(model).map(
    ({ name, doc, request, response }) =>
      `${comment(doc, '  ')}  ${name}: { request: ${interfaceName(request.type)}; response: ${interfaceName(response.type)} };\n`,
  );
  return `export interface ${model.service.name}Operations${suffix} {\n${entries.join('')}}\n`;
}

function comment(doc: string | undefined, indent: string): string {
  return doc === undefined ? '' : `${indent}/** ${doc.replaceAll('*/', '* /')} */\n`;
}
