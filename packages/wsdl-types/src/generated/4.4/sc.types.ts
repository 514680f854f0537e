// Generated from wsdl/4.4/sc.wsdl by `npm run generate`; do not edit.

/** A service of the cloud and where it is reached. Abstract, yet sent as it is, without xsi:type. */
export interface ServiceInfoType {
  /** availability zone */
  partition?: string | undefined;
  /** cluster, node, storage, objectstorage, eucalyptus, ... */
  type?: string | undefined;
  /** name of the registration */
  name?: string | undefined;
  /** endpoints */
  uris: readonly string[];
}

/** First elements of the requests. The answers do not have them, not even return. */
export interface StorageMessageType {
  /** UUID of the request, echoed in the answer */
  correlationId?: string | undefined;
  /** who acts; eucalyptus stands for the system */
  userId?: string | undefined;
  /** text of the failure */
  statusMessage?: string | undefined;
  /** false: the operation failed */
  return?: boolean | undefined;
  /** counts the changes of the service topology */
  epoch?: number | undefined;
  /** services that are enabled */
  services: readonly ServiceInfoType[];
  /** services that are disabled */
  disabledServices: readonly ServiceInfoType[];
  /** services that are not ready */
  notreadyServices: readonly ServiceInfoType[];
  /** host of the node meant, as in its URL */
  nodeName?: string | undefined;
}

export interface ExportVolumeType extends StorageMessageType {
  volumeId: string;
  /** proof of the attachment, encrypted for the cloud */
  token: string;
  /** address of the node */
  ip: string;
  /** iSCSI name of the node as initiator */
  iqn: string;
}

export interface ExportVolumeResponseType {
  volumeId: string;
  /** how the node reaches the volume */
  connectionString: string;
}

export interface UnexportVolumeType extends StorageMessageType {
  volumeId: string;
  /** proof of the attachment, encrypted for the cloud */
  token: string;
  /** address of the node */
  ip: string;
  /** iSCSI name of the node as initiator */
  iqn: string;
}

export type UnexportVolumeResponseType = Record<string, never>;

export interface EucalyptusSCOperations_4_4 {
  /** Makes a volume reachable for a node. */
  ExportVolume: { request: ExportVolumeType; response: ExportVolumeResponseType };
  /** Ends what ExportVolume began. */
  UnexportVolume: { request: UnexportVolumeType; response: UnexportVolumeResponseType };
}
