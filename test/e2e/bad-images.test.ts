import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DeregisterImageCommand, RegisterImageCommand, RunInstancesCommand } from '@aws-sdk/client-ec2';
import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { createHash, generateKeyPairSync, randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describeReal } from '@mallee/testing';
import { hostileBundle, honestImage, tarMember, type BundleLies } from './support/hostile-bundle.js';
import { BUCKET, failure, HostileCloud, type Everything } from './support/hostile-cloud.js';
import { hostileDocuments } from './support/hostile-xml.js';
import { ec2V4 } from './support/raw-http.js';
import { untilState } from './support/test-cloud.js';

const MIB = 1024 * 1024;

const digest = (algorithm: string, bytes: Buffer): string => createHash(algorithm).update(bytes).digest('hex');
const newKey = (): string =>
  generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

describeReal(
  { programs: ['qemu-system-x86_64', 'libvirtd', 'virsh', 'redis-server'] },
  'bad images through the public interface',
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

    const register = (location: string) =>
      hostile.cloud.ec2.send(new RegisterImageCommand({ ImageLocation: location, Name: randomUUID() }));

    describe('RegisterImage refuses', () => {
      const [location, part, signature, manifest] = [
        'Image.LocationInvalid',
        'Image.PartMissing',
        'Image.SignatureInvalid',
        'Image.ManifestInvalid',
      ];
      const rewrite = (from: string, to: string) => () => ({ rewrite: (text: string) => text.replace(from, to) });
      const documents = hostileDocuments('manifest').map(([what, document]): [string, () => BundleLies, string] => [
        `a manifest that is ${what}`,
        () => ({ rewrite: () => document }),
        manifest,
      ]);

      it.each<[string, () => BundleLies, string]>([
        ['a part in a folder above', () => ({ partName: '../other/x' }), location],
        ['a part in another bucket', () => ({ partName: 'other-bucket/x' }), location],
        ['a part that is a file', () => ({ partName: '/etc/passwd' }), location],
        ['a part that is a URL', () => ({ partName: 'http://127.0.0.1/x' }), location],
        ['a part that is missing', () => ({ partName: 'absent' }), part],
        ['a manifest without signature', () => ({ signingKey: null }), signature],
        ["a manifest with a stranger's signature", () => ({ signingKey: newKey() }), signature],
        ["a manifest with another user's signature", () => ({ signingKey: hostile.other.privateKey }), signature],
        ['a manifest changed after signing', rewrite('<size>4096', '<size>4095'), signature],
        ['a second, unsigned image element', rewrite('<manifest>', '<manifest><image></image>'), manifest],
        [
          'a key for another cloud',
          () => ({ cloudCertificate: hostile.bundler.certificate }),
          'Image.DecryptionFailed',
        ],
        ['a wrong size of all parts', () => ({ bundledSize: 5 }), 'Image.DigestMismatch'],
        ['an enormous image', () => ({ size: 10 ** 14 }), 'Image.TooLarge'],
        ...documents,
      ])('%s', async (_what, lies, typed) => {
        const uploaded = await hostile.upload(hostileBundle(hostile.bundler, 'refused', lies()));
        before = await hostile.everything();
        const error = await failure(register(uploaded));
        const code = typed === location ? 'InvalidAMIID.Unavailable' : 'InvalidManifest';
        expect(error).toMatchObject({ code, status: 400 });
        expect(error.message).toContain(typed);
        expect(await hostile.everything()).toEqual(before);
      });

      it.each([
        'http://169.254.169.254/latest/meta-data',
        'file:///etc/passwd',
        `${BUCKET}/../guest/guest-root.manifest.xml`,
        'absent-bucket/x.manifest.xml',
        `${BUCKET}/absent.manifest.xml`,
      ])('the location %s', async (uploaded) => {
        expect(await failure(register(uploaded))).toMatchObject({ code: 'InvalidAMIID.Unavailable', status: 400 });
        expect(await hostile.everything()).toEqual(before);
      });

      it("another account's image, though all of it is right", async () => {
        const parameters = { ImageLocation: await hostile.upload(hostileBundle(hostile.bundler, 'mine')) };
        before = await hostile.everything();
        const answer = await ec2V4(hostile.base, hostile.other, 'RegisterImage', { parameters });
        await hostile.expectRefused(answer, 'AuthFailure', 401, before);
      });
    });

    describe('RunInstances ends with a reason after', () => {
      const tar = (name: string, how = {}) => ({ archive: tarMember(name, honestImage, how) });
      const two = Buffer.concat([tarMember('a', honestImage, { trailing: 0 }), tarMember('b', honestImage)]);
      const remove = (key: string) => hostile.cloud.s3.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: key }));
      const replace = (key: string, content: Buffer) =>
        hostile.cloud.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: content }));
      const unsign = () => hostile.upload(hostileBundle(hostile.bundler, 'late', { signingKey: null }));
      const another = Buffer.from(honestImage).fill(1, 0, 100);
      const exchange = () =>
        hostile.upload(hostileBundle(hostile.bundler, 'late', { archive: tarMember('late', another) }));
      const [mismatch, archive] = ['Image.DigestMismatch', 'Image.ArchiveRefused'];

      const cases: [what: string, lies: () => BundleLies, code: string, meanwhile?: () => Promise<unknown>][] = [
        ['a part with another digest', () => ({ partDigest: '0'.repeat(40) }), mismatch],
        ['an archive with another digest', () => ({ digest: '0'.repeat(40) }), mismatch],
        ['an absolute path in the archive', () => tar('/etc/cron.d/x'), archive],
        ['a path upwards in the archive', () => tar('../../x'), archive],
        ['a symbolic link in the archive', () => tar('x', { type: '2', link: '/etc/passwd' }), archive],
        ['a hard link in the archive', () => tar('x', { type: '1', link: '/etc/passwd' }), archive],
        ['a device in the archive', () => tar('x', { type: '3' }), archive],
        ['two files in the archive', () => ({ archive: two }), archive],
        ['a file larger than the manifest says', () => ({ size: 100 }), 'Image.TooLarge'],
        ['a gzip bomb', () => tar('x', { trailing: 64 * MIB }), 'Image.TooLarge'],
        ['something that is not gzip', () => ({ gzip: Buffer.alloc(5000, 1) }), mismatch],
        ['a gzip stream cut off', () => ({ gzip: gzipSync(tarMember('x', honestImage)).subarray(0, 3000) }), mismatch],
        ['a part deleted after registration', () => ({}), 'Image.PartMissing', () => remove('late.part.1')],
        ['a part replaced', () => ({}), mismatch, () => replace('late.part.0', Buffer.alloc(1000))],
        ['the manifest deleted', () => ({}), 'Image.NotFound', () => remove('late.manifest.xml')],
        ['the manifest replaced by an unsigned one', () => ({}), 'Image.SignatureInvalid', unsign],
        ['all of it replaced by another image, rightly signed', () => ({}), 'Image.Changed', exchange],
      ];
      it.each(cases.map(([what, lies, code, meanwhile]) => ({ what, lies, code, meanwhile })))(
        '$what',
        async ({ lies, code, meanwhile }) => {
          const { cloud } = hostile;
          const bundle = hostileBundle(hostile.bundler, 'late', lies());
          const { ImageId } = await register(await hostile.upload(bundle));
          await meanwhile?.();
          const run = new RunInstancesCommand({ ImageId, MinCount: 1, MaxCount: 1 });
          const [launched] = (await cloud.ec2.send(run)).Instances!;
          const instance = await untilState(cloud, launched!.InstanceId!, ['running', 'terminated'], 60_000);
          expect([instance.State!.Name, instance.StateReason?.Code]).toEqual(['terminated', code]);
          expect(instance.StateReason?.Message).toBeTruthy();
          await cloud.ec2.send(new DeregisterImageCommand({ ImageId: ImageId! }));

          const after = await hostile.everything();
          const { domains, instanceDirectories, incomingImages, unfinishedObjects } = after;
          expect([domains, instanceDirectories, incomingImages, unfinishedObjects]).toEqual([[], [], [], []]);
          // Kernel and ramdisk, which are right, stay in both caches.
          const [manifest, image] = [
            digest('sha256', bundle.files.get(bundle.manifestName)!),
            digest('sha256', honestImage),
          ];
          expect(after.decryptedImages.filter((name) => name.startsWith(manifest))).toEqual([]);
          expect(after.decryptedImages.filter((name) => name.endsWith('.unfinished'))).toEqual([]);
          expect(after.nodeImages).not.toContain(image);
        },
        120_000,
      );
    });
  },
);
