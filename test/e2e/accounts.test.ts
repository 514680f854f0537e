import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadBucketCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startDaemon } from '@mallee/local-cloud';
import { describeReal } from '@mallee/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { administer, type CloudUser, makeKey, makeUser, s3Of } from './support/cloud-users.js';
import { failure } from './support/hostile-cloud.js';
import { killDaemon, startTestCloud, type TestCloud } from './support/test-cloud.js';

/** What the documentation promises, and what a busy machine may add to a request. */
const REVOKED_WITHIN_MS = 10_000;
const SLACK_MS = 2_000;

const unknownKey = { code: 'InvalidAccessKeyId', status: 403 };
const cannotTell = { code: 'ServiceUnavailable', status: 503 };

describeReal(
  { programs: ['qemu-system-x86_64', 'libvirtd', 'virsh', 'redis-server'] },
  'users of the CLC at Walrus',
  () => {
    let cloud: TestCloud;
    const clients: S3Client[] = [];
    beforeAll(async () => {
      cloud = await startTestCloud();
    }, 300_000);
    afterAll(async () => {
      for (const client of clients) client.destroy();
      await cloud?.stop();
    }, 120_000);

    const clientOf = (key: Pick<CloudUser, 'accessKeyId' | 'secretAccessKey'>): S3Client => {
      const client = s3Of(cloud.layout, key);
      clients.push(client);
      return client;
    };
    /** A user with a bucket of the account's name, who Walrus has seen. */
    const known = async (account: string): Promise<{ user: CloudUser; s3: S3Client }> => {
      const user = await makeUser(cloud.layout, account);
      const s3 = clientOf(user);
      await s3.send(new CreateBucketCommand({ Bucket: account }));
      await s3.send(new PutObjectCommand({ Bucket: account, Key: 'k', Body: account }));
      return { user, s3 };
    };
    const read = async (s3: S3Client, Bucket: string): Promise<string> =>
      await (await s3.send(new GetObjectCommand({ Bucket, Key: 'k' }))).Body!.transformToString();
    /** Reads until it is refused; how long after `since` the last read began that was not. */
    const servedFor = async (s3: S3Client, bucket: string, since: number): Promise<number> => {
      for (let last = since; ;) {
        const began = Date.now();
        const { code, status, message } = await failure(read(s3, bucket));
        if (message !== 'no error') {
          expect({ code, status }).toEqual(unknownKey);
          return last - since;
        }
        last = began;
        await sleep(100);
      }
    };
    const remove = ({ accessKeyId }: Pick<CloudUser, 'accessKeyId'>) =>
      administer(cloud.layout, 'DeleteAccessKey', { AccessKeyId: accessKeyId });
    const enable = ({ account, name }: CloudUser, enabled: boolean) =>
      administer(cloud.layout, 'UpdateUser', { AccountName: account, UserName: name, Enabled: String(enabled) });

    it('are served at once, with each of their keys', async () => {
      const { user, s3 } = await known('prompt');
      expect(await read(s3, 'prompt')).toBe('prompt');
      expect(await read(clientOf(await makeKey(cloud.layout, user)), 'prompt')).toBe('prompt');
      const wrong = clientOf({ ...user, secretAccessKey: `${user.secretAccessKey}x` });
      expect(await failure(read(wrong, 'prompt'))).toMatchObject({ code: 'SignatureDoesNotMatch', status: 403 });
    }, 60_000);

    it('are refused within 10 seconds once their key is deleted or they are disabled', async () => {
      const [gone, off] = await Promise.all([known('deleted'), known('disabled')]);
      const since = Date.now();
      await Promise.all([remove(gone.user), enable(off.user, false)]);
      const served = await Promise.all([servedFor(gone.s3, 'deleted', since), servedFor(off.s3, 'disabled', since)]);
      for (const ms of served) expect(ms).toBeLessThan(REVOKED_WITHIN_MS + SLACK_MS);
      await enable(off.user, true);
      await sleep(2_500); // an absence is believed for two seconds
      expect(await read(off.s3, 'disabled')).toBe('disabled');
    }, 120_000);

    it('are served while the CLC hangs, and wait for it once at most', async () => {
      const { s3 } = await known('patient');
      const unseen = clientOf(await makeUser(cloud.layout, 'hanging'));
      const create = () => unseen.send(new CreateBucketCommand({ Bucket: 'hanging' }));
      killDaemon(cloud, 'clc', 'SIGSTOP');
      try {
        const stopped = Date.now();
        expect(await failure(create())).toMatchObject(cannotTell);
        await sleep(stopped + REVOKED_WITHIN_MS - Date.now()); // now it is asked before the answer
        const began = Date.now();
        for (let i = 0; i < 10; i++) expect(await read(s3, 'patient')).toBe('patient');
        expect(Date.now() - began).toBeLessThan(15_000); // one question ends after 5 seconds
      } finally {
        killDaemon(cloud, 'clc', 'SIGCONT');
      }
      // For 5 seconds nobody asks a CLC that has not answered.
      for (let i = 0; i < 20 && (await failure(create())).status === 503; i++) await sleep(500);
      await unseen.send(new HeadBucketCommand({ Bucket: 'hanging' }));
    }, 120_000);

    it('are served while the CLC is away and told from strangers when it is back, through restarts of Walrus', async () => {
      const [loyal, traitor, sleeper] = await Promise.all([known('loyal'), known('traitor'), known('sleeper')]);
      const unseen = await makeUser(cloud.layout, 'unseen');
      const unseenS3 = clientOf(unseen);
      await remove(traitor.user);
      killDaemon(cloud, 'clc');

      for (let i = 0; i < 5; i++) expect(await read(loyal.s3, 'loyal')).toBe('loyal');
      // Neither "there is no such key" nor an answer that clients take for the end of it.
      expect(await failure(unseenS3.send(new CreateBucketCommand({ Bucket: 'unseen' })))).toMatchObject(cannotTell);
      const wrong = clientOf({ ...loyal.user, secretAccessKey: 'wrong' });
      expect(await failure(read(wrong, 'loyal'))).toMatchObject({ code: 'SignatureDoesNotMatch', status: 403 });

      killDaemon(cloud, 'walrus');
      await startDaemon(cloud.layout, 'walrus');
      expect(await read(loyal.s3, 'loyal')).toBe('loyal');
      await loyal.s3.send(new PutObjectCommand({ Bucket: 'loyal', Key: 'new', Body: 'x' }));
      expect(await failure(read(unseenS3, 'loyal'))).toMatchObject(cannotTell);

      const back = Date.now();
      await startDaemon(cloud.layout, 'clc');
      expect(await servedFor(traitor.s3, 'traitor', back)).toBeLessThan(2 * REVOKED_WITHIN_MS + SLACK_MS);
      await unseenS3.send(new CreateBucketCommand({ Bucket: 'unseen' }));
      expect(await read(loyal.s3, 'loyal')).toBe('loyal');

      killDaemon(cloud, 'walrus');
      await remove(sleeper.user);
      await startDaemon(cloud.layout, 'walrus');
      expect(await failure(read(sleeper.s3, 'sleeper'))).toMatchObject(unknownKey);
      expect(await read(loyal.s3, 'loyal')).toBe('loyal');
    }, 240_000);
  },
);
