import { expect } from '@jest/globals';
import { DescribeImagesCommand, DescribeInstancesCommand } from '@aws-sdk/client-ec2';
import {
  CreateBucketCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import type { Credentials } from '@mallee/aws-signatures';
import { administrationOf, baseUrl, configurationCall, imageCertificate, readCredentials } from '@mallee/local-cloud';
import { parseXml, type XmlElement } from '@mallee/xml';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Bundler, HostileBundle } from './hostile-bundle.js';
import type { RawAnswer } from './raw-http.js';
import { domains, startTestCloud, type TestCloud } from './test-cloud.js';

export const BUCKET = 'hostile';

/** All that a refused request could have left behind. */
export interface Everything {
  readonly instances: readonly (string | undefined)[];
  readonly images: readonly (string | undefined)[];
  readonly objects: readonly (string | undefined)[];
  readonly uploads: readonly (string | undefined)[];
  readonly domains: readonly string[];
  /** Names of files and directories. */
  readonly unfinishedObjects: readonly string[];
  readonly decryptedImages: readonly string[];
  readonly instanceDirectories: readonly string[];
  readonly incomingImages: readonly string[];
  readonly nodeImages: readonly string[];
}

/** A test cloud with a bucket, the administrator's secrets, and an account of somebody else. */
export class HostileCloud {
  readonly cloud: TestCloud;
  /** URL of the CLC. */
  readonly base: string;
  readonly admin: Credentials;
  readonly bundler: Bundler;
  readonly other: Credentials & { readonly privateKey: string };

  private constructor(cloud: TestCloud, other: HostileCloud['other']) {
    const credentials = readCredentials(cloud.layout);
    this.cloud = cloud;
    this.base = baseUrl(cloud.layout, 'clc');
    this.admin = { accessKeyId: credentials.accessKeyId, secretKey: credentials.secretAccessKey };
    this.other = other;
    this.bundler = {
      ...credentials,
      cloudCertificate: imageCertificate(cloud.layout),
      kernelId: cloud.images.kernel,
      ramdiskId: cloud.images.ramdisk,
    };
  }

  static async start(): Promise<HostileCloud> {
    const cloud = await startTestCloud();
    try {
      await cloud.s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
      return new HostileCloud(cloud, await makeOther(cloud));
    } catch (error) {
      await cloud.stop();
      throw error;
    }
  }

  async everything(): Promise<Everything> {
    const { ec2, s3 } = this.cloud;
    const [instances, images, objects, uploads] = await Promise.all([
      ec2.send(new DescribeInstancesCommand({})),
      ec2.send(new DescribeImagesCommand({})),
      s3.send(new ListObjectsV2Command({ Bucket: BUCKET })),
      s3.send(new ListMultipartUploadsCommand({ Bucket: BUCKET })),
    ]);
    return {
      instances: instances.Reservations!.flatMap((one) => one.Instances!.map(({ InstanceId }) => InstanceId)).sort(),
      images: images.Images!.map(({ ImageId }) => ImageId).sort(),
      objects: (objects.Contents ?? []).map(({ Key }) => Key),
      uploads: (uploads.Uploads ?? []).map(({ Key }) => Key),
      domains: await domains(this.cloud),
      unfinishedObjects: this.files('walrus', 'objects', 'tmp'),
      decryptedImages: this.files('walrus', 'image-cache'),
      instanceDirectories: this.files('nc', 'instances'),
      incomingImages: this.files('nc', 'cache', 'incoming'),
      nodeImages: this.files('nc', 'cache', 'blobs'),
    };
  }

  /** The answer is exactly this refusal, and nothing is there that was not there before. */
  async expectRefused(answer: RawAnswer, code: string, status: number, before: Everything): Promise<void> {
    expect([answer.code, answer.status]).toEqual([code, status]);
    expect(await this.everything()).toEqual(before);
  }

  /** Puts manifest and parts into the bucket; gives the location of the manifest. */
  async upload(bundle: HostileBundle): Promise<string> {
    for (const [key, content] of bundle.files) {
      await this.cloud.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: content }));
    }
    return `${BUCKET}/${bundle.manifestName}`;
  }

  private files(...path: string[]): string[] {
    const directory = join(this.cloud.layout.stateDirectory, ...path);
    return existsSync(directory) ? readdirSync(directory).sort() : [];
  }
}

/** Code, HTTP status and message of the error of an SDK command. */
export async function failure(work: Promise<unknown>): Promise<{ code: string; status: number; message: string }> {
  const error = await work.then(
    () => new Error('no error'),
    (cause: unknown) => cause as Error & { $metadata?: { httpStatusCode?: number } },
  );
  const status = '$metadata' in error ? (error.$metadata?.httpStatusCode ?? 0) : 0;
  return { code: error.name, status, message: error.message };
}

async function makeOther({ layout }: TestCloud): Promise<HostileCloud['other']> {
  const user = { AccountName: 'other', UserName: 'eve' };
  const administration = administrationOf(layout);
  const call = async (action: string, parameters: Record<string, string>) =>
    parseXml(await configurationCall(administration, action, parameters));
  await call('CreateAccount', { AccountName: user.AccountName });
  await call('CreateUser', user);
  const key = await call('CreateAccessKey', user);
  const certificate = await call('CreateSigningCertificate', user);
  return {
    accessKeyId: textIn(key, 'accessKeyId'),
    secretKey: textIn(key, 'secretAccessKey'),
    privateKey: textIn(certificate, 'privateKey'),
  };
}

function textIn(element: XmlElement, name: string): string {
  if (element.local === name) return element.text;
  return element.children.map((child) => textIn(child, name)).find((text) => text !== '') ?? '';
}
