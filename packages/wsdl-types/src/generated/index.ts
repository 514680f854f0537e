// Generated from wsdl/ by `npm run generate`; do not edit.

export { EucalyptusCC_2_0 } from './2.0/cc.tables.js';
export type { EucalyptusCCOperations_2_0 } from './2.0/cc.types.js';
export type * as EucalyptusCCTypes_2_0 from './2.0/cc.types.js';
export { EucalyptusNC_2_0 } from './2.0/nc.tables.js';
export type { EucalyptusNCOperations_2_0 } from './2.0/nc.types.js';
export type * as EucalyptusNCTypes_2_0 from './2.0/nc.types.js';
export { EucalyptusGL_2_0 } from './2.0/gl.tables.js';
export type { EucalyptusGLOperations_2_0 } from './2.0/gl.types.js';
export type * as EucalyptusGLTypes_2_0 from './2.0/gl.types.js';
export { MalleeExtension } from './mallee/extension.tables.js';
export type { MalleeExtensionOperations } from './mallee/extension.types.js';
export type * as MalleeExtensionTypes from './mallee/extension.types.js';
export { MalleeCloud } from './mallee/cloud.tables.js';
export type { MalleeCloudOperations } from './mallee/cloud.types.js';
export type * as MalleeCloudTypes from './mallee/cloud.types.js';
export { MalleeWalrus } from './mallee/walrus.tables.js';
export type { MalleeWalrusOperations } from './mallee/walrus.types.js';
export type * as MalleeWalrusTypes from './mallee/walrus.types.js';
export { MalleeStorage } from './mallee/storage.tables.js';
export type { MalleeStorageOperations } from './mallee/storage.types.js';
export type * as MalleeStorageTypes from './mallee/storage.types.js';
