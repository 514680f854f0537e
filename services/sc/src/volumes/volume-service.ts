import { transaction, type Pool, type Queryable } from '@mallee/database';
import { MalleeError } from '@mallee/errors';
import type { VolumeFiles } from './volume-files.js';
import { findVolumes, insertCreating, lockQuota, lockVolume, removeRow, setStatus } from './volume-table.js';
import { GIB, isVolumeId, type Volume } from './volume.js';

export interface VolumeLimits {
  readonly maxVolumeSizeGb: number;
  readonly maxTotalGb: number;
  readonly reserveGb: number;
}

/**
 * Volumes, as rows and files. Every change is two transactions: the intention (`creating`, `deleting`), then the step on the
 * file under the lock of the row. A step is idempotent; the reconciler repeats those that a crash cut off.
 */
export class VolumeService {
  readonly pool: Pool;
  readonly files: VolumeFiles;
  readonly limits: VolumeLimits;
  /** Throws when the directory is not the right one any more (unmounted). */
  readonly checkDirectory: () => Promise<void>;

  constructor(parts: {
    readonly pool: Pool;
    readonly files: VolumeFiles;
    readonly limits: VolumeLimits;
    readonly checkDirectory: () => Promise<void>;
  }) {
    this.pool = parts.pool;
    this.files = parts.files;
    this.limits = parts.limits;
    this.checkDirectory = parts.checkDirectory;
  }

  /**
   * Creates an empty volume, or finds the one of that id and size. A creation that fails leaves nothing.
   * @throws MalleeError `Storage.InvalidSize`, `Storage.VolumeExists`, `Storage.NoSpace`, `Storage.FileSystemFailed`
   */
  async create(id: string, sizeGb: number): Promise<Volume> {
    if (!isVolumeId(id))
      throw new MalleeError('Wire.MalformedMessage', `${id} is not a volume id: vol- and 8 hex digits`);
    const { maxVolumeSizeGb } = this.limits;
    if (!Number.isInteger(sizeGb) || sizeGb < 1 || sizeGb > maxVolumeSizeGb) {
      throw new MalleeError('Storage.InvalidSize', `${sizeGb} GiB: a volume has from 1 to ${maxVolumeSizeGb} GiB`);
    }
    await this.checkDirectory();
    const volume = await transaction(this.pool, (db) => this.#reserve(db, id, sizeGb));
    if (volume.status !== 'creating') return volume;
    try {
      return await this.finishCreate(id);
    } catch (error) {
      await this.#abandon(id);
      throw error;
    }
  }

  async describe(ids: readonly string[]): Promise<Volume[]> {
    return findVolumes(this.pool, ids);
  }

  /**
   * Deletes a volume and its data. Deleting it again is no error for as long as its row is remembered.
   * @throws MalleeError `Storage.VolumeNotFound`
   */
  async delete(id: string): Promise<void> {
    await this.checkDirectory();
    await transaction(this.pool, async (db) => {
      const volume = await lockVolume(db, id);
      if (volume === undefined) throw new MalleeError('Storage.VolumeNotFound', `${id} does not exist`);
      if (volume.status !== 'deleted') await setStatus(db, id, 'deleting');
    });
    await this.finishDelete(id);
  }

  /** Second half of a creation: makes the file unless it is there. Does nothing for a volume in another state. */
  async finishCreate(id: string): Promise<Volume> {
    return transaction(this.pool, async (db) => {
      const volume = await lockVolume(db, id);
      if (volume === undefined) throw new MalleeError('Storage.VolumeNotFound', `${id} was deleted meanwhile`);
      if (volume.status !== 'creating') return volume;
      const bytes = volume.sizeGb * GIB;
      const state = await this.files.state(id, bytes);
      if (state === 'wrong-size') await this.files.setAside(id);
      if (state !== 'good') await this.files.create(id, bytes);
      await setStatus(db, id, 'available');
      return { ...volume, status: 'available', reasonCode: undefined, reasonMessage: undefined };
    });
  }

  /** Second half of a deletion. Does nothing for a volume in another state. */
  async finishDelete(id: string): Promise<void> {
    await transaction(this.pool, async (db) => {
      const volume = await lockVolume(db, id);
      if (volume?.status !== 'deleting') return;
      await this.files.remove(id);
      await setStatus(db, id, 'deleted');
    });
  }

  /** First half of a creation: quota and row in one transaction. */
  async #reserve(db: Queryable, id: string, sizeGb: number): Promise<Volume> {
    await lockQuota(db);
    const existing = await lockVolume(db, id);
    if (existing !== undefined) {
      const same = existing.sizeGb === sizeGb && (existing.status === 'creating' || existing.status === 'available');
      if (same) return existing;
      throw new MalleeError('Storage.VolumeExists', `${id} has ${existing.sizeGb} GiB and is ${existing.status}`);
    }
    await this.#checkRoom(db, sizeGb);
    await this.files.setAside(id);
    return insertCreating(db, id, sizeGb);
  }

  async #checkRoom(db: Queryable, sizeGb: number): Promise<void> {
    const { maxTotalGb, reserveGb } = this.limits;
    const live = (await findVolumes(db, [])).filter((volume) => volume.status !== 'failed');
    const used = live.reduce((sum, volume) => sum + volume.sizeGb, 0);
    if (used + sizeGb > maxTotalGb) {
      throw new MalleeError(
        'Storage.NoSpace',
        `${used} of ${maxTotalGb} GiB are in use; ${sizeGb} GiB more do not fit`,
      );
    }
    // What other volumes have not written yet counts as taken: a guest must never find its disk smaller than it is.
    const { available, promised } = await this.files.space();
    const room = available - promised - reserveGb * GIB;
    if (room < sizeGb * GIB) {
      const gib = (bytes: number): string => (bytes / GIB).toFixed(1);
      throw new MalleeError(
        'Storage.NoSpace',
        `the file system has ${gib(available)} GiB free, of which ${gib(promised)} are promised to other volumes and ` +
          `${reserveGb} are kept free; ${sizeGb} GiB do not fit`,
      );
    }
  }

  /** Takes a creation back. If that fails too (no database), the row stays `creating` and the reconciler decides. */
  async #abandon(id: string): Promise<void> {
    try {
      await transaction(this.pool, async (db) => {
        const volume = await lockVolume(db, id);
        if (volume?.status !== 'creating') return;
        await this.files.remove(id);
        await removeRow(db, id);
      });
    } catch {
      return;
    }
  }
}
