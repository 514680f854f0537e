import { MalleeError } from '@mallee/errors';
import type { MalleeStorageTypes } from '@mallee/wsdl-types';
import type { VolumeService } from '../volumes/volume-service.js';

/** Creates an empty volume; the same id and size again answers with the volume that is there. */
export async function createStorageVolume(
  volumes: VolumeService,
  request: MalleeStorageTypes.CreateStorageVolumeType,
): Promise<MalleeStorageTypes.CreateStorageVolumeResponseType> {
  if (request.snapshotId !== undefined && request.snapshotId !== '') {
    throw new MalleeError('Storage.SnapshotNotFound', `${request.snapshotId} does not exist`);
  }
  const volume = await volumes.create(request.volumeId, request.size);
  return {
    volumeId: volume.id,
    size: volume.sizeGb,
    status: volume.status,
    createTime: volume.createdAt.toISOString(),
  };
}
