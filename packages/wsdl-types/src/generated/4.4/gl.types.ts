// Generated from wsdl/4.4/gl.wsdl by `npm run generate`; do not edit.

/** A service of the cloud and where it is reached. Abstract, yet sent as it is, without xsi:type. */
export interface ServiceInfoType {
  /** cluster, node, storage, objectstorage, eucalyptus, ... */
  type?: string | undefined;
  /** name of the registration */
  name?: string | undefined;
  /** endpoints */
  uris: readonly string[];
}

/** First elements of every GL message. */
export interface EucalyptusMessage {
  /** UUID of the request, echoed in the answer */
  correlationId?: string | undefined;
  /** who acts; eucalyptus stands for the system */
  userId?: string | undefined;
  /** text of the failure */
  statusMessage?: string | undefined;
  /** false: the operation failed */
  return?: boolean | undefined;
  /** host of the node meant, as in its URL */
  nodeName?: string | undefined;
  /** counts the changes of the service topology */
  epoch?: number | undefined;
  /** services that are enabled */
  services: readonly ServiceInfoType[];
}

export interface GetKeysType extends EucalyptusMessage {
  /** self: of this host; else the URL of a service on another host */
  serviceTag?: string | undefined;
}

export interface GetKeysResponseType extends EucalyptusMessage {
  serviceTag?: string | undefined;
  /** base64 of the PEM file */
  CCcert?: string | undefined;
  /** base64 of the PEM file */
  NCcert?: string | undefined;
}

export interface EucalyptusGLOperations_4_4 {
  /** The certificates of the cluster and of its nodes. */
  GetKeys: { request: GetKeysType; response: GetKeysResponseType };
}
