import { createHash } from 'node:crypto';
import { checksumOfHeader, headerValue, type Headers } from '@mallee/aws-signatures';
import { MalleeError, isMalleeError } from '@mallee/errors';
import type { XmlElement } from '@mallee/xml';
import { authorizedBucket } from '../s3/authorize.js';
import { writePrecondition } from '../s3/conditions.js';
import type { ObjectContext } from '../s3/context.js';
import { childrenOf, malformed, receiveXml, textOf } from '../s3/documents.js';
import { completedChecksum, type WantedPart } from '../s3/multipart-checksum.js';
import { objectUrl } from '../s3/object-url.js';
import { sendXml } from '../s3/respond.js';
import { sseHeaders } from '../s3/sse.js';
import { field, s3Document } from '../s3/xml.js';
import { dropUpload } from '../storage/multipart-clean-up.js';
import {
  adoptParts,
  findUpload,
  noSuchUpload,
  partsOf,
  type MultipartUpload,
  type Part,
} from '../storage/multipart.js';
import { findVersion, type Checksum, type StoredObject } from '../storage/objects.js';
import { putVersion, type NewObject, type Written } from '../storage/write-version.js';

const MIN_PART = 5 * 1024 * 1024;

/** POST /bucket/key?uploadId=ID: the parts named become the object, where they lie; the upload ends with it. */
export async function completeMultipartUpload(context: ObjectContext): Promise<void> {
  const { services, key } = context;
  const { pool } = services;
  const uploadId = context.query.get('uploadId') ?? '';
  const bucket = await authorizedBucket(context, { action: 's3:PutObject', key });
  try {
    const upload = await findUpload(pool, bucket.name, key, uploadId);
    const { object, written } = await complete(context, upload);
    services.janitor.collectSoon();
    answer(context, object, { versioned: written.versioning === 'enabled', versionId: written.versionId });
  } catch (error) {
    const done = uploadMayBeDone(error) ? await alreadyDone(context, uploadId) : undefined;
    if (done === undefined) throw error;
    answer(context, done, { versioned: bucket.versioning === 'enabled', versionId: done.versionId });
  }
}

async function complete(
  context: ObjectContext,
  upload: MultipartUpload,
): Promise<{ object: NewObject; written: Written }> {
  const { services, headers } = context;
  const { pool } = services;
  const { initiator: _, initiatedAt: __, ...described } = upload;
  const { uploadId } = upload;
  // Checksum headers of this request are about the object, not about the list of parts in its body.
  const bare = Object.fromEntries(Object.entries(headers).filter(([name]) => checksumOfHeader(name) === undefined));
  const wanted = readParts(await receiveXml({ ...context, headers: bare }, 'CompleteMultipartUpload'));
  const parts = chooseParts(wanted, await partsOf(pool, uploadId));
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  if (size > services.maxObjectBytes * 1000) throw new MalleeError('EntityTooLarge', 'The object is too large.');
  checkPromisedSize(headers, size);
  const checksum = completedChecksum(headers, described.checksum, parts);
  const object = { ...described, blobId: undefined, size, etag: multipartEtag(parts), checksum };
  const written = await putVersion(pool, object, writePrecondition(headers), async (client, rank) => {
    await adoptParts(client, uploadId, rank, parts);
    const numbers = parts.map((part) => part.partNumber);
    if (!(await dropUpload(client, uploadId, numbers))) throw noSuchUpload();
  });
  return { object, written };
}

function checkPromisedSize(headers: Headers, size: number): void {
  const promised = headerValue(headers, 'x-amz-mp-object-size');
  if (promised === undefined || promised === String(size)) return;
  throw new MalleeError(
    'InvalidRequest',
    `The provided 'x-amz-mp-object-size' header value ${promised.slice(0, 20)} does not match what was computed: ${size}`,
  );
}

/** The upload is gone, or its parts went while this request looked at them. */
function uploadMayBeDone(error: unknown): boolean {
  return isMalleeError(error) && (error.code === 'NoSuchUpload' || error.code === 'InvalidPart');
}

/**
 * A client that lost the answer asks again, perhaps while the first time still goes on: the object that this upload became, while it
 * is the current one.
 */
async function alreadyDone(context: ObjectContext, uploadId: string): Promise<StoredObject | undefined> {
  const current = await findVersion(context.services.pool, context.bucketName, context.key);
  return current?.uploadId === uploadId ? current : undefined;
}

function answer(
  context: ObjectContext,
  object: Pick<StoredObject, 'bucket' | 'key' | 'etag' | 'encryption'> & { readonly checksum: Checksum | undefined },
  version: { readonly versioned: boolean; readonly versionId: string },
): void {
  const { headers, response } = context;
  const { checksum } = object;
  const document = s3Document(
    'CompleteMultipartUploadResult',
    field('Location', objectUrl(context, object.bucket, object.key)),
    field('Bucket', object.bucket),
    field('Key', object.key),
    field('ETag', `"${object.etag}"`),
    checksum === undefined
      ? undefined
      : [field(`Checksum${checksum.name.toUpperCase()}`, checksum.value), field('ChecksumType', checksum.type)],
  );
  sendXml(response, 200, document, {
    ...sseHeaders(object.encryption, headers),
    ...(version.versioned ? { 'x-amz-version-id': version.versionId } : {}),
  });
}

/** MD5 over the MD5s of the parts, and their number. */
function multipartEtag(parts: readonly Part[]): string {
  const all = Buffer.concat(parts.map((part) => Buffer.from(part.etag, 'hex')));
  return `${createHash('md5').update(all).digest('hex')}-${parts.length}`;
}

function readParts(root: XmlElement): WantedPart[] {
  const parts = childrenOf(root, 'Part').map((part) => ({
    partNumber: Number(textOf(part, 'PartNumber')?.trim()),
    etag: (textOf(part, 'ETag') ?? '').trim().replaceAll('"', ''),
    checksums: part.children
      .filter((child) => checksumOfElement(child.local) !== undefined)
      .map((child) => ({ name: checksumOfElement(child.local)!, value: child.text.trim() })),
  }));
  const sound = parts.every(({ partNumber, etag }) => Number.isInteger(partNumber) && etag !== '');
  if (parts.length === 0 || !sound) throw malformed();
  // A part that is named twice in a row was sent twice; the last time counts.
  return parts.filter((part, i) => parts[i + 1]?.partNumber !== part.partNumber);
}

function checksumOfElement(name: string): ReturnType<typeof checksumOfHeader> {
  return name.startsWith('Checksum') ? checksumOfHeader(`x-amz-checksum-${name.slice(8).toLowerCase()}`) : undefined;
}

function chooseParts(wanted: readonly WantedPart[], uploaded: readonly Part[]): Part[] {
  const byNumber = new Map(uploaded.map((part) => [part.partNumber, part]));
  let before = 0;
  const parts = wanted.map(({ partNumber, etag, checksums }) => {
    if (partNumber <= before)
      throw new MalleeError('InvalidPartOrder', 'The list of parts was not in ascending order.');
    before = partNumber;
    const part = byNumber.get(partNumber);
    const wrong = checksums.some(
      ({ name, value }) =>
        part?.checksum !== undefined && (part.checksum.name !== name || part.checksum.value !== value),
    );
    if (part === undefined || part.etag !== etag || wrong) {
      throw new MalleeError('InvalidPart', `Part ${partNumber} could not be found, or its entity tag does not match.`);
    }
    return part;
  });
  if (parts.slice(0, -1).some((part) => part.size < MIN_PART)) {
    throw new MalleeError('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size');
  }
  return parts;
}
