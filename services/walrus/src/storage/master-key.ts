import { randomBytes } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncDirectory } from '@mallee/durable-files';

/** The master key in `path` (base64); made, readable by the owner only, when there is none. Without it encrypted objects are lost. */
export async function loadMasterKey(path: string): Promise<Buffer> {
  try {
    const file = await open(path, 'wx', 0o600);
    const key = randomBytes(32);
    try {
      await file.writeFile(`${key.toString('base64')}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await syncDirectory(dirname(path));
    return key;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return Buffer.from((await readFile(path, 'utf8')).trim(), 'base64');
  }
}
