import { MalleeError } from '@mallee/errors';
import { abortMultipartUpload } from '../operations/abort-multipart-upload.js';
import { completeMultipartUpload } from '../operations/complete-multipart-upload.js';
import { copyObject } from '../operations/copy-object.js';
import { createBucket } from '../operations/create-bucket.js';
import { createMultipartUpload } from '../operations/create-multipart-upload.js';
import { deleteBucket } from '../operations/delete-bucket.js';
import { deleteObject } from '../operations/delete-object.js';
import { deleteObjects } from '../operations/delete-objects.js';
import { getBucketLocation } from '../operations/get-bucket-location.js';
import { getBucketVersioning } from '../operations/get-bucket-versioning.js';
import { getObject } from '../operations/get-object.js';
import { headBucket } from '../operations/head-bucket.js';
import { listBuckets } from '../operations/list-buckets.js';
import { listMultipartUploads } from '../operations/list-multipart-uploads.js';
import { listObjectsV2 } from '../operations/list-objects-v2.js';
import { listObjects } from '../operations/list-objects.js';
import { listParts } from '../operations/list-parts.js';
import { putObject } from '../operations/put-object.js';
import { uploadPartCopy } from '../operations/upload-part-copy.js';
import { uploadPart } from '../operations/upload-part.js';
import type { BucketContext, ObjectContext, S3Context } from './context.js';

/** A resolved request: the name of its operation (for metrics) and what carries it out. */
export interface Route {
  readonly name: string;
  readonly run: () => Promise<void>;
}

/** Query parameters that select a part of a bucket or object S3 has and we do not serve. */
const UNSERVED = new Set(
  (
    'accelerate acl analytics attributes cors encryption intelligent-tiering inventory legal-hold lifecycle logging metrics ' +
    'notification object-lock ownershipControls partNumber policy policyStatus publicAccessBlock replication requestPayment ' +
    'restore retention select session tagging torrent uploadId uploads versioning versions website'
  ).split(' '),
);

const BUCKET_ROUTES: Readonly<Record<string, (context: BucketContext) => Promise<void>>> = {
  'DELETE ': deleteBucket,
  'GET ': listObjects,
  'GET list-type': listObjectsV2,
  'GET location': getBucketLocation,
  'GET uploads': listMultipartUploads,
  'GET versioning': getBucketVersioning,
  'HEAD ': headBucket,
  'POST delete': deleteObjects,
  'PUT ': createBucket,
};

const OBJECT_ROUTES: Readonly<Record<string, (context: ObjectContext) => Promise<void>>> = {
  'DELETE ': deleteObject,
  'GET ': getObject,
  'HEAD ': getObject,
  'PUT ': putObject,
  'PUT copy': copyObject,
  'POST uploads': createMultipartUpload,
  'PUT uploadId': uploadPart,
  'PUT uploadId copy': uploadPartCopy,
  'POST uploadId': completeMultipartUpload,
  'DELETE uploadId': abortMultipartUpload,
  'GET uploadId': listParts,
};

/** Finds the operation of a request. Throws `NotImplemented` or `MethodNotAllowed`. */
export function route(context: S3Context, bucketName: string | undefined, key: string | undefined): Route {
  const method = context.request.method ?? 'GET';
  if (bucketName === undefined) {
    if (method !== 'GET') throw notAllowed();
    return { name: 'ListBuckets', run: () => listBuckets(context) };
  }
  if (key === undefined) {
    const operation = pick(BUCKET_ROUTES, method, bucketSelector(context.query));
    return { name: nameOf(operation), run: () => operation({ ...context, bucketName }) };
  }
  const operation = pick(OBJECT_ROUTES, method, objectSelector(context));
  return { name: nameOf(operation), run: () => operation({ ...context, bucketName, key }) };
}

function pick<T>(routes: Readonly<Record<string, T>>, method: string, selector: string): T {
  const name = `${method} ${selector}`;
  const operation = Object.hasOwn(routes, name) ? routes[name] : undefined;
  if (operation !== undefined) return operation;
  if (UNSERVED.has(selector))
    throw new MalleeError('NotImplemented', `The sub-resource ${selector} is not implemented.`);
  throw notAllowed();
}

function bucketSelector(query: ReadonlyMap<string, string>): string {
  if (query.has('delete')) return 'delete';
  if (query.has('location')) return 'location';
  if (query.get('list-type') === '2') return 'list-type';
  return unserved(query);
}

function objectSelector(context: S3Context): string {
  const isCopy = context.headers['x-amz-copy-source'] !== undefined;
  if (context.query.has('uploadId')) return isCopy && context.request.method === 'PUT' ? 'uploadId copy' : 'uploadId';
  const selector = unserved(context.query);
  if (selector === '' && context.request.method === 'PUT' && context.headers['x-amz-copy-source'] !== undefined)
    return 'copy';
  const version = context.query.get('versionId');
  if (version !== undefined && version !== 'null') {
    throw new MalleeError('NotImplemented', 'Versions of objects are not implemented.');
  }
  return selector;
}

function unserved(query: ReadonlyMap<string, string>): string {
  return [...query.keys()].find((name) => UNSERVED.has(name)) ?? '';
}

function nameOf(operation: { readonly name: string }): string {
  return operation.name.charAt(0).toUpperCase() + operation.name.slice(1);
}

function notAllowed(): MalleeError {
  return new MalleeError('MethodNotAllowed', 'The specified method is not allowed against this resource.');
}
