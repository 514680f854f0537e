export type { IdentitySource } from './current-signer.js';
export { SoapClient, type CallOptions, type SoapClientOptions, type WireMessage } from './client.js';
export {
  createSoapEndpoint,
  createSoapHandler,
  type EndpointOptions,
  type HttpHandler,
  type SoapEndpointOptions,
  type SoapHandlerOptions,
} from './handler.js';
export {
  notSupported,
  remarked,
  serve,
  servedOperations,
  servePart,
  type AllHandlers,
  type AnyHandler,
  type CallContext,
  type Handlers,
  type NotSupported,
  type OperationName,
  type ReplyOf,
  type RequestOf,
  type ResponseOf,
  type ServedDialect,
  type ServedOperation,
  type WithoutBaseLists,
} from './operations.js';
export { operationsReference, type ReferenceEndpoint } from './operations-reference.js';
export { recognise, type DialectOffer, type RecognisedRequest } from './recognise.js';
export { SoapServer, type RouteOptions, type SoapServerContext, type SoapServerOptions } from './soap-server.js';
export { defaultBreaker, type BreakerSettings } from './breaker.js';
export { operationTimeouts } from './operation-timeouts.js';
export { originalCluster, originalNode, PeerLink, type PeerLinkOptions, type PeerSettings } from './peer-link.js';
export type { TlsTrust } from './tls.js';
