import { headerValue, type Headers } from '@mallee/aws-signatures';
import { MalleeError } from '@mallee/errors';
import { getBucketLocation } from '../operations/get-bucket-location.js';
import { headBucket } from '../operations/head-bucket.js';
import { listObjects } from '../operations/list-objects.js';
import { denied } from '../s3/authorize.js';
import type { BucketContext, Caller, S3Services } from '../s3/context.js';

/** The forms in which clients ask whether a bucket is there; none of them tells what is in it. */
const CHECKS: Readonly<Record<string, (context: BucketContext) => Promise<void>>> = {
  'HEAD ': headBucket,
  'GET max-keys=0': listObjects,
  'GET location': getBucketLocation,
};

/**
 * Answers a registered node that asks whether the bucket of a bundle is there, as the user whose access key it names
 * (EucaEffectiveUserId, AWSAccessKeyId; where both are given they must agree). That user has signed nothing here, and the older
 * signature covers no header: so an administrator counts as an ordinary user, no other header is looked at, and nothing of the content is
 * told. Rejects with `MethodNotAllowed` for anything else, also for making the bucket, `InvalidAccessKeyId`, `AccessDenied`, `NoSuchBucket`.
 */
export async function checkBundleBucket(context: BucketContext, rawQuery: string): Promise<void> {
  const { request, services, headers } = context;
  const wanted = `${request.method ?? ''} ${rawQuery.replace(/^location=$/, 'location')}`;
  const check = Object.hasOwn(CHECKS, wanted) ? CHECKS[wanted] : undefined;
  if (check === undefined) {
    throw new MalleeError(
      'MethodNotAllowed',
      'Of a bucket nodes may only ask whether it is there: users make the bucket of a bundle themselves.',
    );
  }
  const [parameter = '', value = ''] = rawQuery.split('=');
  const query = new Map(parameter === '' ? [] : [[parameter, value]]);
  const caller = await namedUser(headers, services);
  await check({ ...context, headers: {}, query, caller });
}

async function namedUser(headers: Headers, { accounts }: S3Services): Promise<Caller> {
  const names = ['eucaeffectiveuserid', 'awsaccesskeyid'].flatMap((name) => headerValue(headers, name) ?? []);
  const [accessKeyId] = names;
  if (accessKeyId === undefined || names.some((name) => name !== accessKeyId)) throw denied();
  const holder = await accounts.byAccessKey(accessKeyId);
  if (holder === undefined) {
    throw new MalleeError('InvalidAccessKeyId', 'The AWS Access Key Id you provided does not exist in our records.');
  }
  return { ...holder, isAdmin: false };
}
