import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { RunInstancesCommand, type RunInstancesCommandInput } from '@aws-sdk/client-ec2';
import { CreateMultipartUploadCommand } from '@aws-sdk/client-s3';
import { readCredentials } from '@mallee/local-cloud';
import { describeReal } from '@mallee/testing';
import { relative } from 'node:path';
import { BUCKET, failure, HostileCloud, type Everything } from './support/hostile-cloud.js';
import { hostileDocuments } from './support/hostile-xml.js';
import { internalEndpoints } from './support/internal-endpoints.js';
import { readableByOthers } from './support/readable-by-others.js';
import {
  ec2V2,
  ec2V2Expires,
  ec2V4,
  s3Presigned,
  s3V4,
  send,
  type QueryWishes,
  type RawAnswer,
} from './support/raw-http.js';
import { carriedOutUnsigned } from './support/unsigned-operations.js';

const S3 = '/services/Walrus';
const HOUR = 3_600_000;
const MIB = 1024 * 1024;

const late = (): Date => new Date(Date.now() - HOUR);
const early = (): Date => new Date(Date.now() + HOUR);

describeReal(
  { programs: ['qemu-system-x86_64', 'libvirtd', 'virsh', 'redis-server'] },
  'bad input through the public interface',
  () => {
    let hostile: HostileCloud;
    let before: Everything;

    beforeAll(async () => {
      hostile = await HostileCloud.start();
    }, 300_000);
    afterAll(() => hostile?.cloud.stop(), 120_000);
    beforeEach(async () => {
      before = await hostile.everything();
    });

    describe('EC2', () => {
      const stranger = () => ({ accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretKey: 'x'.repeat(40) });
      const wrongSecret = () => ({ ...hostile.admin, secretKey: 'y'.repeat(40) });
      const admin = () => hostile.admin;
      const more = (form: URLSearchParams): void => form.set('MaxCount', '9');
      const prolong = (form: URLSearchParams): void => form.set('Expires', '2099-01-01T00:00:00Z');

      type Case = [what: string, who: () => typeof hostile.admin, wishes: QueryWishes, code: string, status: number];
      const cases: Case[] = [
        ['an unknown key', stranger, {}, 'InvalidClientTokenId', 403],
        ['a wrong secret', wrongSecret, {}, 'SignatureDoesNotMatch', 403],
        ['a change after signing', admin, { tamper: more }, 'SignatureDoesNotMatch', 403],
        ['an old date', admin, { now: late() }, 'RequestExpired', 400],
        ['a date in the future', admin, { now: early() }, 'RequestExpired', 400],
        ['a date prolonged after signing', admin, { now: late(), tamper: prolong }, 'SignatureDoesNotMatch', 403],
        [
          'user data above 16 KiB',
          admin,
          { parameters: { UserData: 'A'.repeat(22_000) } },
          'InvalidParameterValue',
          400,
        ],
        ['a form above 1 MiB', admin, { parameters: { UserData: 'A'.repeat(MIB) } }, 'RequestEntityTooLarge', 413],
      ];
      describe.each([
        ['V2', ec2V2],
        ['V4', ec2V4],
      ] as const)('RunInstances with signature %s', (_version, query) => {
        it.each(cases)('%s', async (_what, who, wishes, code, status) => {
          const parameters = {
            ImageId: hostile.cloud.images.machine,
            MinCount: '1',
            MaxCount: '1',
            ...wishes.parameters,
          };
          const answer = await query(hostile.base, who(), 'RunInstances', { ...wishes, parameters });
          await hostile.expectRefused(answer, code, status, before);
        });

        it.each([
          ['LaunchMissiles', 'InvalidAction'],
          ['__proto__', 'InvalidAction'],
          ['', 'MissingParameter'],
        ])('the action %p instead', async (action, code) => {
          await hostile.expectRefused(await query(hostile.base, admin(), action), code, 400, before);
        });
      });

      it('an Expires that has passed (V2)', async () => {
        const parameters = { Action: 'DescribeInstances', Version: '2014-06-15', Expires: late().toISOString() };
        const answer = await ec2V2Expires(hostile.base, admin(), parameters);
        await hostile.expectRefused(answer, 'RequestExpired', 400, before);
      });

      it('no signature', async () => {
        const image = hostile.cloud.images.machine;
        const form = `Action=RunInstances&Version=2014-06-15&ImageId=${image}&MinCount=1&MaxCount=1`;
        const answer = await send(`${hostile.base}/?${form}`, { method: 'GET' });
        await hostile.expectRefused(answer, 'MissingAuthenticationToken', 403, before);
      });

      it.each<[string, Partial<RunInstancesCommandInput>, string]>([
        ['image', { ImageId: 'emi-00000000' }, 'InvalidAMIID.NotFound'],
        ['image that is a path', { ImageId: '../../etc' }, 'InvalidAMIID.Malformed'],
        ['kernel', { KernelId: 'eki-00000000' }, 'InvalidAMIID.NotFound'],
        ['key', { KeyName: 'nobody' }, 'InvalidKeyPair.NotFound'],
        ['group', { SecurityGroups: ['nowhere'] }, 'InvalidGroup.NotFound'],
        ['group id', { SecurityGroupIds: ['sg-00000000'] }, 'InvalidGroup.NotFound'],
        ['type', { InstanceType: 'x9.huge' as 'm1.small' }, 'InvalidParameterValue'],
        ['zone', { Placement: { AvailabilityZone: 'elsewhere' } }, 'InvalidZone.NotFound'],
      ])('RunInstances with an unknown %s', async (_what, wrong, code) => {
        const { ec2, images } = hostile.cloud;
        const input = { ImageId: images.machine, MinCount: 1, MaxCount: 1, ...wrong };
        expect(await failure(ec2.send(new RunInstancesCommand(input)))).toMatchObject({ code, status: 400 });
        expect(await hostile.everything()).toEqual(before);
      });
    });

    describe('S3', () => {
      const object = `${S3}/${BUCKET}/x`;
      const put = { method: 'PUT', body: 'x' };
      const multiDelete = (body: string): Promise<RawAnswer> =>
        s3V4(hostile.base, hostile.admin, `${S3}/${BUCKET}?delete=`, { body });

      it.each<[string, () => Promise<RawAnswer>, string, number]>([
        ['no signature', () => send(hostile.base + object, put), 'AccessDenied', 403],
        [
          'a wrong secret',
          () => s3V4(hostile.base, { ...hostile.admin, secretKey: 'y'.repeat(40) }, object, put),
          'SignatureDoesNotMatch',
          403,
        ],
        ["somebody else's bucket", () => s3V4(hostile.base, hostile.other, object, put), 'AccessDenied', 403],
        [
          'an old date',
          () => s3V4(hostile.base, hostile.admin, object, { ...put, now: late() }),
          'RequestTimeTooSkewed',
          403,
        ],
        [
          'an expired presigned URL',
          () => s3Presigned(hostile.base, hostile.admin, object, late()),
          'AccessDenied',
          403,
        ],
        [
          'another body than was signed',
          () => s3V4(hostile.base, hostile.admin, object, { ...put, sent: 'y' }),
          'XAmzContentSHA256Mismatch',
          400,
        ],
        [
          'a bucket that is a path',
          () => s3V4(hostile.base, hostile.admin, `${S3}/..%2Fother`, { method: 'PUT' }),
          'InvalidBucketName',
          400,
        ],
        ['a document above 2 MiB', () => multiDelete('x'.repeat(2 * MIB + 1)), 'MaxMessageLengthExceeded', 400],
      ])('%s', async (_what, ask, code, status) => hostile.expectRefused(await ask(), code, status, before));

      it('a key that climbs is a key and no path', async () => {
        const target = `${S3}/${BUCKET}/..%2F..%2F..%2Fadmin-credentials.json`;
        const ask = (method: string, body = '') => s3V4(hostile.base, hostile.admin, target, { method, body });
        expect((await ask('GET')).code).toBe('NoSuchKey');
        expect((await ask('PUT', 'mine')).status).toBe(200);
        expect((await ask('GET')).text).toBe('mine');
        expect(readCredentials(hostile.cloud.layout).accessKeyId).toBe(hostile.admin.accessKeyId);
        expect((await ask('DELETE')).status).toBe(204);
        expect(await hostile.everything()).toEqual(before);
      });

      it.each(hostileDocuments('Delete'))('multi-delete: %s', async (_what, document) => {
        await hostile.expectRefused(await multiDelete(document), 'MalformedXML', 400, before);
      });

      // An empty body is a right one here.
      it.each(hostileDocuments('CreateBucketConfiguration').filter(([what]) => what !== 'empty'))(
        'create bucket: %s',
        async (_what, body) => {
          const bucket = `${S3}/never-made`;
          const answer = await s3V4(hostile.base, hostile.admin, bucket, { method: 'PUT', body });
          await hostile.expectRefused(answer, 'MalformedXML', 400, before);
          const { code } = await s3V4(hostile.base, hostile.admin, bucket, { method: 'GET' });
          expect(code).toBe('NoSuchBucket');
        },
      );

      it('complete multipart upload: each of them, and the upload stays open', async () => {
        const upload = { Bucket: BUCKET, Key: 'never-complete' };
        const { UploadId } = await hostile.cloud.s3.send(new CreateMultipartUploadCommand(upload));
        before = await hostile.everything();
        for (const [, body] of hostileDocuments('CompleteMultipartUpload')) {
          const target = `${S3}/${BUCKET}/${upload.Key}?uploadId=${UploadId}`;
          const answer = await s3V4(hostile.base, hostile.admin, target, { body });
          await hostile.expectRefused(answer, 'MalformedXML', 400, before);
        }
      });
    });

    it('shows other users of the machine nothing that is kept in the state directory', () => {
      const { stateDirectory } = hostile.cloud.layout;
      // What `up` decided; no secret, and told by the ports of the machine anyway.
      expect(readableByOthers(stateDirectory).map((file) => relative(stateDirectory, file))).toEqual(['cloud.json']);
    });

    it.each(['clc', 'cc', 'nc', 'sc', 'walrus'] as const)(
      'no operation of any interface is carried out by %s without a signature, but GetKeys by the cc',
      async (daemon) => {
        const expected = daemon === 'cc' ? ['EucalyptusGL GetKeys'] : [];
        expect(await carriedOutUnsigned(hostile.cloud, daemon)).toEqual(expected);
        expect(await hostile.everything()).toEqual(before);
      },
      120_000,
    );

    describe.each(internalEndpoints)('the internal endpoint $name', (endpoint) => {
      it.each(['unsigned', 'a stranger', 'a user of the cloud', 'another component'] as const)(
        'refuses %s with a fault and counts it',
        async (who) => {
          const counted = await endpoint.refusals(hostile.cloud);
          const { status, code } = await endpoint.attempt(hostile.cloud, who);
          expect([status, code]).toEqual([500, who === 'unsigned' ? 'Wire.NotSigned' : 'Wire.UnknownCertificate']);
          expect(await endpoint.refusals(hostile.cloud)).toBe(counted + 1);
          expect(await hostile.everything()).toEqual(before);
        },
      );

      it.each(hostileDocuments('Envelope').concat([['larger than 1 MiB', 'x'.repeat(MIB + 1)]]))(
        'refuses %s',
        async (_what, document) => {
          const counted = await endpoint.refusals(hostile.cloud);
          const { status, code, text } = await endpoint.post(hostile.cloud, document);
          expect(status).toBe(500);
          expect(code).toMatch(/^Wire\.(MalformedXml|LimitExceeded)$/);
          expect(text).toContain('Fault');
          expect(text).not.toContain('root:');
          expect(await endpoint.refusals(hostile.cloud)).toBe(counted + 1);
        },
      );
    });
  },
);
