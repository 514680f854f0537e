import {
  CreateBucketCommand,
  DeleteObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { MalleeError } from '@mallee/errors';

/** One bucket that takes a bundle. */
export interface BundleTarget {
  readonly s3: S3Client;
  readonly bucket: string;
  /** Folder of the bundle with a slash at its end; may be empty. */
  readonly prefix: string;
}

/** As the original tools do: readable by whoever owns it, and by the image service. */
const ACL = 'aws-exec-read';

/** Makes the bucket unless it is there. Throws `AccessDenied` for one that is somebody else's, and what S3 says of a bad key. */
export async function ensureBucket({ s3, bucket }: BundleTarget): Promise<void> {
  try {
    await s3.send(new HeadBucketCommand({ Bucket: bucket }));
  } catch (error) {
    const status = statusOf(error);
    if (status === 403) {
      // The answer to HEAD has no text: whoever may list buckets has a key that is good.
      await s3.send(new ListBucketsCommand({}));
      throw new MalleeError('AccessDenied', `the bucket ${bucket} is somebody else's`, { cause: error });
    }
    if (status !== 404) throw error;
    await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  }
}

/** Throws `Image.AlreadyExists`: a manifest in the place of a registered one would break that image. */
export async function requireAbsent({ s3, bucket, prefix }: BundleTarget, manifestName: string): Promise<void> {
  try {
    await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: prefix + manifestName }));
  } catch (error) {
    if (statusOf(error) === 404) return;
    throw error;
  }
  throw new MalleeError('Image.AlreadyExists', `${bucket}/${prefix}${manifestName} is there already`);
}

export async function putFile({ s3, bucket, prefix }: BundleTarget, filename: string, content: Buffer): Promise<void> {
  const Body = content;
  await s3.send(
    new PutObjectCommand({ Bucket: bucket, Key: prefix + filename, Body, ACL, ContentLength: content.length }),
  );
}

export interface Removal {
  /** Files that are still there, because S3 refused or is away. */
  readonly stay: readonly string[];
  /** Why the first of them is. */
  readonly reason?: unknown;
}

/** Removes files of a bundle that is not to be, as many as can be. */
export async function removeFiles(
  { s3, bucket, prefix }: BundleTarget,
  filenames: readonly string[],
): Promise<Removal> {
  const stay: string[] = [];
  let reason: unknown;
  for (const [index, filename] of filenames.entries()) {
    try {
      await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: prefix + filename }));
    } catch (error) {
      reason ??= error;
      // Whoever does not answer now will not for the next one either, and each takes all its attempts.
      if ((statusOf(error) ?? 500) >= 500) return { stay: [...stay, ...filenames.slice(index)], reason };
      stay.push(filename);
    }
  }
  return { stay, reason };
}

/** Reads `BUCKET` or `BUCKET/FOLDER/`. */
export function targetOf(s3: S3Client, place: string): BundleTarget {
  const [bucket = '', ...folders] = place.replace(/\/+$/, '').split('/');
  return { s3, bucket, prefix: folders.map((folder) => `${folder}/`).join('') };
}

function statusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
}
