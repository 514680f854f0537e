import { readFileSync } from 'node:fs';
import { RegisterImageCommand } from '@aws-sdk/client-ec2';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { bundleImage } from '@mallee/image-bundle';
import type { GuestImage } from '@mallee/guest-image';
import type { CloudClients } from './clients.js';
import { readCredentials } from './credentials.js';
import { keyFiles } from './keys.js';
import type { CloudLayout } from './layout.js';

export interface PublishedGuest {
  readonly bucket: string;
  readonly kernel: string;
  readonly ramdisk: string;
  readonly machine: string;
}

export interface ImageSource {
  readonly kind: 'kernel' | 'ramdisk' | 'machine';
  /** Path of the file. */
  readonly source: string;
  readonly bucket: string;
  readonly name: string;
  readonly kernelId?: string;
  readonly ramdiskId?: string;
}

/** Certificate that image keys are wrapped for; a cloud gives it to its users with their credentials. */
export function imageCertificate(layout: CloudLayout): string {
  return readFileSync(keyFiles(layout, 'image').certificate, 'utf8');
}

/** Bundles one file, uploads parts and manifest, registers it; gives the image id (emi-, eki-, eri-). */
export async function publishImage(layout: CloudLayout, clients: CloudClients, image: ImageSource): Promise<string> {
  const { accountId, certificate, privateKey } = readCredentials(layout);
  const { manifestName } = await bundleImage({
    source: image.source,
    kind: image.kind,
    name: image.name,
    accountId,
    userCertificatePem: certificate,
    userPrivateKeyPem: privateKey,
    cloudCertificatePem: imageCertificate(layout),
    ...(image.kernelId === undefined ? {} : { kernelId: image.kernelId }),
    ...(image.ramdiskId === undefined ? {} : { ramdiskId: image.ramdiskId }),
    output: async (filename, content) => {
      await clients.s3.send(new PutObjectCommand({ Bucket: image.bucket, Key: filename, Body: content }));
    },
  });
  const location = `${image.bucket}/${manifestName}`;
  const { ImageId } = await clients.ec2.send(new RegisterImageCommand({ ImageLocation: location, Name: image.name }));
  return ImageId!;
}

/** Makes a bucket and publishes kernel, ramdisk and root of the tiny guest in it. */
export async function publishGuest(
  layout: CloudLayout,
  clients: CloudClients,
  guest: GuestImage,
  name: string,
): Promise<PublishedGuest> {
  const bucket = name;
  await clients.s3.send(new CreateBucketCommand({ Bucket: bucket }));
  const kernel = await publishImage(layout, clients, {
    kind: 'kernel',
    source: guest.kernel,
    bucket,
    name: `${name}-kernel`,
  });
  const ramdisk = await publishImage(layout, clients, {
    kind: 'ramdisk',
    source: guest.ramdisk,
    bucket,
    name: `${name}-ramdisk`,
  });
  const machine = await publishImage(layout, clients, {
    kind: 'machine',
    source: guest.root,
    bucket,
    name: `${name}-root`,
    kernelId: kernel,
    ramdiskId: ramdisk,
  });
  return { bucket, kernel, ramdisk, machine };
}
