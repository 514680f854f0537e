import { headerValue } from '@mallee/aws-signatures';
import { MalleeError } from '@mallee/errors';
import type { ConditionValues } from '../policy/conditions.js';
import { evaluate, isPublic } from '../policy/evaluate.js';
import { parsePolicy, type Policy } from '../policy/parse-policy.js';
import { ALL_USERS, AUTHENTICATED_USERS, type Acl, type Permission } from '../storage/acl.js';
import type { Bucket } from '../storage/buckets.js';
import { currentBucket, noSuchBucket } from '../storage/buckets.js';
import type { Tag } from '../storage/bucket-settings.js';
import type { StoredObject } from '../storage/objects.js';
import type { BucketContext, Caller, S3Context } from './context.js';

/** What a request wants to do. */
export interface Wish {
  /** `s3:GetObject` and so on, as policies name it. */
  readonly action: string;
  readonly key?: string;
  /** The object it is about, when there is one. */
  readonly object?: StoredObject | undefined;
  /** The permission of an ACL that grants it; without one only the owner may. */
  readonly permission?: Permission;
  /** Which ACL that is. */
  readonly on?: 'bucket' | 'object';
  /** What `s3:prefix` stands for, when the request has none itself. */
  readonly prefix?: string;
  /** Tags the request wants to set. */
  readonly tags?: readonly Tag[];
}

/** Permissions on the ACL of the bucket that stand for an action on it or below it. */
const BUCKET_PERMISSIONS: Readonly<Record<string, Permission>> = {
  's3:ListBucket': 'READ',
  's3:ListBucketVersions': 'READ',
  's3:ListBucketMultipartUploads': 'READ',
  's3:GetBucketAcl': 'READ_ACP',
  's3:PutBucketAcl': 'WRITE_ACP',
  's3:PutObject': 'WRITE',
  's3:DeleteObject': 'WRITE',
  's3:DeleteObjectVersion': 'WRITE',
  's3:AbortMultipartUpload': 'WRITE',
  's3:ListMultipartUploadParts': 'WRITE',
};

const OBJECT_PERMISSIONS: Readonly<Record<string, Permission>> = {
  's3:GetObject': 'READ',
  's3:GetObjectVersion': 'READ',
  's3:GetObjectAttributes': 'READ',
  's3:GetObjectVersionAttributes': 'READ',
  's3:GetObjectAcl': 'READ_ACP',
  's3:GetObjectVersionAcl': 'READ_ACP',
  's3:PutObjectAcl': 'WRITE_ACP',
  's3:PutObjectVersionAcl': 'WRITE_ACP',
};

/** Actions the owner of a bucket keeps whatever its policy denies: else a wrong policy could never be mended. */
const OWNERS_ALWAYS = new Set(['s3:GetBucketPolicy', 's3:PutBucketPolicy', 's3:DeleteBucketPolicy']);

/** The bucket of the request, if the caller may do `action` with it. Throws `NoSuchBucket`, `AccessDenied`. */
export async function authorizedBucket(context: BucketContext, wish: Wish): Promise<Bucket> {
  const bucket = await bucketOf(context);
  authorize(context, bucket, wish);
  return bucket;
}

/** The bucket of the request; throws `NoSuchBucket`. */
export async function bucketOf(context: BucketContext): Promise<Bucket> {
  const bucket = await currentBucket(context.services.pool, context.bucketName);
  if (bucket === undefined) throw noSuchBucket(context.bucketName);
  checkExpectedOwner(context, bucket);
  return bucket;
}

/** Throws `AccessDenied` unless policy, ownership or an ACL lets the caller. */
export function authorize(context: S3Context, bucket: Bucket, wish: Wish): void {
  if (!isAllowed(context, bucket, wish)) throw denied();
}

export function isAllowed(context: S3Context, bucket: Bucket, wish: Wish): boolean {
  const { caller } = context;
  if (caller?.isAdmin === true) return true;
  const ownsBucket = caller !== undefined && caller.accountId === bucket.owner.accountId;
  const verdict = policyVerdict(context, bucket, wish);
  if (verdict === 'deny') return ownsBucket && OWNERS_ALWAYS.has(wish.action);
  if (verdict === 'allow') return true;
  return allowedByOwnership(caller, bucket, wish, ownsBucket) || allowedByAcl(caller, bucket, wish);
}

/** Whether the policy of the bucket denies it in so many words. */
export function isDenied(context: S3Context, bucket: Bucket, wish: Wish): boolean {
  return context.caller?.isAdmin !== true && policyVerdict(context, bucket, wish) === 'deny';
}

/** Throws `AccessDenied` unless somebody is signed in. */
export function requireCaller(context: S3Context): Caller {
  if (context.caller === undefined) throw denied();
  return context.caller;
}

export function denied(): MalleeError {
  return new MalleeError('AccessDenied', 'Access Denied');
}

function allowedByOwnership(caller: Caller | undefined, bucket: Bucket, wish: Wish, ownsBucket: boolean): boolean {
  if (caller === undefined) return false;
  // An owner who takes his own grant away may neither list nor write, until he puts it back.
  const byGrant = ownsBucket && bucket.settings.ownership !== 'BucketOwnerEnforced';
  if (byGrant && ['READ', 'WRITE'].includes(BUCKET_PERMISSIONS[wish.action] ?? '')) return false;
  const reads = Object.hasOwn(OBJECT_PERMISSIONS, wish.action);
  // Who owns the bucket owns what is said about objects in it, but reads those of others only where their ACL lets it.
  if (!reads) return ownsBucket;
  if (wish.object === undefined || bucket.settings.ownership === 'BucketOwnerEnforced') return ownsBucket;
  return wish.object.owner.accountId === caller.accountId;
}

