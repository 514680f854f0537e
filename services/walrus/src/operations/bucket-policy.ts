import { MalleeError } from '@mallee/errors';
import { isPublic } from '../policy/evaluate.js';
import { checkResources, parsePolicy } from '../policy/parse-policy.js';
import { isPublicAcl } from '../s3/acl-request.js';
import { authorizedBucket, denied } from '../s3/authorize.js';
import type { BucketContext } from '../s3/context.js';
import { receiveText } from '../s3/documents.js';
import { sendEmpty, sendXml } from '../s3/respond.js';
import { field, s3Document } from '../s3/xml.js';
import { setSetting } from '../storage/buckets.js';

/** GET /bucket?policy: the JSON as it was put. */
export async function getBucketPolicy(context: BucketContext): Promise<void> {
  const { settings } = await authorizedBucket(context, { action: 's3:GetBucketPolicy' });
  if (settings.policy === undefined) {
    throw new MalleeError('NoSuchBucketPolicy', 'The bucket policy does not exist');
  }
  const body = Buffer.from(settings.policy, 'utf8');
  context.response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
}

/** PUT /bucket?policy */
export async function putBucketPolicy(context: BucketContext): Promise<void> {
  const bucket = await authorizedBucket(context, { action: 's3:PutBucketPolicy' });
  const text = (await receiveText(context)).toString('utf8');
  const policy = parsePolicy(text);
  checkResources(policy, bucket.name);
  if (bucket.settings.publicAccessBlock?.blockPublicPolicy === true && isPublic(policy)) throw denied();
  await setSetting(context.services.pool, bucket.name, 'policy', text);
  sendEmpty(context.response, 204);
}

/** DELETE /bucket?policy */
export async function deleteBucketPolicy(context: BucketContext): Promise<void> {
  const bucket = await authorizedBucket(context, { action: 's3:DeleteBucketPolicy' });
  await setSetting(context.services.pool, bucket.name, 'policy', undefined);
  sendEmpty(context.response, 204);
}

/** GET /bucket?policyStatus: whether policy or ACL let everybody in. */
export async function getBucketPolicyStatus(context: BucketContext): Promise<void> {
  const { settings, acl } = await authorizedBucket(context, { action: 's3:GetBucketPolicyStatus' });
  const block = settings.publicAccessBlock;
  const byPolicy =
    settings.policy !== undefined && block?.restrictPublicBuckets !== true && isPublic(parsePolicy(settings.policy));
  const byAcl = block?.ignorePublicAcls !== true && isPublicAcl(acl);
  sendXml(context.response, 200, s3Document('PolicyStatus', field('IsPublic', byPolicy || byAcl)));
}
