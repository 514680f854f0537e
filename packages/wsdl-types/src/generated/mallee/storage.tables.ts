// Generated from wsdl/mallee/storage.wsdl by `npm run generate`; do not edit.

import type { ServiceTable, TypeTable } from '../../table.js';

const namespace = 'urn:mallee:storage:1';

const malleeMessage: TypeTable = {
  name: 'malleeMessage',
  fields: [
    { name: 'correlationId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'userId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'statusMessage', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'return', type: 'boolean', min: 0, max: 1, nillable: false },
  ],
};

const createStorageVolumeType: TypeTable = {
  name: 'createStorageVolumeType',
  fields: [
    ...malleeMessage.fields,
    { name: 'volumeId', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'size', type: 'int', min: 1, max: 1, nillable: false },
    { name: 'snapshotId', type: 'string', min: 0, max: 1, nillable: false },
  ],
};

const createStorageVolumeResponseType: TypeTable = {
  name: 'createStorageVolumeResponseType',
  fields: [
    ...malleeMessage.fields,
    { name: 'volumeId', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'size', type: 'int', min: 1, max: 1, nillable: false },
    { name: 'status', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'createTime', type: 'dateTime', min: 1, max: 1, nillable: false },
  ],
};

const describeStorageVolumesType: TypeTable = {
  name: 'describeStorageVolumesType',
  fields: [
    ...malleeMessage.fields,
    { name: 'volumeIds', type: 'string', min: 0, max: Infinity, nillable: false },
  ],
};

const storageVolumeType: TypeTable = {
  name: 'storageVolumeType',
  fields: [
    { name: 'volumeId', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'size', type: 'int', min: 1, max: 1, nillable: false },
    { name: 'snapshotId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'status', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'createTime', type: 'dateTime', min: 1, max: 1, nillable: false },
    { name: 'reasonCode', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'reasonMessage', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'actualDeviceName', type: 'string', min: 0, max: 1, nillable: false },
  ],
};

const describeStorageVolumesResponseType: TypeTable = {
  name: 'describeStorageVolumesResponseType',
  fields: [
    ...malleeMessage.fields,
    { name: 'volumes', type: storageVolumeType, min: 0, max: Infinity, nillable: false },
  ],
};

const deleteStorageVolumeType: TypeTable = {
  name: 'deleteStorageVolumeType',
  fields: [
    ...malleeMessage.fields,
    { name: 'volumeId', type: 'string', min: 1, max: 1, nillable: false },
  ],
};

const deleteStorageVolumeResponseType: TypeTable = {
  name: 'deleteStorageVolumeResponseType',
  fields: malleeMessage.fields,
};

const getStorageInfoType: TypeTable = {
  name: 'getStorageInfoType',
  fields: malleeMessage.fields,
};

const getStorageInfoResponseType: TypeTable = {
  name: 'getStorageInfoResponseType',
  fields: [
    ...malleeMessage.fields,
    { name: 'totalBytes', type: 'long', min: 1, max: 1, nillable: false },
    { name: 'availableBytes', type: 'long', min: 1, max: 1, nillable: false },
    { name: 'volumes', type: 'int', min: 1, max: 1, nillable: false },
    { name: 'maxVolumeSizeGb', type: 'int', min: 1, max: 1, nillable: false },
    { name: 'reflink', type: 'boolean', min: 1, max: 1, nillable: false },
  ],
};

export const MalleeStorage: ServiceTable = {
  name: 'MalleeStorage',
  dialect: 'mallee',
  namespace,
  path: '/services/Storage',
  document: 'mallee/storage.wsdl',
  operations: {
    CreateStorageVolume: {
      name: 'CreateStorageVolume',
      soapAction: 'MalleeStorage#CreateStorageVolume',
      request: { element: 'CreateStorageVolume', namespace, type: createStorageVolumeType },
      response: { element: 'CreateStorageVolumeResponse', namespace, type: createStorageVolumeResponseType },
    },
    DescribeStorageVolumes: {
      name: 'DescribeStorageVolumes',
      soapAction: 'MalleeStorage#DescribeStorageVolumes',
      request: { element: 'DescribeStorageVolumes', namespace, type: describeStorageVolumesType },
      response: { element: 'DescribeStorageVolumesResponse', namespace, type: describeStorageVolumesResponseType },
    },
    DeleteStorageVolume: {
      name: 'DeleteStorageVolume',
      soapAction: 'MalleeStorage#DeleteStorageVolume',
      request: { element: 'DeleteStorageVolume', namespace, type: deleteStorageVolumeType },
      response: { element: 'DeleteStorageVolumeResponse', namespace, type: deleteStorageVolumeResponseType },
    },
    GetStorageInfo: {
      name: 'GetStorageInfo',
      soapAction: 'MalleeStorage#GetStorageInfo',
      request: { element: 'GetStorageInfo', namespace, type: getStorageInfoType },
      response: { element: 'GetStorageInfoResponse', namespace, type: getStorageInfoResponseType },
    },
  },
};
