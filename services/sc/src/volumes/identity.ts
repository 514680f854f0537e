import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Queryable } from '@mallee/database';
import { replaceFile } from '@mallee/durable-files';
import { MalleeError } from '@mallee/errors';
import { errorCode, onFiles } from './file-system.js';

const MARKER = '.storage-id';

/**
 * Makes sure that directory and database belong together, by an id that both hold. Without this, a directory that is not
 * mounted would look like the loss of every volume, and a wrong database would make every file an orphan.
 *
 * @returns the id
 * @throws MalleeError `Storage.WrongDirectory`
 */
export async function claimDirectory(db: Queryable, directory: string, cluster: string): Promise<string> {
  const marker = await readMarker(directory);
  const row = await readRow(db);
  if (row !== undefined && row.cluster !== cluster) {
    throw wrong(`the database schema belongs to the storage controller of ${row.cluster}, not of ${cluster}`);
  }
  if (row !== undefined && marker === row.id) return row.id;
  if (marker !== undefined) throw wrong(`${directory} belongs to another storage controller (${marker})`);
  if (row !== undefined && (await hasVolumes(db))) {
    throw wrong(`${directory} has no ${MARKER}, but the database has volumes: is it mounted?`);
  }
  const id = row?.id ?? randomUUID();
  if (row === undefined) await db.query('insert into storage (id, cluster) values ($1, $2)', [id, cluster]);
  await replaceFile(join(directory, MARKER), `${id}\n`);
  return id;
}

/** Throws `Storage.WrongDirectory` unless the directory still is the claimed one. */
export async function checkDirectory(directory: string, id: string): Promise<void> {
  const marker = await readMarker(directory);
  if (marker !== id) throw wrong(`${directory} is not the directory of this storage controller any more`);
}

async function readMarker(directory: string): Promise<string | undefined> {
  return onFiles(`read ${MARKER}`, async () => {
    try {
      return (await readFile(join(directory, MARKER), 'utf8')).trim();
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return undefined;
      throw error;
    }
  });
}

async function readRow(db: Queryable): Promise<{ id: string; cluster: string } | undefined> {
  const { rows } = await db.query<{ id: string; cluster: string }>('select id, cluster from storage');
  return rows[0];
}

async function hasVolumes(db: Queryable): Promise<boolean> {
  const { rows } = await db.query(`select 1 from volume where status <> 'deleted' limit 1`);
  return rows.length > 0;
}

function wrong(message: string): MalleeError {
  return new MalleeError('Storage.WrongDirectory', message);
}
