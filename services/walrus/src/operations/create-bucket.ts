import { headerValue } from '@mallee/aws-signatures';
import { MalleeError } from '@mallee/errors';
import { parseXml } from '@mallee/xml';
import { cannedAclOf, requireCaller } from '../s3/access.js';
import type { BucketContext } from '../s3/context.js';
import { receiveDocument } from '../s3/receive-body.js';
import { sendEmpty } from '../s3/respond.js';
import { checkBucketName, createBucket as insertBucket } from '../storage/buckets.js';

const MAX_BODY = 64 * 1024;

/** PUT /bucket: owner is the account of the caller. Any location constraint is kept and given back. */
export async function createBucket(context: BucketContext): Promise<void> {
  const caller = requireCaller(context);
  checkBucketName(context.bucketName);
  const acl = cannedAclOf(context.headers);
  const location = locationOf(await bodyOf(context));
  await insertBucket(context.services.pool, { name: context.bucketName, owner: caller, location, acl });
  sendEmpty(context.response, 200, { location: `/${context.bucketName}` });
}

async function bodyOf(context: BucketContext): Promise<Buffer> {
  const { headers, request, payload } = context;
  const without = headerValue(headers, 'content-length') ?? headerValue(headers, 'transfer-encoding');
  if (without === undefined) return Buffer.alloc(0);
  return await receiveDocument({ request, headers, payload, maxBytes: MAX_BODY });
}

/** Text of LocationConstraint; empty when there is no body. */
function locationOf(body: Buffer): string {
  if (body.length === 0) return '';
  const root = parseXml(body, { allowComments: true });
  const constraint = root.children.find((child) => child.local === 'LocationConstraint');
  const location = constraint?.text.trim() ?? '';
  if (root.local !== 'CreateBucketConfiguration' || !/^[A-Za-z0-9._-]{0,64}$/.test(location)) {
    throw new MalleeError(
      'MalformedXML',
      'The XML you provided was not well-formed or did not validate against our published schema',
    );
  }
  return location;
}
