import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { peerCode, startTestController, type TestController } from '../test-support/controller.js';

let controller: TestController;
beforeAll(async () => {
  controller = await startTestController({ maxVolumeSizeGb: 4, maxTotalGb: 6 });
}, 120_000);
afterAll(async () => controller.stop(), 60_000);

test('makes a sparse file of exactly the size; the same call again finds it', async () => {
  const request = { volumeId: 'vol-00000001', size: 2 };
  const reply = await controller.client.call('CreateStorageVolume', request);
  expect(reply).toMatchObject({ volumeId: 'vol-00000001', size: 2, status: 'available', return: true });
  const file = statSync(join(controller.config.volumesDirectory, 'vol-00000001.raw'));
  expect(file.size).toBe(2 * 2 ** 30);
  expect(file.blocks).toBe(0);
  const again = await controller.client.call('CreateStorageVolume', request);
  expect(again.createTime).toBe(reply.createTime);
});

test('two calls at the same time make one volume', async () => {
  const request = { volumeId: 'vol-00000002', size: 1 };
  const replies = await Promise.all([1, 2, 3].map(() => controller.client.call('CreateStorageVolume', request)));
  expect(new Set(replies.map(({ createTime, status }) => `${createTime} ${status}`)).size).toBe(1);
});

test.each([
  ['another size of a volume that exists', { volumeId: 'vol-00000001', size: 1 }, 'Storage.VolumeExists'],
  ['more than a volume may have', { volumeId: 'vol-0000000a', size: 5 }, 'Storage.InvalidSize'],
  ['no size', { volumeId: 'vol-0000000a', size: 0 }, 'Storage.InvalidSize'],
  ['a negative size', { volumeId: 'vol-0000000a', size: -1 }, 'Storage.InvalidSize'],
  ['more than the quota of all volumes', { volumeId: 'vol-0000000a', size: 4 }, 'Storage.NoSpace'],
  ['an id that leads elsewhere', { volumeId: '../../x', size: 1 }, 'Wire.MalformedMessage'],
  ['a snapshot', { volumeId: 'vol-0000000a', size: 1, snapshotId: 'snap-00000001' }, 'Storage.SnapshotNotFound'],
])('refuses %s', async (_what, request, code) => {
  expect(await peerCode(controller.client.call('CreateStorageVolume', request))).toBe(code);
  const { volumes } = await controller.client.call('DescribeStorageVolumes', { volumeIds: [] });
  expect(volumes.map((volume) => volume.volumeId)).not.toContain('vol-0000000a');
});

test('only the cloud may call', async () => {
  const call = controller.stranger.call('CreateStorageVolume', { volumeId: 'vol-0000000b', size: 1 });
  expect(await peerCode(call)).toBe('Wire.UnknownCertificate');
});
