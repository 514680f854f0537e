import { parseXml, type XmlElement } from '@mallee/xml';
import {
  allowOnly,
  attribute,
  childrenOf,
  documentation,
  onlyChild,
  optionalAttribute,
  ownName,
  SOAP,
  unsupported,
  WSDL,
  XSD,
} from './element.js';
import type { WsdlBinding, WsdlBindingOperation, WsdlMessage, WsdlModel, WsdlPortOperation } from './model.js';
import { readSchema } from './read-schema.js';

/**
 * Reads a WSDL 1.1 document of one service: document/literal SOAP 1.1, one schema, messages of one part.
 *
 * @throws MalleeError `Wire.MalformedXml`, or `Configuration.Invalid` for anything the model cannot express.
 */
export function readWsdl(text: string): WsdlModel {
  return readDefinitions(parseXml(text, { allowComments: true }));
}

/** The same, from the parsed `definitions` element. */
export function readDefinitions(root: XmlElement): WsdlModel {
  if (root.namespace !== WSDL || root.local !== 'definitions') throw unsupported('no WSDL 1.1 document');
  allowOnly(root, 'documentation', 'types', 'message', 'portType', 'binding', 'service');
  const types = onlyChild(root, WSDL, 'types');
  const portType = onlyChild(root, WSDL, 'portType');
  return {
    name: attribute(root, 'name'),
    namespace: attribute(root, 'targetNamespace'),
    schema: readSchema(onlyChild(types, XSD, 'schema')),
    messages: childrenOf(root, WSDL, 'message').map(readMessage),
    portType: {
      name: attribute(portType, 'name'),
      operations: childrenOf(portType, WSDL, 'operation').map(readPortOperation),
    },
    binding: readBinding(onlyChild(root, WSDL, 'binding')),
    service: readService(onlyChild(root, WSDL, 'service')),
  };
}

function readMessage(message: XmlElement): WsdlMessage {
  const part = onlyChild(message, WSDL, 'part');
  return {
    name: attribute(message, 'name'),
    part: attribute(part, 'name'),
    element: ownName(part, attribute(part, 'element')),
  };
}

function readPortOperation(operation: XmlElement): WsdlPortOperation {
  allowOnly(operation, 'documentation', 'input', 'output');
  const direction = (local: 'input' | 'output'): WsdlPortOperation['input'] => {
    const element = onlyChild(operation, WSDL, local);
    return { name: attribute(element, 'name'), message: ownName(element, attribute(element, 'message')) };
  };
  return {
    name: attribute(operation, 'name'),
    input: direction('input'),
    output: direction('output'),
    doc: documentation(operation),
  };
}

function readBinding(binding: XmlElement): WsdlBinding {
  const soap = onlyChild(binding, SOAP, 'binding');
  const style = optionalAttribute(soap, 'style') ?? 'document';
  return {
    name: attribute(binding, 'name'),
    portType: ownName(binding, attribute(binding, 'type')),
    style,
    transport: attribute(soap, 'transport'),
    operations: childrenOf(binding, WSDL, 'operation').map((operation) => readBindingOperation(operation, style)),
  };
}

function readBindingOperation(operation: XmlElement, bindingStyle: string): WsdlBindingOperation {
  const soap = onlyChild(operation, SOAP, 'operation');
  const direction = (local: 'input' | 'output'): WsdlBindingOperation['input'] => {
    const element = onlyChild(operation, WSDL, local);
    return { name: attribute(element, 'name'), use: attribute(onlyChild(element, SOAP, 'body'), 'use') };
  };
  return {
    name: attribute(operation, 'name'),
    soapAction: attribute(soap, 'soapAction'),
    style: optionalAttribute(soap, 'style') ?? bindingStyle,
    input: direction('input'),
    output: direction('output'),
  };
}

function readService(service: XmlElement): WsdlModel['service'] {
  const port = onlyChild(service, WSDL, 'port');
  return {
    name: attribute(service, 'name'),
    port: attribute(port, 'name'),
    binding: ownName(port, attribute(port, 'binding')),
    location: attribute(onlyChild(port, SOAP, 'address'), 'location'),
  };
}
