// Generated from wsdl/2.0/gl.wsdl by `npm run generate`; do not edit.

import type { ServiceTable, TypeTable } from '../../table.js';

const namespace = 'http://eucalyptus.ucsb.edu/';

const eucalyptusMessage: TypeTable = {
  name: 'eucalyptusMessage',
  fields: [
    { name: 'correlationId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'userId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'statusMessage', type: 'string', min: 0, max: 1, nillable: true },
    { name: 'return', type: 'boolean', min: 0, max: 1, nillable: false },
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

const getLogsType: TypeTable = {
  name: 'getLogsType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'serviceTag', type: 'string', min: 0, max: 1, nillable: false },
  ],
};

const getLogsResponseType: TypeTable = {
  name: 'getLogsResponseType',
  fields: [
    ...eucalyptusMessage.fields,
    { name: 'serviceTag', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'CCLog', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'NCLog', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'httpdLog', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'axis2Log', type: 'string', min: 0, max: 1, nillable: false },
  ],
};

export const EucalyptusGL_2_0: ServiceTable = {
  name: 'EucalyptusGL',
  dialect: '2.0',
  namespace,
  path: '/axis2/services/EucalyptusGL',
  document: '2.0/gl.wsdl',
  operations: {
    GetKeys: {
      name: 'GetKeys',
      soapAction: 'EucalyptusGL#GetKeys',
      request: { element: 'GetKeys', namespace, type: getKeysType },
      response: { element: 'GetKeysResponse', namespace, type: getKeysResponseType },
    },
    GetLogs: {
      name: 'GetLogs',
      soapAction: 'EucalyptusGL#GetLogs',
      request: { element: 'GetLogs', namespace, type: getLogsType },
      response: { element: 'GetLogsResponse', namespace, type: getLogsResponseType },
    },
  },
};
