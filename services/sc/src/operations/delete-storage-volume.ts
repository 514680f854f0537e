import type { MalleeStorageTypes } from '@mallee/wsdl-types';
import type { VolumeService } from '../volumes/volume-service.js';

/** Deletes a volume and its data, whatever its state; `Storage.VolumeNotFound` for an id that never was. */
export async function deleteStorageVolume(
  volumes: VolumeService,
  request: MalleeStorageTypes.DeleteStorageVolumeType,
): Promise<MalleeStorageTypes.DeleteStorageVolumeResponseType> {
  await volumes.delete(request.volumeId);
  return {};
}
