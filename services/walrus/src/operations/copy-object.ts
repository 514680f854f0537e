import { headerValue, splitTarget } from '@mallee/aws-signatures';
import { MalleeError } from '@mallee/errors';
import { bucketOf, cannedAclOf, mayWrite, require } from '../s3/access.js';
import { COPY_CONDITIONS, evaluate, preconditionFailed, writePrecondition } from '../s3/conditions.js';
import type { ObjectContext } from '../s3/context.js';
import { describeUpload } from '../s3/object-headers.js';
import { parseTarget } from '../s3/path.js';
import { sendXml } from '../s3/respond.js';
import { field, s3Document } from '../s3/xml.js';
import type { BlobReader, BlobStore } from '../storage/blob-store.js';
import { putObject as commitObject } from '../storage/objects.js';
import { openReadable } from './get-object.js';

/** PUT /bucket/key with `x-amz-copy-source`. Read on the source, write on the destination; the copy belongs to the caller. */
export async function copyObject(context: ObjectContext): Promise<void> {
  const { services, caller, key, headers } = context;
  const bucket = await bucketOf(context);
  require(mayWrite(caller, bucket));
  const acl = cannedAclOf(headers);
  const source = sourceOf(headerValue(headers, 'x-amz-copy-source') ?? '');
  const replace = directiveOf(headerValue(headers, 'x-amz-metadata-directive'));
  if (!replace && source.bucket === bucket.name && source.key === key) {
    throw new MalleeError(
      'InvalidRequest',
      'This copy request is illegal because it copies an object to itself without changing it.',
    );
  }
  const { object, blob } = await openReadable({ ...context, bucketName: source.bucket, key: source.key });
  let blobId: string;
  try {
    if (evaluate(object, headers, COPY_CONDITIONS) !== 'ok') throw preconditionFailed();
    if (object.size > services.maxObjectBytes) {
      throw new MalleeError('InvalidRequest', 'The specified copy source is larger than the maximum allowable size.');
    }
    blobId = await copyBlob(blob, services.blobs);
  } finally {
    await blob.close();
  }
  const described = replace ? describeUpload(headers) : object;
  try {
    const { contentType, metadata } = described;
    const lastModified = await commitObject(
      services.pool,
      {
        ...object,
        contentType,
        metadata,
        headers: described.headers,
        bucket: bucket.name,
        key,
        blobId,
        owner: caller ?? bucket.owner,
        acl,
      },
      writePrecondition(headers),
    );
    services.janitor.collectSoon();
    const etag = field('ETag', `"${object.etag}"`);
    sendXml(
      context.response,
      200,
      s3Document('CopyObjectResult', field('LastModified', lastModified.toISOString()), etag),
    );
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'Database.Unavailable') await services.blobs.remove(blobId);
    throw error;
  }
}

async function copyBlob(blob: BlobReader, blobs: BlobStore): Promise<string> {
  const writer = await blobs.create();
  try {
    for await (const chunk of blob.stream() as AsyncIterable<Buffer>) await writer.write(chunk);
    await writer.commit();
    return writer.id;
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

function sourceOf(header: string): { bucket: string; key: string } {
  const [path, query] = splitTarget(header.startsWith('/') ? header : `/${header}`);
  const { bucket, key } = parseTarget(path, '', undefined);
  if (bucket === undefined || key === undefined) {
    throw new MalleeError(
      'InvalidArgument',
      'Copy Source must mention the source bucket and key: sourcebucket/sourcekey',
    );
  }
  if (query !== '' && query !== 'versionId=null')
    throw new MalleeError('NotImplemented', 'Versions of objects are not implemented.');
  return { bucket, key };
}

function directiveOf(text: string | undefined): boolean {
  if (text === undefined || text === 'COPY') return false;
  if (text === 'REPLACE') return true;
  throw new MalleeError('InvalidArgument', 'Unknown metadata directive.');
}
