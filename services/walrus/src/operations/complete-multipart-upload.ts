import { createHash } from 'node:crypto';
import { checksumOfHeader, createChecksum, headerValue, verifyChecksum } from '@mallee/aws-signatures';
import { MalleeError } from '@mallee/errors';
import { parseXml, type XmlElement } from '@mallee/xml';
import { writePrecondition } from '../s3/conditions.js';
import type { ObjectContext } from '../s3/context.js';
import { receiveDocument } from '../s3/receive-body.js';
import { sendXml } from '../s3/respond.js';
import { uploadOf } from '../s3/upload-of.js';
import { field, s3Document } from '../s3/xml.js';
import type { BlobStore } from '../storage/blob-store.js';
import { dropUpload } from '../storage/multipart-clean-up.js';
import { noSuchUpload, partsOf, type Part } from '../storage/multipart.js';
import { putObject as commitObject, type Checksum } from '../storage/objects.js';

const MAX_BODY = 2 * 1024 * 1024;
const MIN_PART = 5 * 1024 * 1024;

/** POST /bucket/key?uploadId=ID: the parts named become one blob, which becomes the object; the upload ends with it. */
export async function completeMultipartUpload(context: ObjectContext): Promise<void> {
  const { services, request, headers } = context;
  const upload = await uploadOf(context);
  // Checksum headers of this request are about the object, not about the list of parts in its body.
  const bare = Object.fromEntries(Object.entries(headers).filter(([name]) => checksumOfHeader(name) === undefined));
  const body = await receiveDocument({ request, headers: bare, payload: context.payload, maxBytes: MAX_BODY });
  const parts = chooseParts(readParts(body), await partsOf(services.pool, upload.uploadId));
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  const checksum = objectChecksum(context);
  const blobId = await joinParts(parts, services.blobs, checksum);
  const etag = multipartEtag(parts);
  const { uploadId, initiatedAt: _, ...described } = upload;
  try {
    await commitObject(
      services.pool,
      { ...described, blobId, size, etag, checksum },
      writePrecondition(headers),
      async (client) => {
        if (!(await dropUpload(client, uploadId))) throw noSuchUpload();
      },
    );
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'Database.Unavailable') await services.blobs.remove(blobId);
    throw error;
  }
  services.janitor.collectSoon();
  const location = `http://${headerValue(headers, 'host') ?? ''}/${upload.bucket}/${upload.key}`;
  const document = s3Document(
    'CompleteMultipartUploadResult',
    field('Location', location),
    field('Bucket', upload.bucket),
    field('Key', upload.key),
    field('ETag', `"${etag}"`),
  );
  sendXml(context.response, 200, document);
}

/** MD5 over the MD5s of the parts, and their number. */
function multipartEtag(parts: readonly Part[]): string {
  const all = Buffer.concat(parts.map((part) => Buffer.from(part.etag, 'hex')));
  return `${createHash('md5').update(all).digest('hex')}-${parts.length}`;
}

function readParts(body: Buffer): { partNumber: number; etag: string }[] {
  const root = parseXml(body, { allowComments: true, maxBytes: MAX_BODY, maxElements: 200_000 });
  const parts = root.children
    .filter((child) => child.local === 'Part')
    .map((part) => ({
      partNumber: Number(textOf(part, 'PartNumber')),
      etag: textOf(part, 'ETag').replaceAll('"', ''),
    }));
  const sound = parts.every(({ partNumber, etag }) => Number.isInteger(partNumber) && etag !== '');
  if (root.local !== 'CompleteMultipartUpload' || parts.length === 0 || !sound) {
    throw new MalleeError(
      'MalformedXML',
      'The XML you provided was not well-formed or did not validate against our published schema',
    );
  }
  return parts;
}

function textOf(parent: XmlElement, name: string): string {
  return parent.children.find((child) => child.local === name)?.text.trim() ?? '';
}

function chooseParts(wanted: readonly { partNumber: number; etag: string }[], uploaded: readonly Part[]): Part[] {
  const byNumber = new Map(uploaded.map((part) => [part.partNumber, part]));
  let before = 0;
  const parts = wanted.map(({ partNumber, etag }) => {
    if (partNumber <= before)
      throw new MalleeError('InvalidPartOrder', 'The list of parts was not in ascending order.');
    before = partNumber;
    const part = byNumber.get(partNumber);
    if (part === undefined || part.etag !== etag) {
      throw new MalleeError('InvalidPart', `Part ${partNumber} could not be found, or its entity tag does not match.`);
    }
    return part;
  });
  if (parts.slice(0, -1).some((part) => part.size < MIN_PART)) {
    throw new MalleeError('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed object size.');
  }
  return parts;
}

/** The checksum of the whole object, if the client gave one. */
function objectChecksum({ headers }: ObjectContext): Checksum | undefined {
  for (const header of Object.keys(headers)) {
    const name = checksumOfHeader(header);
    const value = headerValue(headers, header) ?? '';
    // A composite one (of the checksums of the parts) ends with their number.
    if (name !== undefined && !value.includes('-') && headerValue(headers, 'x-amz-checksum-type') !== 'COMPOSITE') {
      return { name, value };
    }
  }
  return undefined;
}

async function joinParts(parts: readonly Part[], blobs: BlobStore, checksum: Checksum | undefined): Promise<string> {
  const running = checksum === undefined ? undefined : createChecksum(checksum.name);
  const writer = await blobs.create();
  try {
    for (const part of parts) {
      const blob = await blobs.open(part.blobId);
      // Another request has replaced the part or ended the upload.
      if (blob === undefined) throw new MalleeError('InvalidPart', `Part ${part.partNumber} has been replaced.`);
      for await (const chunk of blob.stream() as AsyncIterable<Buffer>) {
        running?.update(chunk);
        await writer.write(chunk);
      }
    }
    if (checksum !== undefined && running !== undefined)
      verifyChecksum(checksum.name, checksum.value, running.digest());
    await writer.commit();
    return writer.id;
  } catch (error) {
    await writer.abort();
    throw error;
  }
}
