// Generated from wsdl/mallee/walrus.wsdl by `npm run generate`; do not edit.

import type { ServiceTable, TypeTable } from '../../table.js';

const namespace = 'urn:mallee:walrus:1';

const malleeMessage: TypeTable = {
  name: 'malleeMessage',
  fields: [
    { name: 'correlationId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'userId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'statusMessage', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'return', type: 'boolean', min: 0, max: 1, nillable: false },
  ],
};

const checkImageType: TypeTable = {
  name: 'checkImageType',
  fields: [
    ...malleeMessage.fields,
    { name: 'location', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'accountId', type: 'string', min: 1, max: 1, nillable: false },
  ],
};

const checkImageResponseType: TypeTable = {
  name: 'checkImageResponseType',
  fields: [
    ...malleeMessage.fields,
    { name: 'kind', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'architecture', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'name', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'size', type: 'long', min: 0, max: 1, nillable: false },
    { name: 'bundledSize', type: 'long', min: 0, max: 1, nillable: false },
    { name: 'digest', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'kernelId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'ramdiskId', type: 'string', min: 0, max: 1, nillable: false },
    { name: 'signature', type: 'string', min: 0, max: 1, nillable: false },
  ],
};

const cacheImageType: TypeTable = {
  name: 'cacheImageType',
  fields: [
    ...malleeMessage.fields,
    { name: 'location', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'accountId', type: 'string', min: 1, max: 1, nillable: false },
  ],
};

const cacheImageResponseType: TypeTable = {
  name: 'cacheImageResponseType',
  fields: malleeMessage.fields,
};

const flushCachedImageType: TypeTable = {
  name: 'flushCachedImageType',
  fields: [
    ...malleeMessage.fields,
    { name: 'location', type: 'string', min: 1, max: 1, nillable: false },
    { name: 'accountId', type: 'string', min: 1, max: 1, nillable: false },
  ],
};

const flushCachedImageResponseType: TypeTable = {
  name: 'flushCachedImageResponseType',
  fields: malleeMessage.fields,
};

export const MalleeWalrus: ServiceTable = {
  name: 'MalleeWalrus',
  dialect: 'mallee',
  namespace,
  path: '/services/MalleeWalrus',
  document: 'mallee/walrus.wsdl',
  operations: {
    CheckImage: {
      name: 'CheckImage',
      soapAction: 'MalleeWalrus#CheckImage',
      request: { element: 'CheckImage', namespace, type: checkImageType },
      response: { element: 'CheckImageResponse', namespace, type: checkImageResponseType },
    },
    CacheImage: {
      name: 'CacheImage',
      soapAction: 'MalleeWalrus#CacheImage',
      request: { element: 'CacheImage', namespace, type: cacheImageType },
      response: { element: 'CacheImageResponse', namespace, type: cacheImageResponseType },
    },
    FlushCachedImage: {
      name: 'FlushCachedImage',
      soapAction: 'MalleeWalrus#FlushCachedImage',
      request: { element: 'FlushCachedImage', namespace, type: flushCachedImageType },
      response: { element: 'FlushCachedImageResponse', namespace, type: flushCachedImageResponseType },
    },
  },
};
