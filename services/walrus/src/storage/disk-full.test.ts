import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeReal, scratchDirectory } from '@mallee/testing';
import { filesBelow, sendSigned, startFixture, type Fixture } from '../test-support/fixture.js';

describeReal({ root: true, programs: ['mount', 'umount'] }, 'a full disk', () => {
  const scratch = scratchDirectory();
  const mountPoint = join(scratch.path, 'small');
  let walrus: Fixture;

  beforeAll(async () => {
    mkdirSync(mountPoint);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'mallee-test', mountPoint]);
    walrus = await startFixture({ objectsDirectory: mountPoint });
    await sendSigned(walrus.port, { method: 'PUT', target: '/full' });
  }, 120_000);
  afterAll(async () => {
    await walrus?.stop();
    execFileSync('umount', [mountPoint]);
    scratch.remove();
  }, 60_000);

  const put = (key: string, bytes: number): ReturnType<typeof sendSigned> =>
    sendSigned(walrus.port, { method: 'PUT', target: `/full/${key}`, body: Buffer.alloc(bytes, 'x') });

  it('is an S3 error, keeps what was there and leaves nothing behind', async () => {
    expect((await put('kept', 300_000)).status).toBe(200);
    const reply = await put('kept', 900_000);
    expect([reply.status, reply.code]).toEqual([507, 'InvalidStorage.DiskFull']);
    expect(filesBelow(mountPoint)).toHaveLength(1);
    expect((await sendSigned(walrus.port, { target: '/full/kept' })).body.length).toBe(300_000);
    expect((await put('after', 400_000)).status).toBe(200);
  });

  it('refuses a part as well, serves meanwhile, and heals when something is deleted', async () => {
    const started = await sendSigned(walrus.port, { method: 'POST', target: '/full/parts?uploads=' });
    const uploadId = /<UploadId>(.*)<\/UploadId>/.exec(started.body.toString())![1]!;
    const part = {
      method: 'PUT',
      target: `/full/parts?partNumber=1&uploadId=${uploadId}`,
      body: Buffer.alloc(600_000),
    };
    const refused = await sendSigned(walrus.port, part);
    expect([refused.status, refused.code]).toEqual([507, 'InvalidStorage.DiskFull']);
    expect((await sendSigned(walrus.port, { target: '/full/after' })).body.length).toBe(400_000);
    expect((await sendSigned(walrus.port, { method: 'DELETE', target: '/full/after' })).status).toBe(204);
    await walrus.janitor.sweep();
    expect((await sendSigned(walrus.port, part)).status).toBe(200);
    expect(filesBelow(mountPoint)).toHaveLength(2);
  });
});
