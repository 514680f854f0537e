import type { WsdlModel } from '../wsdl/model.js';

/**
 * The parts of a model that make the interface, in an order that does not depend on layout: everything by name, except the
 * fields of a type, whose order is the wire. Documentation and the host of the address are left out.
 */
export function interfaceOf(model: WsdlModel): unknown {
  const { schema, portType, binding, service } = model;
  return {
    ...model,
    schema: {
      ...schema,
      elements: byName(schema.elements),
      types: byName(schema.types).map((type) => ({ ...type, doc: '', fields: type.fields.map(withoutDoc) })),
    },
    messages: byName(model.messages),
    portType: { ...portType, operations: byName(portType.operations).map(withoutDoc) },
    binding: { ...binding, operations: byName(binding.operations) },
    service: { ...service, location: new URL(service.location).pathname },
  };
}

function byName<T extends { readonly name: string }>(items: readonly T[]): T[] {
  return [...items].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function withoutDoc<T extends { readonly doc: string | undefined }>(item: T): T {
  return { ...item, doc: '' };
}
