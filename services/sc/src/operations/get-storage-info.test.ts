import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestController, type TestController } from '../test-support/controller.js';

let controller: TestController;
beforeAll(async () => {
  controller = await startTestController({ maxVolumeSizeGb: 7 });
}, 120_000);
afterAll(async () => controller.stop(), 60_000);

test('tells the room, the limit and what the file system can do', async () => {
  await controller.client.call('CreateStorageVolume', { volumeId: 'vol-00000001', size: 1 });
  const info = await controller.client.call('GetStorageInfo', {});
  expect(info).toMatchObject({ volumes: 1, maxVolumeSizeGb: 7, reflink: expect.any(Boolean) });
  expect(info.availableBytes).toBeGreaterThan(0);
  expect(info.totalBytes).toBeGreaterThanOrEqual(info.availableBytes);
  expect(readdirSync(controller.config.volumesDirectory).sort()).toEqual([
    '.storage-id',
    'orphans',
    'vol-00000001.raw',
  ]);
});

test('the daemon is ready while its directory is there', async () => {
  const ready = await fetch(`${controller.url}/readyz`);
  expect([ready.status, await ready.json()]).toMatchObject([200, { checks: [{ ok: true }, { ok: true }] }]);
});

test('the WSDL is served', async () => {
  const text = await (await fetch(`${controller.url}/services/Storage?wsdl`)).text();
  expect(text).toContain('<definitions name="MalleeStorage"');
});
