// Generated from wsdl/mallee/storage.wsdl by `npm run generate`; do not edit.

/** First elements of every message between Mallee daemons. */
export interface MalleeMessage {
  /** UUID of the request, echoed in the answer */
  correlationId?: string | undefined;
  /** who acts; eucalyptus stands for the system */
  userId?: string | undefined;
  /** code and text of the failure */
  statusMessage?: string | undefined;
  /** false: the operation failed */
  return?: boolean | undefined;
}

export interface CreateStorageVolumeType extends MalleeMessage {
  /** vol- and 8 hex digits */
  volumeId: string;
  /** GiB */
  size: number;
  snapshotId?: string | undefined;
}

export interface CreateStorageVolumeResponseType extends MalleeMessage {
  volumeId: string;
  /** GiB */
  size: number;
  /** creating, available, deleting, deleted or failed */
  status: string;
  /** UTC */
  createTime: string;
}

/** A volume. */
export interface StorageVolumeType {
  volumeId: string;
  /** GiB */
  size: number;
  snapshotId?: string | undefined;
  /** creating, available, deleting, deleted or failed */
  status: string;
  /** UTC */
  createTime: string;
  /** why it failed: a code of the error catalogue */
  reasonCode?: string | undefined;
  reasonMessage?: string | undefined;
  actualDeviceName?: string | undefined;
}

export interface DescribeStorageVolumesType extends MalleeMessage {
  /** none: all */
  volumeIds: readonly string[];
}

export interface DescribeStorageVolumesResponseType extends MalleeMessage {
  volumes: readonly StorageVolumeType[];
}

export interface DeleteStorageVolumeType extends MalleeMessage {
  volumeId: string;
}

export type DeleteStorageVolumeResponseType = MalleeMessage;

export type GetStorageInfoType = MalleeMessage;

export interface GetStorageInfoResponseType extends MalleeMessage {
  /** of the file system that holds the volumes */
  totalBytes: number;
  availableBytes: number;
  /** that exist now */
  volumes: number;
  maxVolumeSizeGb: number;
  /** true: the file system clones files without copying */
  reflink: boolean;
}

export interface MalleeStorageOperations {
  /** Creates a volume. The same id and size again answers with the volume that is there. */
  CreateStorageVolume: { request: CreateStorageVolumeType; response: CreateStorageVolumeResponseType };
  /** State of volumes. A failed volume stays visible until it is deleted. */
  DescribeStorageVolumes: { request: DescribeStorageVolumesType; response: DescribeStorageVolumesResponseType };
  /** Deletes a volume and its data. */
  DeleteStorageVolume: { request: DeleteStorageVolumeType; response: DeleteStorageVolumeResponseType };
  /** Room for volumes, and what the file system can do. */
  GetStorageInfo: { request: GetStorageInfoType; response: GetStorageInfoResponseType };
}
