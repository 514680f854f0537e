import type { MalleeStorageTypes } from '@mallee/wsdl-types';
import type { VolumeService } from '../volumes/volume-service.js';

/**
 * Volumes by id, or all that are not deleted. Ids that the storage controller never knew are left out, so that one lost
 * volume does not hide the others; a deleted one is reported as `deleted` for some days.
 */
export async function describeStorageVolumes(
  volumes: VolumeService,
  request: MalleeStorageTypes.DescribeStorageVolumesType,
): Promise<MalleeStorageTypes.DescribeStorageVolumesResponseType> {
  const found = await volumes.describe(request.volumeIds);
  return {
    volumes: found.map((volume) => ({
      volumeId: volume.id,
      size: volume.sizeGb,
      status: volume.status,
      createTime: volume.createdAt.toISOString(),
      reasonCode: volume.reasonCode,
      reasonMessage: volume.reasonMessage,
      actualDeviceName: volume.status === 'available' ? volumes.files.pathOf(volume.id) : undefined,
    })),
  };
}
