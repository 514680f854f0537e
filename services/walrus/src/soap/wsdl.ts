import { escapeAttribute } from '@mallee/xml';
import { S3_NAMESPACE } from '../s3/xml.js';
import { IGNORED, type FieldRule, type FieldType } from './fields.js';
import type { SoapOperation } from './operation.js';
import { SCHEMA_TYPES } from './schema-types.js';

const TYPES: Partial<Record<FieldType, string>> = {
  acl: 's3:AccessControlList',
  metadata: 's3:MetadataEntry',
  logging: 's3:BucketLoggingStatus',
  versioning: 'xs:string',
};

/** The WSDL of the S3 SOAP interface at this address, made of the same tables that requests are read by. */
export function s3Wsdl(operations: Readonly<Record<string, SoapOperation>>, address: string): string {
  const names = Object.keys(operations);
  const all = (make: (name: string) => string): string => names.map(make).join('\n');
  return `<?xml version="1.0" encoding="UTF-8"?>
<wsdl:definitions name="AmazonS3" targetNamespace="${S3_NAMESPACE}" xmlns:s3="${S3_NAMESPACE}" xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<wsdl:documentation>S3 by SOAP. Messages are signed with an X.509 certificate of a user: WS-Security, Body and Timestamp.</wsdl:documentation>
<wsdl:types><xs:schema targetNamespace="${S3_NAMESPACE}" elementFormDefault="qualified">
${SCHEMA_TYPES}
${all((name) => requestElement(name, operations[name]!) + responseElement(name, operations[name]!))}
</xs:schema></wsdl:types>
${all(message)}
<wsdl:portType name="AmazonS3">
${all((name) => `<wsdl:operation name="${name}"><wsdl:input message="s3:${name}Request"/><wsdl:output message="s3:${name}Response"/></wsdl:operation>`)}
</wsdl:portType>
<wsdl:binding name="AmazonS3SoapBinding" type="s3:AmazonS3"><soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>
${all((name) => `<wsdl:operation name="${name}"><soap:operation soapAction="${name}"/><wsdl:input><soap:body use="literal"/></wsdl:input><wsdl:output><soap:body use="literal"/></wsdl:output></wsdl:operation>`)}
</wsdl:binding>
<wsdl:service name="AmazonS3"><wsdl:port name="AmazonS3" binding="s3:AmazonS3SoapBinding"><soap:address location="${escapeAttribute(address)}"/></wsdl:port></wsdl:service>
</wsdl:definitions>
`;
}

function requestElement(name: string, { fields }: SoapOperation): string {
  const children = Object.entries({ ...fields, ...IGNORED }).map(([field, rule]) => fieldElement(field, rule));
  return `<xs:element name="${name}"><xs:complexType><xs:sequence>${children.join('')}</xs:sequence></xs:complexType></xs:element>\n`;
}

function fieldElement(name: string, { type, required }: FieldRule): string {
  const occurs = `${required === true ? '' : ' minOccurs="0"'}${type === 'metadata' ? ' maxOccurs="100"' : ''}`;
  return `<xs:element name="${name}" type="${TYPES[type] ?? `xs:${type}`}"${occurs}/>`;
}

function responseElement(name: string, { result, resultName }: SoapOperation): string {
  const inner =
    result === undefined
      ? ''
      : `<xs:sequence><xs:element name="${resultName ?? `${name}Response`}" type="s3:${result}"/></xs:sequence>`;
  return `<xs:element name="${name}Response"><xs:complexType>${inner}</xs:complexType></xs:element>`;
}

function message(name: string): string {
  const one = (suffix: string, element: string): string =>
    `<wsdl:message name="${name}${suffix}"><wsdl:part name="parameters" element="s3:${element}"/></wsdl:message>`;
  return one('Request', name) + one('Response', `${name}Response`);
}
