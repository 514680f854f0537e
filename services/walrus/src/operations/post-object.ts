import { authenticateS3Post, headerValue, type Headers } from '@mallee/aws-signatures';
import { MalleeError } from '@mallee/errors';
import { aclOfNewObject, ownerOfNewObject } from '../s3/acl-request.js';
import type { BucketContext, S3Services } from '../s3/context.js';
import type { AccessKeyHolder } from '../accounts/account-directory.js';
import { readXml } from '../s3/documents.js';
import { boundaryOf, FormReader, type FormPart } from '../s3/form-data.js';
import { bucketOfNewObject } from '../s3/new-object.js';
import { describeUpload, storageClassOf } from '../s3/object-headers.js';
import { lockOfNewObject } from '../s3/object-lock.js';
import { objectUrl } from '../s3/object-url.js';
import { checkKey } from '../s3/path.js';
import { checkPostPolicy, type LengthRange } from '../s3/post-policy.js';
import { receiveBlob } from '../s3/receive-body.js';
import { requestChunks } from '../s3/read-request.js';
import { sendEmpty, sendXml } from '../s3/respond.js';
import { encryptionOfNewObject, sseHeaders } from '../s3/sse.js';
import { commitBlob } from '../s3/store-blob.js';
import { MAX_OBJECT_TAGS, readTagging, tagsOfHeader } from '../s3/tags.js';
import { field, plainDocument } from '../s3/xml.js';
import { putVersion } from '../storage/write-version.js';

const MAX_FIELDS_BYTES = 64 * 1024;

/** POST /bucket with multipart/form-data: the upload of a browser, signed by a policy in the form. */
export async function postObject(context: BucketContext): Promise<void> {
  const { services, request } = context;
  const boundary = boundaryOf(headerValue(context.headers, 'content-type'));
  if (boundary === undefined) {
    throw new MalleeError('PreconditionFailed', 'Bucket POST must be of the enclosure-type multipart/form-data');
  }
  const form = new FormReader(requestChunks(request, services.bodyIdleMs), boundary);
  try {
    await storeForm(context, form);
  } finally {
    await form.close();
  }
}

async function storeForm(context: BucketContext, form: FormReader): Promise<void> {
  const { services, bucketName } = context;
  const { fields, file } = await readFields(form);
  const caller = (await authenticateS3Post(fields, lookupOf(services), services.now())) ?? context.caller;
  context.watched?.identified(caller?.canonicalId);
  const given = fields.get('key');
  if (given === undefined || given === '') {
    throw new MalleeError('InvalidArgument', 'Bucket POST must contain a field named "key".');
  }
  const key = checkKey(given.replaceAll('${filename}', file.filename?.replace(/^.*[\\/]/, '') ?? ''));
  fields.set('bucket', bucketName).set('key', key);
  const policy = fields.get('policy');
  const range = policy === undefined ? undefined : checkPostPolicy(policy, fields, services.now());
  const headers = headersOfForm(context.headers, fields, file);
  await store({ ...context, caller, headers }, key, { fields, content: form.content(), range });
}

interface Form {
  readonly fields: ReadonlyMap<string, string>;
  readonly content: AsyncIterable<Buffer>;
  readonly range: LengthRange | undefined;
}

async function store(context: BucketContext, key: string, form: Form): Promise<void> {
  const { services, headers } = context;
  const xml = form.fields.get('tagging');
  const tags =
    xml === undefined ? tagsOfHeader(headers) : readTagging(readXml(Buffer.from(xml), 'Tagging'), MAX_OBJECT_TAGS);
  const bucket = await bucketOfNewObject(context, key, tags);
  const owner = ownerOfNewObject(context, bucket);
  const acl = await aclOfNewObject(context, bucket, owner);
  const chosen = encryptionOfNewObject(context, bucket);
  const described = { ...describeUpload(headers), ...lockOfNewObject(context, bucket) };
  const maxBytes = Math.min(form.range?.most ?? Infinity, services.maxObjectBytes);
  const source = { ...context, payload: { kind: 'unsigned' as const }, maxBytes, content: form.content };
  const received = await receiveBlob(source, services.blobs, chosen?.dataKey);
  const { blobId, size, md5, checksum } = received;
  const written = await commitBlob(services.blobs, blobId, () => {
    if (size < (form.range?.least ?? 0)) {
      throw new MalleeError('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size');
    }
    return putVersion(services.pool, {
      ...described,
      bucket: bucket.name,
      key,
      blobId,
      size,
      etag: md5,
      checksum,
      tags,
      storageClass: storageClassOf(headers),
      encryption: chosen?.encryption,
      owner,
      acl,
    });
  });
  services.janitor.collectSoon();
  answer(context, form.fields, {
    bucket: bucket.name,
    key,
    etag: `"${md5}"`,
    headers: {
      ...sseHeaders(chosen?.encryption, headers),
      ...(written.versioning === 'enabled' ? { 'x-amz-version-id': written.versionId } : {}),
    },
  });
}

