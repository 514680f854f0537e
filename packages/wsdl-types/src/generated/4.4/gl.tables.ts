// Generated from wsdl/4.4/gl.wsdl by `npm run generate`; do not edit.

import type { ServiceTable, TypeTable } from '../../table.js';

const namespace = 'http://eucalyptus.ucsb.edu/';

const serviceInfoType: TypeTable = {
  name: 'serviceInfoType',
  fields: [
    { name: 'type', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'name', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'uris', type: 'string', min: 0, max: Infinity, nillable: false },
  ],
};

const eucalyptusMessage: TypeTable = {
  name: 'eucalyptusMessage',
  fields: [
    { name: 'correlationId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'userId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'statusMessage', type: 'string', min: 0, max: 1, nillable: true },
    { name: 'return', type: 'boolean', min: 0, max: 1, nillable: false },
    { name: 'nodeName', type: 'string', min: 0, max: 1, nillable: true },
    { name: 'epoch', type: 'int', min: 0, max: 1, nillable: false },
    { name: 'services', type: serviceInfoType, min: 0, max: Infinity, nillable: false },
  ],
};

const getKeysType: TypeTable = {
  name: 'getKeysType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'serviceTag', type: 'string', min: 0, max: 1, nillable: false },
  ],
};

const getKeysResponseType: TypeTable = {
  name: 'getKeysResponseType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'serviceTag', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'CCcert', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'NCcert', type: 'string', min: 0, max: 1, nillable: false },
  ],
};

export const EucalyptusGL_4_4: ServiceTable = {
  name: 'EucalyptusGL',
  dialect: '4.4',
  namespace,
  path: '/axis2/services/EucalyptusGL',
  document: '4.4/gl.wsdl',
  operations: {
    GetKeys: {
      name: 'GetKeys',
      soapAction: 'EucalyptusGL#GetKeys',
      request: { element: 'GetKeys', namespace, type: getKeysType },
      response: { element: 'GetKeysResponse', namespace, type: getKeysResponseType },
    },
  },
};
