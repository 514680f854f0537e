import { existsSync, linkSync, readdirSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MalleeError } from '@mallee/errors';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { VolumeWorld } from '../test-support/volumes.js';
import { reconcile } from './reconcile.js';
import type { VolumeService } from './volume-service.js';
import { insertCreating, setStatus } from './volume-table.js';
import { GIB } from './volume.js';

let world: VolumeWorld;
beforeAll(async () => {
  world = await VolumeWorld.start();
}, 60_000);
afterAll(async () => world.stop(), 60_000);

const ID = 'vol-0000beef';

async function stateOf(service: VolumeService): Promise<string> {
  const [volume] = await service.describe([ID]);
  const names = readdirSync(service.files.directory).filter((name) => name.startsWith('vol-'));
  const good = existsSync(service.files.pathOf(ID)) ? await service.files.state(ID, GIB) : 'missing';
  return [volume?.status ?? 'unknown', good, ...names].join(' ');
}

const done = `available good ${ID}.raw`;
const gone = 'deleted missing';

describe('a creation killed', () => {
  const partial = (service: VolumeService): string => join(service.files.directory, `${ID}.partial`);
  test.each<[string, (service: VolumeService) => void | Promise<void>]>([
    ['before the file', () => undefined],
    ['with an empty partial file', (service) => writeFileSync(partial(service), '')],
    [
      'between link and unlink',
      async (service) => {
        await service.files.create(ID, GIB);
        linkSync(service.files.pathOf(ID), partial(service));
      },
    ],
    ['before the row says so', (service) => service.files.create(ID, GIB)],
    ['with a file of another size in its place', (service) => writeFileSync(service.files.pathOf(ID), 'x')],
  ])('%s is finished', async (_when, leave) => {
    const service = await world.service();
    await insertCreating(service.pool, ID, 1);
    await leave(service);
    await service.files.sweep();
    const findings = await reconcile(service);
    expect(findings).toMatchObject([{ volumeId: ID, finding: 'creation resumed' }]);
    expect(await stateOf(service)).toBe(done);
    expect(await reconcile(service)).toEqual([]);
  });

  test('that cannot be finished fails with its reason, stays visible, and can be deleted', async () => {
    const service = await world.service();
    await insertCreating(service.pool, ID, 1);
    service.files.create = () => Promise.reject(new MalleeError('Storage.NoSpace', 'no space left'));
    await reconcile(service);
    expect(await service.describe([ID])).toMatchObject([
      { status: 'failed', reasonCode: 'Storage.NoSpace', reasonMessage: 'no space left' },
    ]);
    expect(await reconcile(service)).toEqual([]);
    await service.delete(ID);
    expect(await stateOf(service)).toBe(gone);
  });
});

describe('a deletion killed', () => {
  test.each<[string, boolean]>([
    ['before the file went', true],
    ['after the file went', false],
  ])('%s is finished', async (_when, file) => {
    const service = await world.service();
    await service.create(ID, 1);
    await setStatus(service.pool, ID, 'deleting');
    if (!file) await service.files.remove(ID);
    expect(await reconcile(service)).toMatchObject([{ volumeId: ID, finding: 'deletion finished' }]);
    expect(await stateOf(service)).toBe(gone);
  });

  test('that cannot be finished keeps saying why, and is finished later', async () => {
    const service = await world.service();
    await service.create(ID, 1);
    const remove = service.files.remove.bind(service.files);
    service.files.remove = () => Promise.reject(new MalleeError('Storage.FileSystemFailed', 'EIO'));
    await expect(service.delete(ID)).rejects.toMatchObject({ code: 'Storage.FileSystemFailed' });
    await reconcile(service);
    expect(await service.describe([ID])).toMatchObject([
      { status: 'deleting', reasonCode: 'Storage.FileSystemFailed' },
    ]);
    service.files.remove = remove;
    await reconcile(service);
    expect(await service.describe([ID])).toMatchObject([{ status: 'deleted', reasonCode: undefined }]);
  });
});

describe('a volume whose file', () => {
  test.each<[string, (path: string) => void]>([
    ['is gone', (path) => rmSync(path)],
    ['was cut', (path) => truncateSync(path, 5)],
  ])('%s is failed with a reason, and kept', async (_what, damage) => {
    const service = await world.service();
    await service.create(ID, 1);
    damage(service.files.pathOf(ID));
    expect(await reconcile(service)).toMatchObject([{ volumeId: ID, finding: 'lost' }]);
    expect(await service.describe([])).toMatchObject([{ status: 'failed', reasonCode: 'Storage.VolumeLost' }]);
    expect(await reconcile(service)).toEqual([]);
  });

  test('is put back is available again', async () => {
    const service = await world.service();
    await service.create(ID, 1);
    const path = service.files.pathOf(ID);
    renameSync(path, `${path}.away`);
    await reconcile(service);
    renameSync(`${path}.away`, path);
    expect(await reconcile(service)).toMatchObject([{ finding: 'found again' }]);
    expect(await stateOf(service)).toBe(done);
  });
});

describe('a file', () => {
  test('without a row is set aside with its data', async () => {
    const service = await world.service();
    await service.files.create(ID, GIB);
    expect(await reconcile(service)).toMatchObject([{ volumeId: ID, finding: 'orphan file' }]);
    expect(readdirSync(join(service.files.directory, 'orphans'))).toHaveLength(1);
    expect(await stateOf(service)).toBe('unknown missing');
  });

  test('of a deleted volume is removed', async () => {
    const service = await world.service();
    await service.create(ID, 1);
    await service.delete(ID);
    await service.files.create(ID, GIB);
    await reconcile(service);
    expect(await stateOf(service)).toBe(gone);
    expect(readdirSync(join(service.files.directory, 'orphans'))).toEqual([]);
  });
});

test('a directory that is not mounted loses no volume', async () => {
  const service = await world.service();
  await service.create(ID, 1);
  const away = `${service.files.directory}-away`;
  renameSync(service.files.directory, away);
  await expect(reconcile(service)).rejects.toMatchObject({ code: 'Storage.WrongDirectory' });
  expect(await service.describe([])).toMatchObject([{ status: 'available' }]);
  renameSync(away, service.files.directory);
});

test('a volume deleted long ago is forgotten', async () => {
  const service = await world.service();
  await service.create(ID, 1);
  await service.delete(ID);
  await service.pool.query(`update volume set changed_at = now() - interval '8 days'`);
  await reconcile(service);
  expect(await service.describe([ID])).toEqual([]);
});
