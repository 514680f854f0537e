export { decodeMessage } from './codec/decode.js';
export { encodeMessage } from './codec/encode.js';
export { asciiText, checkForOriginal } from './codec/original.js';
export type { FieldTable, MessageTable, OperationTable, ServiceTable, SimpleType, TypeTable } from './table.js';
export * from './generated/index.js';
export { dialects, services, type Dialect, type ServiceName } from './generated/services.js';
export { wsdlText } from './wsdl-text.js';
