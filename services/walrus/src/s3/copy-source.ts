import { headerValue, splitTarget, type ChecksumName, type Headers } from '@mallee/aws-signatures';
import { MalleeError } from '@mallee/errors';
import { openBody } from '../hashing/body.js';
import type { DigestName } from '../hashing/digester.js';
import type { BlobStore, ByteRange } from '../storage/blob-store.js';
import { blobCipher } from '../storage/encryption.js';
import type { ObjectData } from '../storage/object-data.js';
import type { Checksum } from '../storage/objects.js';
import type { ObjectContext } from './context.js';
import { decode, parseTarget } from './path.js';
import { outside } from './range.js';

/** What is copied. */
export interface CopySource {
  readonly bucket: string;
  readonly key: string;
  readonly versionId: string | undefined;
}

/** Bucket, key and version that `x-amz-copy-source` names. */
export function copySourceOf(headers: Headers): CopySource {
  const text = headerValue(headers, 'x-amz-copy-source') ?? '';
  const [path, query] = splitTarget(text.startsWith('/') ? text : `/${text}`);
  const { bucket, key } = parseTarget(path, '', undefined);
  if (bucket === undefined || key === undefined) {
    throw new MalleeError(
      'InvalidArgument',
      'Copy Source must mention the source bucket and key: sourcebucket/sourcekey',
    );
  }
  const versionId = /^versionId=(.+)$/.exec(query)?.[1];
  if (query !== '' && versionId === undefined) {
    throw new MalleeError('InvalidArgument', 'Unsupported copy source parameter.');
  }
  return { bucket, key, versionId: versionId === undefined ? undefined : decode(versionId) };
}

/** A copy as the request it is at its source: a GET of it, with the owner that is expected there. */
export function contextOfSource(context: ObjectContext, { bucket, key, versionId }: CopySource): ObjectContext {
  const owner = context.headers['x-amz-source-expected-bucket-owner'];
  const headers = { ...context.headers, 'x-amz-expected-bucket-owner': owner };
  const query = new Map(versionId === undefined ? [] : [['versionId', versionId]]);
  return { ...context, headers, query, bucketName: bucket, key };
}

/** `x-amz-copy-source-range: bytes=FIRST-LAST`, which must lie within `size` bytes; undefined when absent. */
export function copyRangeOf(headers: Headers, size: number): ByteRange | undefined {
  const text = headerValue(headers, 'x-amz-copy-source-range');
  if (text === undefined) return undefined;
  const match = /^bytes=(\d{1,15})-(\d{1,15})$/.exec(text);
  const [start, end] = [Number(match?.[1]), Number(match?.[2])];
  if (match === null || start > end) {
    throw new MalleeError('InvalidArgument', 'The x-amz-copy-source-range value must be of the form bytes=first-last.');
  }
  if (end >= size) throw outside(text, size);
  return { start, end };
}

export interface CopyRequest {
  readonly data: ObjectData;
  /** Of the source and of the copy; undefined where nothing is encrypted. */
  readonly from: Buffer | undefined;
  readonly to: Buffer | undefined;
  readonly range?: ByteRange | undefined;
  readonly checksum?: ChecksumName | undefined;
}

/** Copies the bytes of an object, or a part of them, to a new blob. */
export async function copyData(
  copy: CopyRequest,
  blobs: BlobStore,
): Promise<{ blobId: string; size: number; md5: string; checksum: Checksum | undefined }> {
  const writer = await blobs.create();
  const cipher = copy.to === undefined ? undefined : blobCipher(copy.to, writer.id);
  const names: DigestName[] = copy.checksum === undefined ? ['md5'] : ['md5', copy.checksum];
  const size = sizeOf(copy);
  const body = openBody(names, size, (bytes) => writer.write(cipher === undefined ? bytes : cipher.update(bytes)));
  try {
    for await (const chunk of copy.data.stream(copy.from, copy.range) as AsyncIterable<Buffer>) await body.take(chunk);
    const digests = await body.finish();
    await writer.commit();
    const checksum =
      copy.checksum === undefined
        ? undefined
        : { name: copy.checksum, type: 'FULL_OBJECT' as const, value: digests.get(copy.checksum)!.toString('base64') };
    return { blobId: writer.id, size, md5: digests.get('md5')!.toString('hex'), checksum };
  } catch (error) {
    await body.abort();
    await writer.abort();
    throw error;
  }
}

function sizeOf({ data, range }: CopyRequest): number {
  return range === undefined ? data.pieces.reduce((sum, { size }) => sum + size, 0) : range.end - range.start + 1;
}
