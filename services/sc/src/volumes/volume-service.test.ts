import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { MalleeError } from '@mallee/errors';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { VolumeWorld } from '../test-support/volumes.js';
import { VolumeService } from './volume-service.js';
import { GIB } from './volume.js';

let world: VolumeWorld;
beforeAll(async () => {
  world = await VolumeWorld.start();
}, 60_000);
afterAll(async () => world.stop(), 60_000);

const rawFiles = (service: VolumeService): string[] =>
  readdirSync(service.files.directory).filter((name) => name.startsWith('vol-'));

const id = (n: number): string => `vol-${n.toString(16).padStart(8, '0')}`;

test('creations at the same time stay within the quota', async () => {
  const service = await world.service({ maxTotalGb: 5 });
  const results = await Promise.allSettled(Array.from({ length: 12 }, (_, n) => service.create(id(n), 1)));
  const refused = results
    .filter((result) => result.status === 'rejected')
    .map(({ reason }) => (reason as MalleeError).code);
  expect(refused).toEqual(Array.from({ length: 7 }, () => 'Storage.NoSpace'));
  expect(await service.describe([])).toHaveLength(5);
  expect(rawFiles(service)).toHaveLength(5);
});

test('room that other volumes have not used yet is not given away again', async () => {
  const service = await world.service();
  const { available, promised } = await service.files.space();
  const freeGb = Math.floor((available - promised) / GIB);
  const reserveGb = freeGb - 3;
  const tight = new VolumeService({ ...service, limits: { ...service.limits, reserveGb } });
  await tight.create(id(1), 2);
  await expect(tight.create(id(2), 2)).rejects.toMatchObject({ code: 'Storage.NoSpace' });
  expect(rawFiles(tight)).toEqual([`${id(1)}.raw`]);
});

test('a creation that fails on the disk leaves neither row nor file, and can be tried again', async () => {
  const service = await world.service();
  const create = service.files.create.bind(service.files);
  service.files.create = () => Promise.reject(new MalleeError('Storage.NoSpace', 'no space left'));
  await expect(service.create(id(1), 1)).rejects.toMatchObject({ code: 'Storage.NoSpace' });
  expect(await service.describe([id(1)])).toEqual([]);
  expect(rawFiles(service)).toEqual([]);
  service.files.create = create;
  expect(await service.create(id(1), 1)).toMatchObject({ status: 'available' });
});

test('a file of an earlier life under the same name does not become part of a new volume', async () => {
  const service = await world.service();
  await service.files.create(id(1), GIB);
  await service.create(id(1), 1);
  expect(readdirSync(join(service.files.directory, 'orphans'))).toHaveLength(1);
});

test('a deletion waits for the creation under way', async () => {
  const service = await world.service();
  const creation = service.create(id(1), 1);
  while ((await service.describe([id(1)])).length === 0);
  await service.delete(id(1));
  expect(['available', 'deleting', 'deleted']).toContain((await creation).status);
  expect(await service.describe([id(1)])).toMatchObject([{ status: 'deleted' }]);
  expect(rawFiles(service)).toEqual([]);
});

test('a directory that is not mounted any more takes no volumes', async () => {
  const service = await world.service();
  rmSync(join(service.files.directory, '.storage-id'));
  await expect(service.create(id(1), 1)).rejects.toMatchObject({ code: 'Storage.WrongDirectory' });
  expect(await service.describe([])).toEqual([]);
});
