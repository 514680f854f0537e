import { MalleeError } from '@mallee/errors';
import { listBuckets } from '../operations/list-buckets.js';
import { BUCKET_ROUTES } from './bucket-routes.js';
import type { S3Context } from './context.js';
import { OBJECT_ROUTES } from './object-routes.js';

/** A resolved request: the name of its operation (for metrics) and what carries it out. */
export interface Route {
  readonly name: string;
  readonly run: () => Promise<void>;
}

/** Query parameters that select a part of a bucket or an object, in the order in which they win. */
const SELECTORS = (
  'uploads uploadId acl attributes cors delete encryption legal-hold lifecycle location logging notification object-lock ' +
  'ownershipControls policy policyStatus publicAccessBlock requestPayment retention tagging versioning versions ' +
  'accelerate analytics intelligent-tiering inventory metrics replication restore select session torrent website append'
).split(' ');

/** Finds the operation of a request. Throws `NotImplemented` or `MethodNotAllowed`. */
export function route(context: S3Context, bucketName: string | undefined, key: string | undefined): Route {
  const { request, query, headers } = context;
  const method = request.method ?? 'GET';
  if (bucketName === undefined) {
    if (method !== 'GET') throw notAllowed();
    return { name: 'ListBuckets', run: () => listBuckets(context) };
  }
  const selector = SELECTORS.find((name) => query.has(name)) ?? '';
  if (key === undefined) {
    const chosen = selector === '' && query.get('list-type') === '2' ? 'list-type' : selector;
    const operation = pick(BUCKET_ROUTES, method, chosen);
    return { name: nameOf(operation), run: () => operation({ ...context, bucketName }) };
  }
  const isCopy = method === 'PUT' && headers['x-amz-copy-source'] !== undefined;
  const mayCopy = selector === '' || selector === 'uploadId';
  const operation = pick(OBJECT_ROUTES, method, isCopy && mayCopy ? `${selector} copy`.trim() : selector);
  return { name: nameOf(operation), run: () => operation({ ...context, bucketName, key }) };
}

function pick<T>(routes: Readonly<Record<string, T>>, method: string, selector: string): T {
  const name = `${method} ${selector}`;
  const operation = Object.hasOwn(routes, name) ? routes[name] : undefined;
  if (operation !== undefined) return operation;
  const known = Object.keys(routes).some((each) => each.endsWith(` ${selector}`));
  if (selector !== '' && !known) {
    throw new MalleeError('NotImplemented', `The sub-resource ${selector} is not implemented.`);
  }
  throw notAllowed();
}

function nameOf(operation: { readonly name: string }): string {
  return operation.name.charAt(0).toUpperCase() + operation.name.slice(1);
}

function notAllowed(): MalleeError {
  return new MalleeError('MethodNotAllowed', 'The specified method is not allowed against this resource.');
}
