import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestController, type TestController } from '../test-support/controller.js';

let controller: TestController;
beforeAll(async () => {
  controller = await startTestController();
  for (const volumeId of ['vol-00000001', 'vol-00000002', 'vol-00000003']) {
    await controller.client.call('CreateStorageVolume', { volumeId, size: 1 });
  }
  await controller.client.call('DeleteStorageVolume', { volumeId: 'vol-00000003' });
}, 120_000);
afterAll(async () => controller.stop(), 60_000);

const idsAndStates = async (volumeIds: string[]): Promise<string[]> =>
  (await controller.client.call('DescribeStorageVolumes', { volumeIds })).volumes.map(
    ({ volumeId, status }) => `${volumeId} ${status}`,
  );

test('without ids: all that exist', async () => {
  expect(await idsAndStates([])).toEqual(['vol-00000001 available', 'vol-00000002 available']);
});

test('by id: also a deleted one, but not one that never was', async () => {
  expect(await idsAndStates(['vol-00000003', 'vol-00000002', 'vol-99999999'])).toEqual([
    'vol-00000002 available',
    'vol-00000003 deleted',
  ]);
});

test('tells size, time and file', async () => {
  const { volumes } = await controller.client.call('DescribeStorageVolumes', { volumeIds: ['vol-00000001'] });
  expect(volumes[0]).toMatchObject({
    size: 1,
    createTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    actualDeviceName: `${controller.config.volumesDirectory}/vol-00000001.raw`,
  });
});
