import { headerValue } from '@mallee/aws-signatures';
import { MalleeError } from '@mallee/errors';
import type { XmlElement } from '@mallee/xml';
import type { Account } from '../accounts/account-directory.js';
import {
  ALL_USERS,
  AUTHENTICATED_USERS,
  GROUPS,
  LOG_DELIVERY,
  PERMISSIONS,
  type Acl,
  type Grant,
  type Grantee,
  type Permission,
} from '../storage/acl.js';
import type { Bucket } from '../storage/buckets.js';
import { denied } from './authorize.js';
import type { S3Context } from './context.js';
import { childOf, childrenOf, textOf } from './documents.js';
import { element, field } from './xml.js';

const GRANT_HEADERS: Readonly<Record<string, Permission>> = {
  'x-amz-grant-full-control': 'FULL_CONTROL',
  'x-amz-grant-read': 'READ',
  'x-amz-grant-write': 'WRITE',
  'x-amz-grant-read-acp': 'READ_ACP',
  'x-amz-grant-write-acp': 'WRITE_ACP',
};
const MAX_GRANTS = 100;

/** Everything its owner and nobody else. */
export function privateAcl(owner: Account): Acl {
  return [{ grantee: userOf(owner), permission: 'FULL_CONTROL' }];
}

/** A canned ACL spelled out; throws `InvalidArgument` for an unknown name. `bucketOwner` is given for objects. */
export function cannedAcl(name: string, owner: Account, bucketOwner?: Account): Acl {
  const full = privateAcl(owner);
  const group = (uri: string, permission: Permission): Grant => ({ grantee: { type: 'group', uri }, permission });
  const forBucketOwner = (permission: Permission): Acl =>
    bucketOwner === undefined || bucketOwner.canonicalId === owner.canonicalId
      ? full
      : [...full, { grantee: userOf(bucketOwner), permission }];
  switch (name) {
    case 'private':
    case 'aws-exec-read':
    case 'ec2-bundle-read': // both for EC2, which reads images here without an ACL
      return full;
    case 'public-read':
      return [...full, group(ALL_USERS, 'READ')];
    case 'public-read-write':
      return [...full, group(ALL_USERS, 'READ'), group(ALL_USERS, 'WRITE')];
    case 'authenticated-read':
      return [...full, group(AUTHENTICATED_USERS, 'READ')];
    case 'bucket-owner-read':
      return forBucketOwner('READ');
    case 'bucket-owner-full-control':
      return forBucketOwner('FULL_CONTROL');
    case 'log-delivery-write':
      return [...full, group(LOG_DELIVERY, 'WRITE'), group(LOG_DELIVERY, 'READ_ACP')];
    default:
      throw new MalleeError('InvalidArgument', `"${name}" is not a canned ACL.`);
  }
}

/** The ACL that the headers of a request ask for; undefined when they name none. */
export async function aclOfHeaders(
  context: S3Context,
  owner: Account,
  bucketOwner?: Account,
): Promise<Acl | undefined> {
  const canned = headerValue(context.headers, 'x-amz-acl');
  const given = Object.entries(GRANT_HEADERS).filter(([header]) => context.headers[header] !== undefined);
  if (canned !== undefined && given.length > 0) {
    throw new MalleeError('InvalidRequest', 'Specifying both Canned ACLs and Header Grants is not allowed');
  }
  if (canned !== undefined) return cannedAcl(canned, owner, bucketOwner);
  if (given.length === 0) return undefined;
  const acl: Grant[] = [];
  for (const [header, permission] of given) {
    for (const item of (headerValue(context.headers, header) ?? '').split(',')) {
      const match = /^\s*(id|uri|emailAddress)\s*=\s*"?([^"]*)"?\s*$/i.exec(item);
      if (match === null) throw new MalleeError('InvalidArgument', `Argument format not recognized in ${header}`);
      acl.push({ grantee: await granteeOf(context, match[1]!.toLowerCase(), match[2]!.trim()), permission });
    }
  }
  return acl;
}

/** ACL of a new object in `bucket`, as its ownership controls have it. Throws `AccessControlListNotSupported`, `AccessDenied`. */
export async function aclOfNewObject(context: S3Context, bucket: Bucket, owner: Account): Promise<Acl> {
  const acl = await aclOfHeaders(context, owner, bucket.owner);
  if (acl === undefined) return privateAcl(owner);
  checkAclAllowed(context, bucket, acl);
  return acl;
}

