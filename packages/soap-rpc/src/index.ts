export { SoapClient, type CallOptions, type SoapClientOptions, type WireMessage } from './client.js';
export {
  createSoapHandler,
  type CallContext,
  type Handlers,
  type HttpHandler,
  type SoapHandlerOptions,
} from './handler.js';
export type { OperationName, RequestOf, ResponseOf } from './operations.js';
