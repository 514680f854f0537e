import { transaction } from '@mallee/database';
import { toMalleeError } from '@mallee/errors';
import type { VolumeService } from './volume-service.js';
import { findVolumes, lockVolume, purgeDeleted, setStatus } from './volume-table.js';
import { GIB, type Volume } from './volume.js';

/** How long a deleted volume is remembered, so that a repeated delete is no error. */
const REMEMBER_DAYS = 7;

/** One thing that was repaired or found broken, for the log. */
export interface Finding {
  readonly volumeId: string;
  readonly finding:
    | 'creation resumed'
    | 'creation failed'
    | 'deletion finished'
    | 'deletion failed'
    | 'lost'
    | 'found again'
    | 'orphan file';
  readonly detail?: string;
}

/**
 * Compares rows and files and repairs the difference: finishes creations and deletions that a crash cut off, marks volumes
 * failed whose file is gone (and available again when it is back), removes files of deleted
 * volumes, sets files aside that belong to no volume.
 */
export async function reconcile(service: VolumeService): Promise<Finding[]> {
  const findings: Finding[] = [];
  await service.checkDirectory();
  // Files first: one that is listed has had its row before.
  const files = await service.files.list();
  const volumes = await findVolumes(service.pool, []);
  for (const volume of volumes) {
    const found = await reconcileVolume(service, volume);
    if (found !== undefined) findings.push(found);
  }
  for (const id of files) {
    const found = await reconcileFile(service, id);
    if (found !== undefined) findings.push(found);
  }
  await purgeDeleted(service.pool, REMEMBER_DAYS);
  return findings;
}

async function reconcileVolume(service: VolumeService, volume: Volume): Promise<Finding | undefined> {
  switch (volume.status) {
    case 'creating':
      return resumeCreation(service, volume.id);
    case 'deleting':
      return finishDeletion(service, volume.id);
    case 'available':
    case 'failed':
      return checkFile(service, volume);
    case 'deleted':
      return undefined;
  }
}

async function resumeCreation(service: VolumeService, id: string): Promise<Finding> {
  try {
    await service.finishCreate(id);
    return { volumeId: id, finding: 'creation resumed' };
  } catch (error) {
    const { code, message } = toMalleeError(error, `create ${id}`);
    // Without a database nothing is known; the next round decides.
    if (code === 'Database.Unavailable') throw error;
    await transaction(service.pool, async (db) => {
      if ((await lockVolume(db, id))?.status !== 'creating') return;
      await service.files.remove(id);
      await setStatus(db, id, 'failed', { code, message });
    });
    return { volumeId: id, finding: 'creation failed', detail: message };
  }
}

async function finishDeletion(service: VolumeService, id: string): Promise<Finding> {
  try {
    await service.finishDelete(id);
    return { volumeId: id, finding: 'deletion finished' };
  } catch (error) {
    const { code, message } = toMalleeError(error, `delete ${id}`);
    if (code === 'Database.Unavailable') throw error;
    await setStatus(service.pool, id, 'deleting', { code, message });
    return { volumeId: id, finding: 'deletion failed', detail: message };
  }
}

async function checkFile(service: VolumeService, volume: Volume): Promise<Finding | undefined> {
  const state = await service.files.state(volume.id, volume.sizeGb * GIB);
  const wasLost = volume.reasonCode === 'Storage.VolumeLost';
  if (volume.status === 'available' ? state === 'good' : !wasLost || state !== 'good') return undefined;
  const path = service.files.pathOf(volume.id);
  const message = state === 'missing' ? `${path} is missing` : `${path} does not have ${volume.sizeGb} GiB`;
  return transaction(service.pool, async (db) => {
    if ((await lockVolume(db, volume.id))?.status !== volume.status) return undefined;
    if (state === 'good') {
      await setStatus(db, volume.id, 'available');
      return { volumeId: volume.id, finding: 'found again' };
    }
    await setStatus(db, volume.id, 'failed', { code: 'Storage.VolumeLost', message });
    return { volumeId: volume.id, finding: 'lost', detail: message };
  });
}

async function reconcileFile(service: VolumeService, id: string): Promise<Finding | undefined> {
  return transaction(service.pool, async (db) => {
    const volume = await lockVolume(db, id);
    if (volume?.status === 'deleted') await service.files.remove(id);
    if (volume !== undefined) return undefined;
    const detail = await service.files.setAside(id);
    return detail === undefined ? undefined : { volumeId: id, finding: 'orphan file', detail };
  });
}
