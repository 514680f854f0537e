import { createHash } from 'node:crypto';
import { headerValue, splitTarget, type Headers } from '@mallee/aws-signatures';
import { MalleeError } from '@mallee/errors';
import type { BlobReader, BlobStore, ByteRange } from '../storage/blob-store.js';
import { parseTarget } from './path.js';

/** Bucket and key that `x-amz-copy-source` names. */
export function copySourceOf(headers: Headers): { bucket: string; key: string } {
  const text = headerValue(headers, 'x-amz-copy-source') ?? '';
  const [path, query] = splitTarget(text.startsWith('/') ? text : `/${text}`);
  const { bucket, key } = parseTarget(path, '', undefined);
  if (bucket === undefined || key === undefined) {
    throw new MalleeError(
      'InvalidArgument',
      'Copy Source must mention the source bucket and key: sourcebucket/sourcekey',
    );
  }
  if (query !== '' && query !== 'versionId=null') {
    throw new MalleeError('NotImplemented', 'Versions of objects are not implemented.');
  }
  return { bucket, key };
}

/** `x-amz-copy-source-range: bytes=FIRST-LAST`, which must lie within `size` bytes; undefined when absent. */
export function copyRangeOf(headers: Headers, size: number): ByteRange | undefined {
  const text = headerValue(headers, 'x-amz-copy-source-range');
  if (text === undefined) return undefined;
  const match = /^bytes=(\d{1,15})-(\d{1,15})$/.exec(text);
  const [start, end] = [Number(match?.[1]), Number(match?.[2])];
  if (match === null || start > end || end >= size) {
    throw new MalleeError(
      'InvalidArgument',
      'The x-amz-copy-source-range value must be of the form bytes=first-last within the source.',
    );
  }
  return { start, end };
}

/** Copies a blob, or a part of it, to a new one. */
export async function copyBlob(
  blob: BlobReader,
  blobs: BlobStore,
  range?: ByteRange,
): Promise<{ blobId: string; size: number; md5: string }> {
  const writer = await blobs.create();
  const md5 = createHash('md5');
  let size = 0;
  try {
    for await (const chunk of blob.stream(range) as AsyncIterable<Buffer>) {
      md5.update(chunk);
      size += chunk.length;
      await writer.write(chunk);
    }
    await writer.commit();
    return { blobId: writer.id, size, md5: md5.digest('hex') };
  } catch (error) {
    await writer.abort();
    throw error;
  }
}
