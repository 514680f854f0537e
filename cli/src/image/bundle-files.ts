import { createReadStream, createWriteStream } from 'node:fs';
import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { GetObjectCommand, type GetObjectCommandOutput } from '@aws-sdk/client-s3';
import { MalleeError } from '@mallee/errors';
import { MAX_MANIFEST_BYTES, parseManifest, recoverKeyOfHolder, unbundle, type Manifest } from '@mallee/image-bundle';
import { progressText } from './local-source.js';
import { cloudCall } from './sdk-errors.js';
import { putFile, removeFiles, type BundleTarget } from './upload-bundle.js';

/** Reads a manifest from a file; what it says is not verified. Throws `Command.Invalid`, `Image.ManifestInvalid`. */
export async function readManifestFile(path: string): Promise<{ bytes: Buffer; manifest: Manifest }> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new MalleeError('Command.Invalid', `cannot read ${path}`, { cause });
  });
  if (found.size > MAX_MANIFEST_BYTES) throw new MalleeError('Image.ManifestInvalid', `${path} is no manifest`);
  const bytes = await readFile(path);
  return { bytes, manifest: parseManifest(bytes) };
}

/** Uploads the parts beside a manifest, and then the manifest. */
export async function uploadBundle(
  target: BundleTarget,
  manifestFile: string,
  manifestName: string,
  onProgress: (text: string) => void,
): Promise<void> {
  const { bytes, manifest } = await readManifestFile(manifestFile);
  for (const [index, { filename }] of manifest.parts.entries()) {
    onProgress(`part ${index + 1} of ${manifest.parts.length}`);
    await cloudCall(putFile(target, filename, await readFile(join(dirname(manifestFile), filename))));
  }
  await cloudCall(putFile(target, manifestName, bytes));
}

/** Fetches manifest and parts into a folder. Gives the path of the manifest, which is written last. */
export async function downloadBundle(
  target: BundleTarget,
  manifestName: string,
  directory: string,
  onProgress: (text: string) => void,
): Promise<string> {
  const bytes = await fetchSmall(target, manifestName);
  const { parts } = parseManifest(bytes);
  for (const [index, { filename }] of parts.entries()) {
    onProgress(`part ${index + 1} of ${parts.length}`);
    await fetchTo(target, filename, join(directory, filename));
  }
  const path = join(directory, manifestName);
  const file = await open(path, 'w');
  try {
    await file.writeFile(bytes);
  } finally {
    await file.close();
  }
  return path;
}

/** Deletes what a manifest names, and the manifest. */
export async function deleteBundle(target: BundleTarget, manifestName: string): Promise<number> {
  const { parts } = parseManifest(await fetchSmall(target, manifestName));
  // The manifest goes first: an image without some of its parts is worse than parts without an image.
  const { stay, reason } = await removeFiles(target, [manifestName, ...parts.map(({ filename }) => filename)]);
  if (stay.length > 0) await cloudCall(Promise.reject(reason as Error));
  return parts.length;
}

/** Decrypts and unpacks a bundle into the new file `output`. Every digest and size is checked before the file has its name. */
export async function unbundleFile(
  {
    manifestFile,
    directory,
    privateKeyPem,
    output,
    maxBytes,
  }: {
    manifestFile: string;
    /** Where the parts are. */
    directory: string;
    privateKeyPem: string;
    output: string;
    maxBytes: number;
  },
  onProgress: (text: string) => void,
): Promise<number> {
  const { manifest } = await readManifestFile(manifestFile);
  const image = unbundle({
    manifest,
    key: recoverKeyOfHolder(manifest, privateKeyPem),
    openPart: async (_index, filename) => {
      const path = join(directory, filename);
      const file = await open(path, 'r').catch((cause: unknown) => {
        throw new MalleeError('Image.PartMissing', `cannot read ${path}`, { cause });
      });
      return createReadStream('', { fd: file });
    },
    maxImageBytes: maxBytes,
  });
  let bytes = 0;
  image.on('data', (chunk: Buffer) => onProgress(progressText((bytes += chunk.length), manifest.size)));
  const draft = `${output}.part`;
  try {
    await pipeline(image, createWriteStream(draft, { flags: 'wx' }));
    await rename(draft, output);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') await rm(draft, { force: true });
    throw error;
  }
  return manifest.size;
}

async function fetchSmall(target: BundleTarget, filename: string): Promise<Buffer> {
  const { Body, ContentLength } = await get(target, filename);
  if ((ContentLength ?? 0) > MAX_MANIFEST_BYTES)
    throw new MalleeError('Image.ManifestInvalid', `${filename} is no manifest`);
  return Buffer.from(await Body!.transformToByteArray());
}

async function fetchTo(target: BundleTarget, filename: string, path: string): Promise<void> {
  const { Body } = await get(target, filename);
  await pipeline(Body as NodeJS.ReadableStream, createWriteStream(path));
}

async function get({ s3, bucket, prefix }: BundleTarget, filename: string): Promise<GetObjectCommandOutput> {
  return await cloudCall(s3.send(new GetObjectCommand({ Bucket: bucket, Key: prefix + filename })));
}
