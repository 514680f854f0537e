import { DescribeImagesCommand, DeregisterImageCommand, RunInstancesCommand } from '@aws-sdk/client-ec2';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  ListObjectsV2Command,
  PutObjectAclCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { baseUrl, startDaemon } from '@mallee/local-cloud';
import { runCommand } from '@mallee/processes';
import { describeReal, scratchDirectory, type ScratchDirectory } from '@mallee/testing';
import { randomBytes } from 'node:crypto';
import {
  createReadStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeUser } from './support/cloud-users.js';
import { mallee, startMallee, type CliEnd } from './support/mallee-cli.js';
import {
  describe as describeInstance,
  killDaemon,
  startTestCloud,
  terminate,
  type TestCloud,
  untilConsole,
  untilState,
} from './support/test-cloud.js';

const MIB = 1024 * 1024;
const BUCKET = 'imported';

describeReal(
  { programs: ['qemu-system-x86_64', 'qemu-img', 'xz', 'gzip', 'libvirtd', 'virsh', 'redis-server'] },
  'mallee image with a cloud of five daemons',
  () => {
    let cloud: TestCloud;
    let scratch: ScratchDirectory;
    let server: Server;
    let url: string;
    const at = (...names: string[]): string => join(scratch.path, ...names);

    beforeAll(async () => {
      cloud = await startTestCloud();
      scratch = scratchDirectory();
      await cloud.s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
      mkdirSync(at('work'));
      await runCommand('qemu-img', ['convert', '-f', 'raw', '-O', 'qcow2', cloud.guest.root, at('guest.qcow2')]);
      await runCommand('cp', ['--sparse=always', cloud.guest.root, at('guest.img')]);
      await runCommand('xz', ['-k', '-0', '-T1', at('guest.img')]);
      server = createServer((request, response) => {
        if (request.url === '/guest.img.xz') createReadStream(at('guest.img.xz')).pipe(response);
        else if (request.url === '/slow') response.write('some');
        else response.writeHead(404).end();
      });
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
      url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    }, 300_000);
    afterAll(async () => {
      server?.closeAllConnections();
      server?.close();
      await cloud?.stop();
      scratch?.remove();
    }, 120_000);

    const state = (): string[] => ['--state', cloud.layout.stateDirectory];
    const start = (): string[] => ['--kernel', cloud.images.kernel, '--ramdisk', cloud.images.ramdisk];
    const imported = (source: string, ...more: string[]): string[] => [
      ...[
        'image',
        'import',
        source,
        '--bucket',
        BUCKET,
        '--work-directory',
        at('work'),
        ...start(),
        ...state(),
        ...more,
      ],
    ];
    const succeed = (end: CliEnd): string => {
      expect([end.code, end.code === 0 ? '' : end.stderr]).toEqual([0, '']);
      return end.stdout.trim();
    };
    const objects = async (): Promise<string[]> =>
      ((await cloud.s3.send(new ListObjectsV2Command({ Bucket: BUCKET }))).Contents ?? []).map(({ Key }) => Key!);
    const images = async (): Promise<string[]> =>
      (await cloud.ec2.send(new DescribeImagesCommand({}))).Images!.map(({ ImageId }) => ImageId!).sort();
    const run = async (ImageId: string): Promise<string> =>
      (await cloud.ec2.send(new RunInstancesCommand({ ImageId, MinCount: 1, MaxCount: 1, InstanceType: 'm1.small' })))
        .Instances![0]!.InstanceId!;
    const sameBytes = (one: string, other: string): boolean => readFileSync(one).equals(readFileSync(other));

    it('imports a qcow2 file, and a packed disk from a URL: instances of both reach userland', async () => {
      const [qcow2, packed] = [
        succeed(await mallee(imported(at('guest.qcow2'), '--name', 'from-qcow2', '--description', 'tiny'))),
        succeed(await mallee(imported(`${url}/guest.img.xz`))),
      ];
      expect([qcow2, packed]).toEqual([expect.stringMatching(/^[ae]mi-/), expect.stringMatching(/^[ae]mi-/)]);
      const { Images } = await cloud.ec2.send(new DescribeImagesCommand({ ImageIds: [qcow2, packed] }));
      const found = Images!.map(({ Name, State, ImageLocation }) => [Name, State, ImageLocation]).sort();
      expect(found).toEqual([
        ['from-qcow2', 'available', `${BUCKET}/from-qcow2.manifest.xml`],
        ['guest', 'available', `${BUCKET}/guest.manifest.xml`],
      ]);
      expect(readdirSync(at('work'))).toEqual([]);
      // Whether somebody may start it the CLC knows: nodes need no grant on the objects, and lose none.
      for (const Key of await objects()) {
        await cloud.s3.send(new PutObjectAclCommand({ Bucket: BUCKET, Key, ACL: 'private' }));
      }
      const ids = [await run(qcow2), await run(packed)];
      for (const id of ids) {
        expect((await untilState(cloud, id, ['running', 'terminated'])).StateReason).toBeUndefined();
        expect(await untilConsole(cloud, id, /MALLEE-GUEST ready/)).toContain(`instance-id=${id}`);
      }
      await terminate(cloud, ids);
    }, 900_000);

    it('bundles, uploads and registers in the classical steps; downloads and unbundles the same bytes', async () => {
      const directory = at('bundle');
      const bundled = ['image', 'bundle', at('guest.img'), '--name', 'classic', '--directory', directory, ...start()];
      const manifest = succeed(await mallee([...bundled, ...state()]));
      const location = succeed(await mallee(['image', 'upload', BUCKET, manifest, ...state()]));
      const id = succeed(await mallee(['image', 'register', location, '--name', 'classic', ...state()]));
      expect(await images()).toContain(id);
      const downloaded = succeed(
        await mallee(['image', 'download', location, '--directory', at('downloaded'), ...state()]),
      );
      expect(readdirSync(at('downloaded')).sort()).toEqual(readdirSync(directory).sort());
      succeed(await mallee(['image', 'unbundle', downloaded, '--output', at('unbundled'), ...state()]));
      expect(sameBytes(at('unbundled'), at('guest.img'))).toBe(true);
      await cloud.ec2.send(new DeregisterImageCommand({ ImageId: id }));
      succeed(await mallee(['image', 'delete', location, ...state()]));
      expect((await objects()).filter((key) => key.startsWith('classic'))).toEqual([]);
    }, 300_000);

    describe('refuses, and leaves nothing behind,', () => {
      const other = (): Record<string, string> => ({
        EC2_URL: baseUrl(cloud.layout, 'clc'),
        S3_URL: `${baseUrl(cloud.layout, 'clc')}/services/Walrus`,
      });
      const source = (name: string, make: (path: string) => unknown) => async () => {
        await make(at(name));
        return { args: imported(at(name)), variables: {} };
      };
      const good = (variables: () => Promise<Record<string, string>>) => async () => ({
        args: imported(at('guest.img'), '--name', 'refused'),
        variables: { ...other(), ...(await variables()) },
      });
      type Attempt = () => Promise<{ args: string[]; variables: Record<string, string> }>;

      it.each<[string, string, Attempt]>([
        [
          'a qcow2 file that was cut off',
          'Image.FormatRefused',
          source('cut.qcow2', (path) => {
            const whole = readFileSync(at('guest.qcow2'));
            writeFileSync(path, whole.subarray(0, whole.length - 2 * MIB));
          }),
        ],
        [
          'a qcow2 file that builds on a file of this machine',
          'Image.FormatRefused',
          source('backed.qcow2', (path) =>
            runCommand('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', '/etc/passwd', '-F', 'raw', path]),
          ),
        ],
        [
          'a small file that unpacks to more than is allowed',
          'Image.TooLarge',
          async () => {
            writeFileSync(at('bomb.img'), '');
            truncateSync(at('bomb.img'), 300 * MIB);
            await runCommand('gzip', ['-f', '-1', at('bomb.img')]);
            return { args: imported(at('bomb.img.gz'), '--max-size', '100M'), variables: {} };
          },
        ],
        [
          'a file that is nearly nothing but hole',
          'Image.TooLarge',
          source('hole.img', (path) => {
            writeFileSync(path, '');
            truncateSync(path, 1024 * 1024 * MIB);
          }),
        ],
        [
          'a URL with nothing behind it',
          'Image.DownloadFailed',
          async () => ({ args: imported(`${url}/none`), variables: {} }),
        ],
        [
          'an unknown access key',
          'InvalidAccessKeyId',
          good(async () => ({ AWS_ACCESS_KEY_ID: 'AKIANOBODY', AWS_SECRET_ACCESS_KEY: 'x'.repeat(40) })),
        ],
        [
          'a wrong secret key',
          'SignatureDoesNotMatch',
          good(async () => {
            const { accessKeyId } = await makeUser(cloud.layout, 'forgetful');
            return { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: 'x'.repeat(40) };
          }),
        ],
        [
          "somebody else's bucket",
          'AccessDenied',
          good(async () => {
            const { accessKeyId, secretAccessKey } = await makeUser(cloud.layout, 'stranger');
            return { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
          }),
        ],
      ])(
        '%s',
        async (_what, code, attempt) => {
          const before = [await images(), await objects()];
          const { args, variables } = await attempt();
          const end = await mallee(args, variables);
          expect([end.code, end.stdout]).toEqual([1, '']);
          expect(end.stderr).toContain(`mallee: ${code}: `);
          expect([await images(), await objects()]).toEqual(before);
          expect(readdirSync(at('work'))).toEqual([]);
        },
        120_000,
      );
    });

    it('leaves nothing in the work directory when it is ended', async () => {
      const running = startMallee(imported(`${url}/slow`));
      const downloads = (): string[] => readdirSync(at('work'), { recursive: true }).map(String);
      while (!downloads().some((name) => name.endsWith('/download'))) await sleep(50);
      running.process.kill('SIGTERM');
      expect((await running.end).code).toBe(143);
      expect(downloads()).toEqual([]);
    }, 120_000);

    describe('with an image of some parts', () => {
      let big: string;
      const parts = async (): Promise<string[]> => (await objects()).filter((key) => key.startsWith('big.part'));

      it('says what it left when Walrus goes away in the middle; the same import works when it is back', async () => {
        writeFileSync(at('big.img'), randomBytes(100 * MIB));
        const before = await images();
        const running = startMallee(imported(at('big.img'), '--force'));
        while ((await parts()).length < 2) await sleep(50);
        killDaemon(cloud, 'walrus');
        const { code, stdout, stderr } = await running.end;
        expect([code, stdout]).toEqual([1, '']);
        expect(stderr).toContain('mallee: ServiceUnavailable: ');
        expect(stderr).toMatch(/not taken back: \d+ files from big\.part\.00 /);
        await startDaemon(cloud.layout, 'walrus');
        expect([await images(), (await objects()).includes('big.manifest.xml')]).toEqual([before, false]);
        expect(readdirSync(at('work'))).toEqual([]);
        big = succeed(await mallee(imported(at('big.img'), '--force')));
      }, 300_000);

      it('tells the owner of an instance that a part was deleted while a node waited for the image', async () => {
        expect((await parts()).length).toBeGreaterThan(8);
        const last = (await parts()).at(-1)!;
        const unfinished = (): string[] => {
          const cache = join(cloud.layout.stateDirectory, 'walrus', 'image-cache');
          return existsSync(cache) ? readdirSync(cache).filter((name) => name.endsWith('.unfinished')) : [];
        };
        const id = await run(big);
        for (let i = 0; i < 600 && unfinished().length === 0; i++) await sleep(20);
        expect(unfinished()).toHaveLength(1);
        await cloud.s3.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: last }));
        const instance = await untilState(cloud, id, ['running', 'terminated']);
        expect([instance.State?.Name, instance.StateReason?.Code]).toEqual(['terminated', 'Image.PartMissing']);
        expect(instance.StateReason?.Message).toContain(last);
        expect(unfinished()).toEqual([]);
      }, 300_000);
    });

    it('lets an instance that was begun have its image, though that is deregistered meanwhile', async () => {
      const id = succeed(await mallee(imported(at('guest.qcow2'), '--name', 'brief')));
      const instance = await run(id);
      await cloud.ec2.send(new DeregisterImageCommand({ ImageId: id }));
      expect((await untilState(cloud, instance, ['running', 'terminated'])).StateReason).toBeUndefined();
      expect((await describeInstance(cloud, instance)).State?.Name).toBe('running');
      await terminate(cloud, [instance]);
      await expect(run(id)).rejects.toMatchObject({ name: 'InvalidAMIID.Unavailable' });
    }, 300_000);
  },
);
