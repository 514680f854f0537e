// Generated from wsdl/4.4/sc.wsdl by `npm run generate`; do not edit.

import type { ServiceTable, TypeTable } from '../../table.js';

const namespace = 'http://storagecontroller.eucalyptus.ucsb.edu';

const serviceInfoType: TypeTable = {
  name: 'serviceInfoType',
  fields: [
    { name: 'partition', type: 'string', min: 0, max: 1, nillable: true },
    { name: 'type', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'name', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'uris', type: 'string', min: 0, max: Infinity, nillable: false },
  ],
};

const StorageMessageType: TypeTable = {
  name: 'StorageMessageType',
  fields: [
    { name: 'correlationId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'userId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'statusMessage', type: 'string', min: 0, max: 1, nillable: true },
    { name: 'return', type: 'boolean', min: 0, max: 1, nillable: false },
    { name: 'epoch', type: 'int', min: 0, max: 1, nillable: false },
    { name: 'services', type: serviceInfoType, min: 0, max: Infinity, nillable: false },
    { name: 'disabledServices', type: serviceInfoType, min: 0, max: Infinity, nillable: false },
    { name: 'notreadyServices', type: serviceInfoType, min: 0, max: Infinity, nillable: false },
    { name: 'nodeName', type: 'string', min: 0, max: 1, nillable: true },
  ],
};

const ExportVolumeType: TypeTable = {
  name: 'ExportVolumeType',
  fields: [
    ...StorageMessageType.fields,
    { name: 'volumeId', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'token', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'ip', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'iqn', type: 'string', min: 1, max: 1, nillable: false },
  ],
};

const ExportVolumeResponseType: TypeTable = {
  name: 'ExportVolumeResponseType',
  fields: [
    { name: 'volumeId', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'connectionString', type: 'string', min: 1, max: 1, nillable: false },
  ],
};

const UnexportVolumeType: TypeTable = {
  name: 'UnexportVolumeType',
  fields: [
    ...StorageMessageType.fields,
    { name: 'volumeId', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'token', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'ip', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'iqn', type: 'string', min: 1, max: 1, nillable: false },
  ],
};

const UnexportVolumeResponseType: TypeTable = {
  name: 'UnexportVolumeResponseType',
  fields: [],
};

export const EucalyptusSC_4_4: ServiceTable = {
  name: 'EucalyptusSC',
  dialect: '4.4',
  namespace,
  path: '/services/Storage',
  document: '4.4/sc.wsdl',
  operations: {
    ExportVolume: {
      name: 'ExportVolume',
      soapAction: 'EucalyptusSC#ExportVolume',
      request: { element: 'ExportVolume', namespace, type: ExportVolumeType },
      response: { element: 'ExportVolumeResponse', namespace, type: ExportVolumeResponseType },
    },
    UnexportVolume: {
      name: 'UnexportVolume',
      soapAction: 'EucalyptusSC#UnexportVolume',
      request: { element: 'UnexportVolume', namespace, type: UnexportVolumeType },
      response: { element: 'UnexportVolumeResponse', namespace, type: UnexportVolumeResponseType },
    },
  },
};
