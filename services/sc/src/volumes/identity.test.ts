import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { VolumeWorld } from '../test-support/volumes.js';
import { checkDirectory, claimDirectory } from './identity.js';
import { insertCreating } from './volume-table.js';

let world: VolumeWorld;
beforeAll(async () => {
  world = await VolumeWorld.start();
}, 60_000);
afterAll(async () => world.stop(), 60_000);

const wrong = { code: 'Storage.WrongDirectory' };

test('a new directory and a new database are joined once and for all', async () => {
  const [db, directory] = [await world.database(), world.directory()];
  const id = await claimDirectory(db, directory, 'a');
  expect(await claimDirectory(db, directory, 'a')).toBe(id);
  await expect(checkDirectory(directory, id)).resolves.toBeUndefined();
});

test('the directory of another database is refused', async () => {
  const directory = world.directory();
  await claimDirectory(await world.database(), directory, 'a');
  await expect(claimDirectory(await world.database(), directory, 'a')).rejects.toMatchObject(wrong);
});

test('the schema of another cluster is refused', async () => {
  const [db, directory] = [await world.database(), world.directory()];
  await claimDirectory(db, directory, 'a-b');
  await expect(claimDirectory(db, directory, 'a_b')).rejects.toMatchObject(wrong);
});

test('an empty directory is refused when there are volumes, and claimed when there are none', async () => {
  const [db, directory] = [await world.database(), world.directory()];
  const id = await claimDirectory(db, directory, 'a');
  rmSync(join(directory, '.storage-id'));
  expect(await claimDirectory(db, directory, 'a')).toBe(id);
  await insertCreating(db, 'vol-00000001', 1);
  await expect(claimDirectory(db, world.directory(), 'a')).rejects.toMatchObject(wrong);
});