function answer(
  context: BucketContext,
  fields: ReadonlyMap<string, string>,
  done: { bucket: string; key: string; etag: string; headers: Record<string, unknown> },
): void {
  const { bucket, key, etag } = done;
  const location = objectUrl(context, bucket, key);
  const headers = { ...(done.headers as Record<string, string>), etag, location };
  const redirect = redirectOf(fields.get('success_action_redirect') ?? fields.get('redirect'));
  if (redirect !== undefined) {
    redirect.searchParams.set('bucket', bucket);
    redirect.searchParams.set('key', key);
    redirect.searchParams.set('etag', etag);
    sendEmpty(context.response, 303, { ...headers, location: redirect.href, 'content-length': 0 });
    return;
  }
  const status = fields.get('success_action_status');
  if (status === '200') return sendEmpty(context.response, 200, headers);
  if (status !== '201') return sendEmpty(context.response, 204, headers);
  const document = plainDocument(
    'PostResponse',
    field('Location', location),
    field('Bucket', bucket),
    field('Key', key),
    field('ETag', etag),
  );
  sendXml(context.response, 201, document, headers);
}

function redirectOf(text: string | undefined): URL | undefined {
  if (text === undefined || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  return url.protocol === 'http:' || url.protocol === 'https:' ? url : undefined;
}

async function readFields(form: FormReader): Promise<{ fields: Map<string, string>; file: FormPart }> {
  const fields = new Map<string, string>();
  let bytes = 0;
  for (;;) {
    const part = await form.next();
    if (part === undefined) {
      throw new MalleeError('InvalidArgument', 'POST requires exactly one file upload per request.');
    }
    const name = part.name.toLowerCase();
    if (name === 'file') return { fields, file: part };
    const value = await form.text(MAX_FIELDS_BYTES);
    bytes += name.length + value.length;
    if (bytes > MAX_FIELDS_BYTES) throw new MalleeError('MaxMessageLengthExceeded', 'Your request was too big.');
    fields.set(name, value);
  }
}

/** The fields stand for the headers a PUT would have. */
function headersOfForm(headers: Headers, fields: ReadonlyMap<string, string>, file: FormPart): Headers {
  const out: Record<string, string | string[] | undefined> = {};
  for (const name of ['host', 'origin', 'referer', 'user-agent', 'expect']) out[name] = headers[name];
  const type = fields.get('content-type') ?? file.contentType;
  if (type !== undefined) out['content-type'] = headerOf('Content-Type', type);
  for (const [name, value] of fields) {
    if (name === 'acl') out['x-amz-acl'] = value;
    else if (
      name.startsWith('x-amz-') ||
      /^(cache-control|content-(disposition|encoding|language)|expires)$/.test(name)
    ) {
      out[name] = headerOf(name, value);
    }
  }
  return out;
}

/** A field as the header it stands for: a character for each byte of UTF-8, as Node.js has headers. */
function headerOf(name: string, value: string): string {
  if (/[\0-\x08\x0a-\x1f\x7f]/.test(value))
    throw new MalleeError('InvalidArgument', `The field ${name} holds a control character.`);
  return Buffer.from(value, 'utf8').toString('latin1');
}

function lookupOf({ accounts }: S3Services) {
  return async (accessKeyId: string): Promise<{ secretKey: string; principal: AccessKeyHolder } | undefined> => {
    const holder = await accounts.byAccessKey(accessKeyId);
    return holder === undefined ? undefined : { secretKey: holder.secretKey, principal: holder };
  };
}
