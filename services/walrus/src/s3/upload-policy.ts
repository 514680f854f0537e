import {
  authenticateS3Post,
  headerValue,
  type Headers,
  type PayloadRule,
  type SignedRequest,
} from '@mallee/aws-signatures';
import { MalleeError } from '@mallee/errors';
import type { ObjectContext, S3Context, S3Services } from './context.js';
import { denied } from './authorize.js';
import { checkPostPolicy, type LengthRange } from './post-policy.js';

/** Headers of x-amz- that say nothing about the object, so that no condition need name them. */
const NEUTRAL = /^x-amz-(date|content-sha256|user-agent|checksum-.*|sdk-checksum-algorithm|te|expected-bucket-owner)$/;

/** True if a policy is to speak for the request: an upload with the headers of one and nothing else that signs it. */
export function isPolicyUpload({ method, rawQuery, headers }: SignedRequest): boolean {
  return method === 'PUT' && rawQuery === '' && headers['authorization'] === undefined && hasUploadPolicy(headers);
}

export function hasUploadPolicy(headers: Headers): boolean {
  return headers['s3uploadpolicy'] !== undefined || headers['s3uploadpolicysignature'] !== undefined;
}

/**
 * The context of an upload under a policy in headers (S3UploadPolicy, S3UploadPolicySignature, AWSAccessKeyId), as original nodes
 * send it with the bundles of users: the policy of a browser form (base64 JSON, HMAC-SHA1 with the secret of the user), held against
 * the request. The user of the key is the caller, and needs the permission to write himself. The policy must name the bucket,
 * and every header of the object but Content-Type. Rejects with `AccessDenied`, `SignatureDoesNotMatch`, `InvalidAccessKeyId`,
 * `InvalidPolicyDocument`, `EntityTooSmall`, `MissingContentLength`.
 */
export async function policyUpload(
  anonymous: S3Context,
  target: { readonly bucket: string | undefined; readonly key: string | undefined },
): Promise<ObjectContext> {
  const { headers, services } = anonymous;
  const { bucket: bucketName, key } = target;
  if (bucketName === undefined || key === undefined) {
    throw new MalleeError('MethodNotAllowed', 'An upload policy allows uploads only.');
  }
  const [policy, signature, accessKeyId] = ['s3uploadpolicy', 's3uploadpolicysignature', 'awsaccesskeyid'].map((name) =>
    required(headers, name),
  ) as [string, string, string];
  const effective = headerValue(headers, 'eucaeffectiveuserid');
  if (effective !== undefined && effective !== accessKeyId) throw denied();
  const caller = await authenticateS3Post(
    new Map([
      ['policy', policy],
      ['signature', signature],
      ['awsaccesskeyid', accessKeyId],
    ]),
    async (id) => {
      const holder = await services.accounts.byAccessKey(id);
      return holder === undefined ? undefined : { secretKey: holder.secretKey, principal: holder };
    },
    services.now(),
  );
  const fields = fieldsOf(headers).set('bucket', bucketName).set('key', key);
  const range = checkPostPolicy(policy, fields, services.now(), { needed: ['bucket'], free: ['content-type'] });
  const limited = range === undefined ? services : limitedTo(range, services, headers);
  return { ...anonymous, services: limited, caller, payload: payloadOf(headers), bucketName, key };
}

/** What conditions are about. A copy of another object is no upload. */
function fieldsOf(headers: Headers): Map<string, string> {
  const fields = new Map<string, string>();
  for (const name of Object.keys(headers)) {
    const value = headerValue(headers, name) ?? '';
    if (name === 'content-type') fields.set(name, value);
    if (!name.startsWith('x-amz-') || NEUTRAL.test(name)) continue;
    if (name.startsWith('x-amz-copy-source')) throw denied();
    fields.set(name === 'x-amz-acl' ? 'acl' : name, value);
  }
  return fields;
}

/** The most is held while the body arrives; the least against the length that is announced, which the body must have. */
function limitedTo({ least, most }: LengthRange, services: S3Services, headers: Headers): S3Services {
  if (least > 0) {
    const length = headerValue(headers, 'content-length');
    if (length === undefined) {
      throw new MalleeError('MissingContentLength', 'You must provide the Content-Length HTTP header.');
    }
    if (Number(length) < least) {
      throw new MalleeError('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size');
    }
  }
  return { ...services, maxObjectBytes: Math.min(most, services.maxObjectBytes) };
}

function payloadOf(headers: Headers): PayloadRule {
  const digest = headerValue(headers, 'x-amz-content-sha256');
  if (digest === undefined || digest === 'UNSIGNED-PAYLOAD') return { kind: 'unsigned' };
  if (/^[0-9a-f]{64}$/.test(digest)) return { kind: 'sha256', hex: digest };
  throw new MalleeError('InvalidArgument', 'x-amz-content-sha256 must be a digest under an upload policy.');
}

function required(headers: Headers, name: string): string {
  const value = headers[name];
  const single = Array.isArray(value) && value.length === 1 ? value[0] : value;
  if (typeof single === 'string' && single !== '') return single;
  throw new MalleeError('AccessDenied', `An upload policy needs one header ${name}.`);
}
