import type { XmlElement } from '@mallee/xml';
import type { SimpleType } from '../table.js';
import {
  allowOnly,
  attribute,
  childrenOf,
  documentation,
  onlyChild,
  optionalAttribute,
  ownName,
  splitName,
  unsupported,
  XSD,
} from './element.js';
import type { WsdlElement, WsdlField, WsdlSchema, WsdlType, WsdlTypeName } from './model.js';

const SIMPLE_TYPES: Readonly<Record<string, SimpleType>> = {
  string: 'string',
  int: 'int',
  long: 'long',
  boolean: 'boolean',
  double: 'double',
  dateTime: 'dateTime',
  base64Binary: 'base64',
};

/**
 * Reads an xs:schema of the subset the interfaces use: global elements, and complex types that are one sequence of elements,
 * alone or as the extension of another type.
 */
export function readSchema(schema: XmlElement): WsdlSchema {
  allowOnly(schema, 'annotation', 'complexType', 'element');
  return {
    namespace: attribute(schema, 'targetNamespace'),
    elementFormDefault: optionalAttribute(schema, 'elementFormDefault') ?? 'unqualified',
    attributeFormDefault: optionalAttribute(schema, 'attributeFormDefault') ?? 'unqualified',
    types: childrenOf(schema, XSD, 'complexType').map(readType),
    elements: childrenOf(schema, XSD, 'element').map(readElement),
  };
}

function readElement(element: XmlElement): WsdlElement {
  return {
    name: attribute(element, 'name'),
    type: ownName(element, attribute(element, 'type')),
    nillable: optionalAttribute(element, 'nillable') === 'true',
  };
}

function readType(element: XmlElement): WsdlType {
  const head = {
    name: attribute(element, 'name'),
    abstract: optionalAttribute(element, 'abstract') === 'true',
    doc: documentation(element),
  };
  const [content] = childrenOf(element, XSD, 'complexContent');
  if (content === undefined) {
    allowOnly(element, 'annotation', 'sequence');
    return { ...head, base: undefined, fields: readSequence(element) };
  }
  allowOnly(element, 'annotation', 'complexContent');
  allowOnly(content, 'extension');
  const extension = onlyChild(content, XSD, 'extension');
  allowOnly(extension, 'sequence');
  return { ...head, base: ownName(extension, attribute(extension, 'base')), fields: readSequence(extension) };
}

function readSequence(parent: XmlElement): readonly WsdlField[] {
  const sequence = onlyChild(parent, XSD, 'sequence');
  allowOnly(sequence, 'element');
  return sequence.children.map(readField);
}

function readField(element: XmlElement): WsdlField {
  allowOnly(element, 'annotation');
  return {
    name: attribute(element, 'name'),
    type: readTypeName(element, attribute(element, 'type')),
    min: occurrence(element, 'minOccurs'),
    max: occurrence(element, 'maxOccurs'),
    nillable: optionalAttribute(element, 'nillable') === 'true',
    doc: documentation(element),
  };
}

function readTypeName(element: XmlElement, value: string): WsdlTypeName {
  const [prefix, local] = splitName(value);
  if (prefix !== element.prefix) return { kind: 'complex', name: local };
  const name = SIMPLE_TYPES[local];
  if (name === undefined) throw unsupported(`the type ${value} is not supported`);
  return { kind: 'simple', name };
}

function occurrence(element: XmlElement, name: 'minOccurs' | 'maxOccurs'): number {
  const value = optionalAttribute(element, name) ?? '1';
  if (value === 'unbounded' && name === 'maxOccurs') return Infinity;
  if (!/^\d{1,6}$/.test(value)) throw unsupported(`${name}="${value}"`);
  return Number(value);
}
