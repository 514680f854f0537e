// Generated from wsdl/2.0/gl.wsdl by `npm run generate`; do not edit.

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

export interface GetLogsType extends EucalyptusMessage {
  serviceTag?: string | undefined;
}

export interface GetLogsResponseType extends EucalyptusMessage {
  serviceTag?: string | undefined;
  /** base64 */
  CCLog?: string | undefined;
  /** base64 */
  NCLog?: string | undefined;
  /** base64 */
  httpdLog?: string | undefined;
  /** base64 */
  axis2Log?: string | undefined;
}

export interface EucalyptusGLOperations_2_0 {
  /** The certificates of the cluster and of its nodes. */
  GetKeys: { request: GetKeysType; response: GetKeysResponseType };
  /** The ends of the log files. */
  GetLogs: { request: GetLogsType; response: GetLogsResponseType };
}
