import {
  DeregisterImageCommand,
  DescribeImagesCommand,
  RegisterImageCommand,
  type RegisterImageCommandInput,
  type EC2Client,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { MalleeError, type ErrorCode } from '@mallee/errors';
import { MalleeWalrus, type MalleeWalrusOperations } from '@mallee/wsdl-types';
import { registerComponent } from '../../components/registration.js';
import { startFakeComponent, type FakeComponent } from '../../test-support/fake-component.js';
import { startTestClc, type TestClc, type TestUser } from '../../test-support/test-clc.js';

let clc: TestClc;
let admin: EC2Client;
let user: TestUser;
let ec2: EC2Client;
let walrus: FakeComponent<MalleeWalrusOperations>;
const flushed: string[] = [];

function accept(kind: string, more: object = {}): void {
  walrus.handlers = {
    CheckImage: async () => ({
      return: true,
      kind,
      size: 1234,
      digest: 'ab',
      signature: 'cd',
      architecture: 'x86_64',
      ...more,
    }),
    FlushCachedImage: async ({ location }) => {
      flushed.push(location);
      return { return: true };
    },
  };
}

/** The SDK's type demands a name, EC2 itself does not. */
function registration(input: Partial<RegisterImageCommandInput>): RegisterImageCommand {
  return new RegisterImageCommand(input as RegisterImageCommandInput);
}

beforeAll(async () => {
  clc = await startTestClc();
  admin = clc.ec2();
  user = await clc.addUser('tenant');
  ec2 = clc.ec2(user);
  walrus = await startFakeComponent<MalleeWalrusOperations>({
    service: MalleeWalrus,
    name: 'walrus',
    cloudCertificate: clc.identity.certificatePem,
    logger: clc.logger,
  });
}, 60_000);

beforeEach(() => accept('machine'));

afterAll(async () => {
  await walrus?.stop();
  await clc?.stop();
});

test('without a Walrus the answer is Unavailable', async () => {
  await expect(ec2.send(registration({ ImageLocation: 'bkt/k' }))).rejects.toMatchObject({
    name: 'Unavailable',
  });
  await registerComponent(clc.pool, {
    type: 'walrus',
    name: 'walrus',
    partition: 'eucalyptus',
    host: '127.0.0.1',
    port: walrus.port,
    certificate: walrus.identity.certificatePem,
  });
});

describe('RegisterImage', () => {
  test('kernels and ramdisks by administrators only, machine images by everybody', async () => {
    accept('kernel');
    await expect(ec2.send(registration({ ImageLocation: 'bkt/vmlinuz.manifest.xml' }))).rejects.toMatchObject({
      name: 'UnauthorizedOperation',
      $metadata: { httpStatusCode: 403 },
    });
    const kernel = await admin.send(registration({ ImageLocation: 'bkt/vmlinuz.manifest.xml' }));
    expect(kernel.ImageId).toMatch(/^eki-[0-9A-F]{8}$/);
    accept('ramdisk');
    const ramdisk = await admin.send(registration({ ImageLocation: '/bkt/initrd.manifest.xml' }));
    expect(ramdisk.ImageId).toMatch(/^eri-/);
    accept('machine', { kernelId: kernel.ImageId, ramdiskId: '' });
    const machine = await ec2.send(
      registration({
        ImageLocation: 'bkt/tiny.manifest.xml',
        Name: 'tiny',
        RamdiskId: ramdisk.ImageId!.toLowerCase(),
        TagSpecifications: [{ ResourceType: 'image', Tags: [{ Key: 'os', Value: 'linux' }] }],
      }),
    );
    const found = await ec2.send(new DescribeImagesCommand({ ImageIds: [machine.ImageId!] }));
    expect(found.Images).toEqual([
      expect.objectContaining({
        ImageId: machine.ImageId,
        ImageLocation: 'bkt/tiny.manifest.xml',
        State: 'available',
        OwnerId: user.accountId,
        Public: true,
        ImageType: 'machine',
        KernelId: kernel.ImageId,
        RamdiskId: ramdisk.ImageId,
        Name: 'tiny',
        Tags: [{ Key: 'os', Value: 'linux' }],
        RootDeviceType: 'instance-store',
      }),
    ]);
  });

  test.each([
    ['Image.SignatureInvalid', 'InvalidManifest'],
    ['Image.DigestMismatch', 'InvalidManifest'],
    ['Image.PartMissing', 'InvalidManifest'],
    ['Image.ManifestInvalid', 'InvalidManifest'],
    ['Image.NotFound', 'InvalidAMIID.Unavailable'],
    ['AccessDenied', 'AuthFailure'],
  ] as [ErrorCode, string][])('%s of Walrus becomes %s with the typed reason', async (reason, code) => {
    walrus.handlers = {
      CheckImage: async () => {
        throw new MalleeError(reason, 'part 3 has another digest');
      },
    };
    await expect(ec2.send(registration({ ImageLocation: 'bkt/k.manifest.xml' }))).rejects.toMatchObject({
      name: code,
      message: `${reason}: part 3 has another digest`,
    });
  });

  test('wrong location, unknown kernel, a name taken', async () => {
    for (const ImageLocation of ['nokey', 'bkt/../../etc/passwd', 'bkt//k', '../bkt/k', 'bkt/']) {
      await expect(ec2.send(registration({ ImageLocation }))).rejects.toMatchObject({
        message: expect.stringContaining('Image.LocationInvalid'),
      });
    }
    await expect(ec2.send(registration({ ImageLocation: 'bkt/k', KernelId: 'eki-FFFFFFFF' }))).rejects.toMatchObject({
      name: 'InvalidAMIID.NotFound',
    });
    await expect(ec2.send(registration({ ImageLocation: 'bkt/k', Name: 'tiny' }))).rejects.toMatchObject({
      name: 'InvalidAMIName.Duplicate',
    });
  });
});

describe('DescribeImages and DeregisterImage', () => {
  test('owners, filters, unknown ids', async () => {
    const images = async (input: object) =>
      (await ec2.send(new DescribeImagesCommand(input))).Images!.map((one) => one.ImageType).sort();
    expect(await images({})).toEqual(['kernel', 'machine', 'ramdisk']);
    expect(await images({ Owners: ['self'] })).toEqual(['machine']);
    expect(await images({ Owners: ['eucalyptus'] })).toEqual(['kernel', 'ramdisk']);
    expect(await images({ Filters: [{ Name: 'image-type', Values: ['k*'] }] })).toEqual(['kernel']);
    await expect(images({ ImageIds: ['emi-FFFFFFFF'] })).rejects.toMatchObject({ name: 'InvalidAMIID.NotFound' });
    await expect(images({ ImageIds: ['what'] })).rejects.toMatchObject({ name: 'InvalidAMIID.Malformed' });
  });

  test('the owner deregisters, others may not; the cache is flushed', async () => {
    const [own] = (await ec2.send(new DescribeImagesCommand({ Owners: ['self'] }))).Images!;
    const [kernel] = (await ec2.send(new DescribeImagesCommand({ Owners: ['eucalyptus'] }))).Images!;
    await expect(ec2.send(new DeregisterImageCommand({ ImageId: kernel!.ImageId }))).rejects.toMatchObject({
      name: 'UnauthorizedOperation',
    });
    await ec2.send(new DeregisterImageCommand({ ImageId: own!.ImageId }));
    expect(flushed).toEqual(['bkt/tiny.manifest.xml']);
    await expect(ec2.send(new DeregisterImageCommand({ ImageId: own!.ImageId }))).rejects.toMatchObject({
      name: 'InvalidAMIID.Unavailable',
    });
    expect((await ec2.send(new DescribeImagesCommand({ Owners: ['self'] }))).Images).toEqual([]);
  });
});