function allowedByAcl(caller: Caller | undefined, bucket: Bucket, wish: Wish): boolean {
  const { ownership, publicAccessBlock } = bucket.settings;
  if (ownership === 'BucketOwnerEnforced') return false;
  const ignorePublic = publicAccessBlock?.ignorePublicAcls === true;
  const onObject = OBJECT_PERMISSIONS[wish.action];
  if (onObject !== undefined) {
    return wish.object !== undefined && grants(wish.object.acl, caller, onObject, ignorePublic);
  }
  const onBucket = BUCKET_PERMISSIONS[wish.action];
  return onBucket !== undefined && grants(bucket.acl, caller, onBucket, ignorePublic);
}

function grants(acl: Acl, caller: Caller | undefined, permission: Permission, ignorePublic: boolean): boolean {
  return acl.some((grant) => {
    if (grant.permission !== permission && grant.permission !== 'FULL_CONTROL') return false;
    if (grant.grantee.type === 'user') return caller !== undefined && grant.grantee.id === caller.canonicalId;
    if (ignorePublic) return false;
    return grant.grantee.uri === ALL_USERS || (caller !== undefined && grant.grantee.uri === AUTHENTICATED_USERS);
  });
}

const parsed = new Map<string, Policy>();

/** The policy of a bucket; texts are read once. */
function policyOf(bucket: Bucket): Policy | undefined {
  const text = bucket.settings.policy;
  if (text === undefined) return undefined;
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const policy = parsePolicy(text);
  if (parsed.size >= 1000) parsed.clear();
  parsed.set(text, policy);
  return policy;
}

function policyVerdict(context: S3Context, bucket: Bucket, wish: Wish): 'allow' | 'deny' | 'none' {
  const policy = policyOf(bucket);
  if (policy === undefined) return 'none';
  const { caller } = context;
  const principal =
    caller === undefined
      ? undefined
      : {
          accountId: caller.accountId,
          canonicalId: caller.canonicalId,
          userId: caller.userId,
          userName: caller.userName,
        };
  const resource = `arn:aws:s3:::${bucket.name}${wish.key === undefined ? '' : `/${wish.key}`}`;
  const verdict = evaluate(policy, { principal, action: wish.action, resource, values: valuesOf(context, wish) });
  const restricted = bucket.settings.publicAccessBlock?.restrictPublicBuckets === true && isPublic(policy);
  if (verdict === 'allow' && restricted && caller?.accountId !== bucket.owner.accountId) return 'none';
  return verdict;
}

/** The condition keys that requests have. */
function valuesOf(context: S3Context, wish: Wish): ConditionValues {
  const { request, headers, query, caller } = context;
  const one = (text: string | undefined): readonly string[] | undefined => (text === undefined ? undefined : [text]);
  return (key) => {
    const name = key.toLowerCase();
    const tag = /^s3:(existingobjecttag|requestobjecttag)\/(.+)$/i.exec(key);
    if (tag !== null) {
      const tags = tag[1]?.toLowerCase() === 'requestobjecttag' ? wish.tags : wish.object?.tags;
      return one(tags?.find(([tagKey]) => tagKey === tag[2])?.[1]);
    }
    if (name === 's3:requestobjecttagkeys') return wish.tags?.map(([tagKey]) => tagKey);
    if (name.startsWith('s3:x-amz-')) return one(headerValue(headers, name.slice(3)));
    switch (name) {
      case 's3:prefix':
        return one(wish.prefix ?? query.get('prefix'));
      case 's3:delimiter':
      case 's3:max-keys':
        return one(query.get(name.slice(3)));
      case 's3:if-match':
      case 's3:if-none-match':
        return one(headerValue(headers, name.slice(3)));
      case 's3:versionid':
        return one(query.get('versionId'));
      case 'aws:sourceip':
        return one(request.socket.remoteAddress?.replace(/^::ffff:/, ''));
      case 'aws:referer':
        return one(headerValue(headers, 'referer'));
      case 'aws:useragent':
        return one(headerValue(headers, 'user-agent'));
      case 'aws:securetransport':
        return [String('encrypted' in request.socket)];
      case 'aws:currenttime':
        return [context.services.now().toISOString()];
      case 'aws:epochtime':
        return [String(Math.floor(context.services.now().getTime() / 1000))];
      case 'aws:username':
        return one(caller?.userName ?? caller?.userId);
      case 'aws:userid':
        return one(caller?.userId);
      case 'aws:principalaccount':
        return one(caller?.accountId);
      case 'aws:principaltype':
        return [caller === undefined ? 'Anonymous' : 'User'];
      default:
        return undefined;
    }
  };
}

function checkExpectedOwner({ headers }: S3Context, bucket: Bucket): void {
  const expected = headerValue(headers, 'x-amz-expected-bucket-owner');
  if (expected !== undefined && expected !== bucket.owner.accountId) throw denied();
}
