import { createHash } from 'node:crypto';
import type { Queryable } from '@mallee/database';
import { MalleeError } from '@mallee/errors';
import type { Caller } from '../identity/caller.js';
import type { GroupRow } from '../resources/security-groups.js';
import { ensureDefaultGroup, requireGroup } from '../resources/security-groups.js';
import type { Tag } from '../resources/tags.js';
import { requireZone, vmTypes } from '../resources/zones.js';
import { launchImages, type LaunchImages } from './images.js';

/** What a RunInstances request asks for, with empty values gone. */
export interface LaunchRequest {
  readonly ImageId: string;
  readonly KernelId?: string | undefined;
  readonly RamdiskId?: string | undefined;
  readonly MinCount: number;
  readonly MaxCount: number;
  readonly InstanceType: string;
  readonly KeyName?: string | undefined;
  readonly UserData?: string | undefined;
  readonly groups: readonly { GroupId?: string; GroupName?: string }[];
  readonly zone?: string | undefined;
  readonly tags: readonly Tag[];
}

/** A launch in which every name has been looked up. */
export interface LaunchPlan {
  readonly request: LaunchRequest;
  readonly images: LaunchImages;
  readonly publicKey: string;
  readonly keyName: string | null;
  /** Base64 as given, without white space. */
  readonly userData: string;
  readonly groups: readonly GroupRow[];
}

const GIBIBYTE = 1024 ** 3;
const userDataLimit = 16 * 1024;

/** Checks everything of a launch that needs no lock. @throws the EC2 code of the first thing that is wrong */
export async function planLaunch(database: Queryable, caller: Caller, request: LaunchRequest): Promise<LaunchPlan> {
  if (request.MinCount > request.MaxCount) {
    throw new MalleeError(
      'InvalidParameterCombination',
      `MinCount (${request.MinCount}) must not be larger than MaxCount (${request.MaxCount})`,
    );
  }
  const userData = checkUserData(request.UserData);
  const images = await launchImages(database, caller, request);
  const key = await keyOf(database, caller, request, images);
  await checkType(database, request.InstanceType, images);
  const groups = await groupsOf(database, caller, request.groups);
  if (request.zone !== undefined) await requireZone(database, request.zone);
  return { request, images, publicKey: key?.public_key ?? '', keyName: key?.name ?? null, userData, groups };
}

/** @throws InvalidParameterValue */
export function checkUserData(given: string | undefined): string {
  const text = (given ?? '').replace(/\s+/g, '');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.replace(/=+$/, '').length % 4 === 1) {
    throw new MalleeError('InvalidParameterValue', 'Invalid BASE64 encoding of user data.');
  }
  if (Buffer.byteLength(text, 'base64') > userDataLimit) {
    throw new MalleeError('InvalidParameterValue', `User data is limited to ${userDataLimit} bytes`);
  }
  return text;
}

interface KeyRow {
  name: string;
  public_key: string;
}

async function keyOf(
  database: Queryable,
  caller: Caller,
  request: LaunchRequest,
  images: LaunchImages,
): Promise<KeyRow | undefined> {
  if (request.KeyName === undefined) {
    if (images.machine.platform !== 'windows') return undefined;
    throw new MalleeError(
      'MissingParameter',
      `You must specify a keypair when running a windows vm: ${images.machine.image_id}`,
    );
  }
  const { rows } = await database.query<KeyRow>(
    'select name, public_key from key_pair where account_id = $1 and name = $2',
    [caller.accountId, request.KeyName],
  );
  if (rows[0]) return rows[0];
  throw new MalleeError('InvalidKeyPair.NotFound', `The key pair '${request.KeyName}' does not exist`);
}

async function checkType(database: Queryable, name: string, images: LaunchImages): Promise<void> {
  const type = (await vmTypes(database)).find((one) => one.name === name);
  if (!type) {
    throw new MalleeError('InvalidParameterValue', `Invalid value '${name.slice(0, 64)}' for InstanceType.`);
  }
  const { machine } = images;
  if (machine.size_bytes <= type.disk_gb * GIBIBYTE) return;
  const megabytes = Math.ceil(machine.size_bytes / 1024 ** 2);
  throw new MalleeError(
    'InvalidParameterValue',
    `image too large [size=${megabytes}MB] for instance type ${name} [disk=${type.disk_gb * 1024}MB]`,
  );
}

async function groupsOf(
  database: Queryable,
  caller: Caller,
  given: LaunchRequest['groups'],
): Promise<readonly GroupRow[]> {
  await ensureDefaultGroup(database, caller.accountId);
  const asked = given.length === 0 ? [{ GroupName: 'default' }] : given;
  const groups = new Map<string, GroupRow>();
  for (const one of asked) {
    const group = await requireGroup(database, caller, one);
    groups.set(group.group_id, group);
  }
  return [...groups.values()];
}

/** SHA-256 of everything that makes two requests with one ClientToken the same request. */
export function requestDigest(request: LaunchRequest): string {
  return createHash('sha256')
    .update(JSON.stringify(sorted(request)))
    .digest('hex');
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, one]) => [key, sorted(one)]));
}
