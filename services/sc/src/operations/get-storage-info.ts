import type { MalleeStorageTypes } from '@mallee/wsdl-types';
import type { VolumeService } from '../volumes/volume-service.js';

/** Room for volumes, and whether the file system clones files. */
export async function getStorageInfo(volumes: VolumeService): Promise<MalleeStorageTypes.GetStorageInfoResponseType> {
  const [{ total, available }, reflink, existing] = await Promise.all([
    volumes.files.space(),
    volumes.files.canReflink(),
    volumes.describe([]),
  ]);
  return {
    totalBytes: total,
    availableBytes: available,
    volumes: existing.length,
    maxVolumeSizeGb: volumes.limits.maxVolumeSizeGb,
    reflink,
  };
}
