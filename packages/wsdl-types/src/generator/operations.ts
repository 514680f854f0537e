import { unsupported } from '../wsdl/element.js';
import type { WsdlElement, WsdlModel } from '../wsdl/model.js';

/** An operation with its references resolved down to the global elements. */
export interface ResolvedOperation {
  readonly name: string;
  readonly soapAction: string;
  readonly doc: string | undefined;
  readonly request: WsdlElement;
  readonly response: WsdlElement;
}

/** Resolves the operations of the port type, and checks that document/literal SOAP is bound to each. */
export function operationsOf(model: WsdlModel): readonly ResolvedOperation[] {
  const { binding, portType } = model;
  if (binding.style !== 'document') throw unsupported(`binding style ${binding.style}`);
  if (binding.operations.length !== portType.operations.length) throw unsupported('port type and binding differ');
  return portType.operations.map((operation) => {
    const bound = binding.operations.find((candidate) => candidate.name === operation.name);
    if (bound === undefined) throw unsupported(`the operation ${operation.name} is not bound`);
    if (bound.style !== 'document' || bound.input.use !== 'literal' || bound.output.use !== 'literal') {
      throw unsupported(`the operation ${operation.name} is not document/literal`);
    }
    return {
      name: operation.name,
      soapAction: bound.soapAction,
      doc: operation.doc,
      request: elementOf(model, operation.input.message),
      response: elementOf(model, operation.output.message),
    };
  });
}

function elementOf(model: WsdlModel, messageName: string): WsdlElement {
  const message = model.messages.find((candidate) => candidate.name === messageName);
  if (message === undefined) throw unsupported(`the message ${messageName} is not defined`);
  const element = model.schema.elements.find((candidate) => candidate.name === message.element);
  if (element === undefined) throw unsupported(`the element ${message.element} is not defined`);
  return element;
}
