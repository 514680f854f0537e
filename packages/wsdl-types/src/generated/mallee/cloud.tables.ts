// Generated from wsdl/mallee/cloud.wsdl by `npm run generate`; do not edit.

import type { ServiceTable, TypeTable } from '../../table.js';

const namespace = 'urn:mallee:cloud:1';

const malleeMessage: TypeTable = {
  name: 'malleeMessage',
  fields: [
    { name: 'correlationId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'userId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'statusMessage', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'return', type: 'boolean', min: 0, max: 1, nillable: false },
  ],
};

const resolveAccessKeyType: TypeTable = {
  name: 'resolveAccessKeyType',
  fields: [
    ...malleeMessage.fields,
    { name: 'accessKeyId', type: 'string', min: 1, max: 1, nillable: false },
  ],
};

const resolveAccessKeyResponseType: TypeTable = {
  name: 'resolveAccessKeyResponseType',
  fields: [
    ...malleeMessage.fields,
    { name: 'found', type: 'boolean', min: 1, max: 1, nillable: false },
    { name: 'encryptedSecret', type: 'base64', min: 0, max: 1, nillable: false },
    { name: 'accountId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'accountName', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'userId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'userName', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'canonicalId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'displayName', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'email', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'admin', type: 'boolean', min: 0, max: 1, nillable: false },
    { name: 'enabled', type: 'boolean', min: 0, max: 1, nillable: false },
    { name: 'certificates', type: 'string', min: 0, max: Infinity, nillable: false },
  ],
};

const resolveAccountType: TypeTable = {
  name: 'resolveAccountType',
  fields: [
    ...malleeMessage.fields,
    { name: 'accountId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'canonicalId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'email', type: 'string', min: 0, max: 1, nillable: false },
  ],
};

const resolveAccountResponseType: TypeTable = {
  name: 'resolveAccountResponseType',
  fields: [
    ...malleeMessage.fields,
    { name: 'found', type: 'boolean', min: 1, max: 1, nillable: false },
    { name: 'accountId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'canonicalId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'displayName', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'certificates', type: 'string', min: 0, max: Infinity, nillable: false },
  ],
};

const resolveCertificateType: TypeTable = {
  name: 'resolveCertificateType',
  fields: [
    ...malleeMessage.fields,
    { name: 'fingerprint', type: 'string', min: 1, max: 1, nillable: false },
  ],
};

const resolveCertificateResponseType: TypeTable = {
  name: 'resolveCertificateResponseType',
  fields: [
    ...malleeMessage.fields,
    { name: 'found', type: 'boolean', min: 1, max: 1, nillable: false },
    { name: 'certificate', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'accountId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'canonicalId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'displayName', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'signerId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'admin', type: 'boolean', min: 0, max: 1, nillable: false },
  ],
};

const reportNodesType: TypeTable = {
  name: 'reportNodesType',
  fields: [
    ...malleeMessage.fields,
    { name: 'certificates', type: 'string', min: 0, max: Infinity, nillable: false },
  ],
};

const reportNodesResponseType: TypeTable = {
  name: 'reportNodesResponseType',
  fields: malleeMessage.fields,
};

const listNodesType: TypeTable = {
  name: 'listNodesType',
  fields: malleeMessage.fields,
};

const listNodesResponseType: TypeTable = {
  name: 'listNodesResponseType',
  fields: [
    ...malleeMessage.fields,
    { name: 'certificates', type: 'string', min: 0, max: Infinity, nillable: false },
  ],
};

export const MalleeCloud: ServiceTable = {
  name: 'MalleeCloud',
  dialect: 'mallee',
  namespace,
  path: '/services/MalleeCloud',
  document: 'mallee/cloud.wsdl',
  operations: {
    ResolveAccessKey: {
      name: 'ResolveAccessKey',
      soapAction: 'MalleeCloud#ResolveAccessKey',
      request: { element: 'ResolveAccessKey', namespace, type: resolveAccessKeyType },
      response: { element: 'ResolveAccessKeyResponse', namespace, type: resolveAccessKeyResponseType },
    },
    ResolveAccount: {
      name: 'ResolveAccount',
      soapAction: 'MalleeCloud#ResolveAccount',
      request: { element: 'ResolveAccount', namespace, type: resolveAccountType },
      response: { element: 'ResolveAccountResponse', namespace, type: resolveAccountResponseType },
    },
    ResolveCertificate: {
      name: 'ResolveCertificate',
      soapAction: 'MalleeCloud#ResolveCertificate',
      request: { element: 'ResolveCertificate', namespace, type: resolveCertificateType },
      response: { element: 'ResolveCertificateResponse', namespace, type: resolveCertificateResponseType },
    },
    ReportNodes: {
      name: 'ReportNodes',
      soapAction: 'MalleeCloud#ReportNodes',
      request: { element: 'ReportNodes', namespace, type: reportNodesType },
      response: { element: 'ReportNodesResponse', namespace, type: reportNodesResponseType },
    },
    ListNodes: {
      name: 'ListNodes',
      soapAction: 'MalleeCloud#ListNodes',
      request: { element: 'ListNodes', namespace, type: listNodesType },
      response: { element: 'ListNodesResponse', namespace, type: listNodesResponseType },
    },
  },
};
