import { DeregisterImageCommand, DescribeImagesCommand } from '@aws-sdk/client-ec2';
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
} from '@aws-sdk/client-s3';
import { publishImage } from '@mallee/local-cloud';
import { demoStep, type DemoRun } from './demo-run.js';

const PREFIX = 'mallee-demo-';

export interface RegisteredImages {
  readonly kernel: string;
  readonly ramdisk: string;
  readonly machine: string;
}

/** Bundles, uploads and registers the tiny guest's three files, in a bucket of this run. */
export async function registerImages(run: DemoRun): Promise<RegisteredImages> {
  await removeEarlierRuns(run);
  const bucket = `${PREFIX}${run.id}`;
  await demoStep(run, 'bucket', `s3 mb s3://${bucket}`, () => run.s3.send(new CreateBucketCommand({ Bucket: bucket })));
  const publish = (kind: 'kernel' | 'ramdisk' | 'machine', source: string, more: object = {}): Promise<string> => {
    const name = `${bucket}-${kind}`;
    const command = `s3 cp ${name}.manifest.xml s3://${bucket}/ (and its parts); aws ec2 register-image --image-location ${bucket}/${name}.manifest.xml --name ${name}`;
    return demoStep(run, `${kind} image bundled, uploaded, registered`, command, async (update) => {
      const id = await publishImage(run.layout, run, { kind, source, bucket, name, ...more });
      update(id);
      return id;
    });
  };
  const kernel = await publish('kernel', run.guest.kernel);
  const ramdisk = await publish('ramdisk', run.guest.ramdisk);
  const machine = await publish('machine', run.guest.root, { kernelId: kernel, ramdiskId: ramdisk });
  return { kernel, ramdisk, machine };
}

/** A second demo must not fill the store: what earlier ones registered goes first. */
async function removeEarlierRuns(run: DemoRun): Promise<void> {
  const { Images } = await run.ec2.send(new DescribeImagesCommand({ Owners: ['self'] }));
  for (const image of Images ?? []) {
    if (image.Name?.startsWith(PREFIX)) await run.ec2.send(new DeregisterImageCommand({ ImageId: image.ImageId! }));
  }
  const { Buckets } = await run.s3.send(new ListBucketsCommand({}));
  for (const { Name } of Buckets ?? []) {
    if (Name === undefined || !Name.startsWith(PREFIX)) continue;
    const { Contents } = await run.s3.send(new ListObjectsV2Command({ Bucket: Name }));
    for (const { Key } of Contents ?? []) await run.s3.send(new DeleteObjectCommand({ Bucket: Name, Key: Key! }));
    await run.s3.send(new DeleteBucketCommand({ Bucket: Name }));
  }
}
