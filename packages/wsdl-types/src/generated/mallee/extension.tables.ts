// Generated from wsdl/mallee/extension.wsdl by `npm run generate`; do not edit.

import type { ServiceTable, TypeTable } from '../../table.js';

const namespace = 'urn:mallee:extension:1';

const malleeMessage: TypeTable = {
  name: 'malleeMessage',
  fields: [
    { name: 'correlationId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'userId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'statusMessage', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'return', type: 'boolean', min: 0, max: 1, nillable: false },
  ],
};

const hintType: TypeTable = {
  name: 'hintType',
  fields: [
    ...malleeMessage.fields,
    { name: 'source', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'subjects', type: 'string', min: 0, max: Infinity, nillable: false },
  ],
};

const hintResponseType: TypeTable = {
  name: 'hintResponseType',
  fields: malleeMessage.fields,
};

const describeDetailsType: TypeTable = {
  name: 'describeDetailsType',
  fields: [
    ...malleeMessage.fields,
    { name: 'instanceIds', type: 'string', min: 0, max: Infinity, nillable: false },
  ],
};

const instanceDetailsType: TypeTable = {
  name: 'instanceDetailsType',
  fields: [
    { name: 'instanceId', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'stateName', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'reasonCode', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'reasonMessage', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'correlationId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'changedAt', type: 'dateTime', min: 0, max: 1, nillable: false },
  ],
};

const describeDetailsResponseType: TypeTable = {
  name: 'describeDetailsResponseType',
  fields: [
    ...malleeMessage.fields,
    { name: 'details', type: instanceDetailsType, min: 0, max: Infinity, nillable: false },
  ],
};

export const MalleeExtension: ServiceTable = {
  name: 'MalleeExtension',
  dialect: 'mallee',
  namespace,
  path: '/services/MalleeExtension',
  document: 'mallee/extension.wsdl',
  operations: {
    Hint: {
      name: 'Hint',
      soapAction: 'MalleeExtension#Hint',
      request: { element: 'Hint', namespace, type: hintType },
      response: { element: 'HintResponse', namespace, type: hintResponseType },
    },
    DescribeDetails: {
      name: 'DescribeDetails',
      soapAction: 'MalleeExtension#DescribeDetails',
      request: { element: 'DescribeDetails', namespace, type: describeDetailsType },
      response: { element: 'DescribeDetailsResponse', namespace, type: describeDetailsResponseType },
    },
  },
};
