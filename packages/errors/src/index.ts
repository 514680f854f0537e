export { catalogue, type ErrorCode } from './catalogue.js';
export type { CatalogueEntry, FaultFamily } from './entry.js';
export { isErrorCode, isMalleeError, MalleeError, toMalleeError, type MalleeErrorOptions } from './mallee-error.js';
