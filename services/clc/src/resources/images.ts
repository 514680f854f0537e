import type { Queryable } from '@mallee/database';
import type { XmlFields } from '../ec2/xml.js';
import type { Caller } from '../identity/caller.js';
import { tagSet } from './tags.js';

export type ImageKind = 'machine' | 'kernel' | 'ramdisk';

export interface ImageRow {
  image_id: string;
  account_id: string;
  account_name: string;
  kind: ImageKind;
  location: string;
  name: string | null;
  description: string | null;
  architecture: string;
  platform: string | null;
  state: 'available' | 'deregistered';
  is_public: boolean;
  kernel_id: string | null;
  ramdisk_id: string | null;
  size_bytes: number;
  digest: string;
  signature: string;
  created_at: Date;
}

export type Image = ImageRow & { readonly tags: ReadonlyMap<string, string> };

export const imagePrefixes: Readonly<Record<ImageKind, string>> = { machine: 'emi', kernel: 'eki', ramdisk: 'eri' };

const select = 'select m.*, a.name as account_name from image m join account a using (account_id)';

export function mayUse(image: ImageRow, caller: Caller): boolean {
  return image.is_public || image.account_id === caller.accountId || caller.isAdmin;
}

/** The image if the caller may see it, deregistered or not. */
export async function findImage(database: Queryable, caller: Caller, imageId: string): Promise<ImageRow | undefined> {
  const { rows } = await database.query<ImageRow>(`${select} where m.image_id = $1`, [imageId]);
  return rows.find((row) => mayUse(row, caller));
}

/** Every available image that the caller may use. */
export async function visibleImages(database: Queryable, caller: Caller): Promise<ImageRow[]> {
  const { rows } = await database.query<ImageRow>(
    `${select} where m.state = 'available' and (m.is_public or m.account_id = $1 or $2) order by m.image_id`,
    [caller.accountId, caller.isAdmin],
  );
  return rows;
}

/** The first registered kernel or ramdisk, the default of the original. */
export async function defaultImage(
  database: Queryable,
  caller: Caller,
  kind: 'kernel' | 'ramdisk',
): Promise<ImageRow | undefined> {
  const { rows } = await database.query<ImageRow>(
    `${select} where m.kind = $1 and m.state = 'available' order by m.created_at, m.image_id`,
    [kind],
  );
  return rows.find((row) => mayUse(row, caller));
}

/** The item of DescribeImages. */
export function imageItem(image: Image, modern: boolean): XmlFields {
  const head: XmlFields = {
    imageId: image.image_id,
    imageLocation: image.location,
    imageState: image.state,
    imageOwnerId: image.account_id,
    isPublic: image.is_public,
    productCodes: [],
    architecture: image.architecture,
    imageType: image.kind,
    kernelId: image.kernel_id,
    ramdiskId: image.ramdisk_id,
    platform: image.platform,
    imageOwnerAlias: image.account_name,
    name: image.name,
    description: image.description,
    rootDeviceType: 'instance-store',
    rootDeviceName: '/dev/sda1',
    blockDeviceMapping: [],
  };
  if (!modern) return head;
  return {
    ...head,
    virtualizationType: 'hvm',
    tagSet: tagSet(image.tags),
    hypervisor: 'kvm',
    creationDate: image.created_at,
  };
}