/** Who owns what the caller writes into a bucket. */
export function ownerOfNewObject(context: S3Context, bucket: Bucket): Account {
  const { ownership } = bucket.settings;
  if (context.caller === undefined || ownership === 'BucketOwnerEnforced') return bucket.owner;
  const gives = headerValue(context.headers, 'x-amz-acl') === 'bucket-owner-full-control';
  if (ownership === 'BucketOwnerPreferred' && gives) return bucket.owner;
  const { accountId, canonicalId, displayName } = context.caller;
  return { accountId, canonicalId, displayName };
}

/** Holds the ACL of a request against ownership controls and public access block of its bucket. */
export function checkAclAllowed(context: S3Context, bucket: Pick<Bucket, 'settings'>, acl: Acl): void {
  const { ownership, publicAccessBlock } = bucket.settings;
  const harmless = headerValue(context.headers, 'x-amz-acl') === 'bucket-owner-full-control';
  if (ownership === 'BucketOwnerEnforced' && !harmless) {
    throw new MalleeError('AccessControlListNotSupported', 'The bucket does not allow ACLs');
  }
  if (publicAccessBlock?.blockPublicAcls === true && isPublicAcl(acl)) throw denied();
}

export function isPublicAcl(acl: Acl): boolean {
  return acl.some(({ grantee }) => grantee.type === 'group' && [ALL_USERS, AUTHENTICATED_USERS].includes(grantee.uri));
}

/** Reads an AccessControlPolicy. Throws `MalformedACLError`, `InvalidArgument`, `UnresolvableGrantByEmailAddress`. */
export async function readAclDocument(context: S3Context, root: XmlElement, owner: Account): Promise<Acl> {
  const ownerId = childOf(root, 'Owner');
  const list = childOf(root, 'AccessControlList');
  if (list === undefined) throw malformedAcl();
  const givenOwner = ownerId === undefined ? undefined : textOf(ownerId, 'ID')?.trim();
  if (givenOwner !== undefined && givenOwner !== '' && givenOwner !== owner.canonicalId) throw denied();
  const grants = childrenOf(list, 'Grant');
  if (grants.length > MAX_GRANTS) throw malformedAcl();
  const acl: Grant[] = [];
  for (const grant of grants) {
    const permission = textOf(grant, 'Permission')?.trim() as Permission;
    const grantee = childOf(grant, 'Grantee');
    if (grantee === undefined || !PERMISSIONS.includes(permission)) throw malformedAcl();
    acl.push({ grantee: await readGrantee(context, grantee), permission });
  }
  return acl;
}

/** An AccessControlPolicy, the children of its root; groups come first. */
export function aclChildren(acl: Acl, owner: Account): string[] {
  const groupsFirst = [...acl].sort((a, b) => a.grantee.type.localeCompare(b.grantee.type));
  return [
    element('Owner', field('ID', owner.canonicalId), field('DisplayName', owner.displayName)),
    element('AccessControlList', groupsFirst.map(grantElement)),
  ];
}

function grantElement({ grantee, permission }: Grant): string {
  const type = grantee.type === 'user' ? 'CanonicalUser' : 'Group';
  const inside =
    grantee.type === 'user'
      ? [field('ID', grantee.id), field('DisplayName', grantee.name)]
      : [field('URI', grantee.uri)];
  const open = `<Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="${type}">`;
  return element('Grant', `${open}${inside.join('')}</Grantee>`, field('Permission', permission));
}

async function readGrantee(context: S3Context, grantee: XmlElement): Promise<Grantee> {
  const [id, uri, email] = ['ID', 'URI', 'EmailAddress'].map((name) => textOf(grantee, name)?.trim());
  if (id !== undefined) return await granteeOf(context, 'id', id);
  if (uri !== undefined) return await granteeOf(context, 'uri', uri);
  if (email !== undefined) return await granteeOf(context, 'emailaddress', email);
  throw malformedAcl();
}

async function granteeOf(context: S3Context, kind: string, value: string): Promise<Grantee> {
  const { accounts } = context.services;
  if (kind === 'uri') {
    if (!GROUPS.includes(value)) throw new MalleeError('InvalidArgument', 'Invalid group uri');
    return { type: 'group', uri: value };
  }
  if (kind === 'id') {
    const account = await accounts.byCanonicalId(value);
    if (account === undefined) throw new MalleeError('InvalidArgument', 'Invalid id');
    return userOf(account);
  }
  const account = await accounts.byEmail?.(value);
  if (account === undefined) {
    throw new MalleeError(
      'UnresolvableGrantByEmailAddress',
      'The e-mail address you provided does not match any account on record.',
    );
  }
  return userOf(account);
}

function userOf(account: Account): Grantee {
  return { type: 'user', id: account.canonicalId, name: account.displayName };
}

function malformedAcl(): MalleeError {
  return new MalleeError(
    'MalformedACLError',
    'The XML you provided was not well-formed or did not validate against our published schema',
  );
}
