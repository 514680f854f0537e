import { constants } from 'node:fs';
import { copyFile, link, mkdir, open, readdir, rename, rm, stat, statfs, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { syncDirectory } from '@mallee/durable-files';
import { errorCode, onFiles } from './file-system.js';
import { isVolumeId } from './volume.js';

const SUFFIX = '.raw';
const PARTIAL = '.partial';
/** Files that belong to no volume are moved here, never deleted: a lost database must not cost data. */
const ORPHANS = 'orphans';

export type FileState = 'good' | 'missing' | 'wrong-size';

/**
 * The directory with one sparse raw file per volume. Every operation may be repeated after a crash at any point; all throw
 * `Storage.NoSpace` or `Storage.FileSystemFailed`.
 */
export class VolumeFiles {
  readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
  }

  async prepare(): Promise<void> {
    return onFiles('make the volumes directory', async () => {
      await mkdir(join(this.directory, ORPHANS), { recursive: true, mode: 0o700 });
    });
  }

  /** At start, when no creation is under way: removes what unfinished ones left. */
  async sweep(): Promise<void> {
    return onFiles('remove unfinished files', async () => {
      const partial = (await readdir(this.directory)).filter((name) => name.endsWith(PARTIAL));
      for (const name of partial) await rm(join(this.directory, name), { force: true });
      await syncDirectory(this.directory);
    });
  }

  pathOf(id: string): string {
    return join(this.directory, `${id}${SUFFIX}`);
  }

  /**
   * Makes a sparse file of exactly `bytes` zeros, durable when this returns. It appears under its name complete or not at
   * all, and never takes the place of another file: `link` fails where `rename` would overwrite.
   */
  async create(id: string, bytes: number): Promise<void> {
    return onFiles(`create the file of ${id}`, async () => {
      const partial = join(this.directory, `${id}${PARTIAL}`);
      await rm(partial, { force: true });
      try {
        const file = await open(partial, 'wx', 0o600);
        try {
          await file.truncate(bytes);
          await file.sync();
        } finally {
          await file.close();
        }
        await link(partial, this.pathOf(id));
      } finally {
        await rm(partial, { force: true });
      }
      await syncDirectory(this.directory);
    });
  }

  /** Removes the file of a volume, and what an unfinished creation left. */
  async remove(id: string): Promise<void> {
    return onFiles(`remove the file of ${id}`, async () => {
      await rm(join(this.directory, `${id}${PARTIAL}`), { force: true });
      await rm(this.pathOf(id), { force: true });
      await syncDirectory(this.directory);
    });
  }

  async state(id: string, bytes: number): Promise<FileState> {
    return onFiles(`look at the file of ${id}`, async () => {
      try {
        const found = await stat(this.pathOf(id));
        return found.isFile() && found.size === bytes ? 'good' : 'wrong-size';
      } catch (error) {
        if (errorCode(error) === 'ENOENT') return 'missing';
        throw error;
      }
    });
  }

  /** Ids of the files that are there. */
  async list(): Promise<string[]> {
    return onFiles('list the volume files', async () => {
      const names = await readdir(this.directory);
      return names
        .filter((name) => name.endsWith(SUFFIX))
        .map((name) => name.slice(0, -SUFFIX.length))
        .filter(isVolumeId);
    });
  }

  /** Moves a file that belongs to no volume out of the way; returns its new path, or undefined if there is none. */
  async setAside(id: string): Promise<string | undefined> {
    return onFiles(`set the file of ${id} aside`, async () => {
      const target = join(this.directory, ORPHANS, `${id}-${Date.now()}${SUFFIX}`);
      try {
        await rename(this.pathOf(id), target);
      } catch (error) {
        if (errorCode(error) === 'ENOENT') return undefined;
        throw error;
      }
      await syncDirectory(join(this.directory, ORPHANS));
      await syncDirectory(this.directory);
      return target;
    });
  }

  /** Bytes of the file system: in all, free for us, and promised to the holes of the volumes that exist. */
  async space(): Promise<{ total: number; available: number; promised: number }> {
    return onFiles('read the room of the file system', async () => {
      const { blocks, bavail, bsize } = await statfs(this.directory);
      const holes = await Promise.all((await this.list()).map((id) => this.#holes(id)));
      return { total: blocks * bsize, available: bavail * bsize, promised: holes.reduce((sum, hole) => sum + hole, 0) };
    });
  }

  /** Whether files can be cloned without copying (FICLONE), found out by trying. */
  async canReflink(): Promise<boolean> {
    const [source, clone] = ['source', 'clone'].map((name) => join(this.directory, `.reflink-${name}`)) as [
      string,
      string,
    ];
    try {
      await (await open(source, 'w', 0o600)).close();
      await copyFile(source, clone, constants.COPYFILE_FICLONE_FORCE);
      return true;
    } catch {
      return false;
    } finally {
      await Promise.all([source, clone].map((path) => unlink(path).catch(() => undefined)));
    }
  }

  async #holes(id: string): Promise<number> {
    try {
      const { size, blocks } = await stat(this.pathOf(id));
      return Math.max(0, size - blocks * 512);
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return 0;
      throw error;
    }
  }
}
