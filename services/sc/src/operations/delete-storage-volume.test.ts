import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { peerCode, startTestController, type TestController } from '../test-support/controller.js';

let controller: TestController;
beforeAll(async () => {
  controller = await startTestController({ maxTotalGb: 1 });
}, 120_000);
afterAll(async () => controller.stop(), 60_000);

test('removes the file and gives the room back; again is no error; the id is not used again', async () => {
  const { client } = controller;
  const volumeId = 'vol-000000d1';
  await client.call('CreateStorageVolume', { volumeId, size: 1 });
  const full = client.call('CreateStorageVolume', { volumeId: 'vol-000000d2', size: 1 });
  expect(await peerCode(full)).toBe('Storage.NoSpace');
  expect(await client.call('DeleteStorageVolume', { volumeId })).toMatchObject({ return: true });
  expect(existsSync(join(controller.config.volumesDirectory, `${volumeId}.raw`))).toBe(false);
  expect(await client.call('DeleteStorageVolume', { volumeId })).toMatchObject({ return: true });
  expect(await peerCode(client.call('CreateStorageVolume', { volumeId, size: 1 }))).toBe('Storage.VolumeExists');
  await client.call('CreateStorageVolume', { volumeId: 'vol-000000d2', size: 1 });
});

test.each(['vol-99999999', '../../etc/passwd', ''])('an id that never was: %p', async (volumeId) => {
  const call = controller.client.call('DeleteStorageVolume', { volumeId });
  expect(await peerCode(call)).toBe('Storage.VolumeNotFound');
});
