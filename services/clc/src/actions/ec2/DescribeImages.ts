import { MalleeError } from '@mallee/errors';
import { z } from 'zod';
import { defineAction } from '../../ec2/action.js';
import { applyFilters, type FilterTable } from '../../ec2/filters.js';
import { paginate } from '../../ec2/pagination.js';
import { listing, texts } from '../../ec2/schema.js';
import type { Caller } from '../../identity/caller.js';
import { normaliseId } from '../../identity/ids.js';
import { imageItem, visibleImages, type Image, type ImageRow } from '../../resources/images.js';
import { withTags } from '../../resources/tags.js';

const imageFilters: FilterTable<Image> = {
  architecture: (one) => one.architecture,
  'creation-date': (one) => one.created_at,
  description: (one) => one.description,
  hypervisor: () => 'kvm',
  'image-id': (one) => one.image_id,
  'image-type': (one) => one.kind,
  'is-public': (one) => one.is_public,
  'kernel-id': (one) => one.kernel_id,
  'manifest-location': (one) => one.location,
  name: (one) => one.name,
  'owner-alias': (one) => one.account_name,
  'owner-id': (one) => one.account_id,
  platform: (one) => one.platform,
  'ramdisk-id': (one) => one.ramdisk_id,
  'root-device-name': () => '/dev/sda1',
  'root-device-type': () => 'instance-store',
  state: (one) => one.state,
  'virtualization-type': () => 'hvm',
};

export const DescribeImages = defineAction({
  name: 'DescribeImages',
  authorization: 'user',
  metric: 'DescribeImages',
  summary: 'Machine images, kernels and ramdisks that the caller may use.',
  parameters: z.object({ ImageId: texts(), Owner: texts(), ExecutableBy: texts(), ...listing }),
  async run(given, { pool, caller, version }) {
    const ids = given.ImageId.map(normaliseId);
    const visible = await visibleImages(pool, caller);
    requireAll(ids, visible);
    const chosen = visible.filter(
      (one) =>
        (ids.length === 0 || ids.includes(one.image_id)) &&
        (given.Owner.length === 0 || given.Owner.some((owner) => isOwner(owner, one, caller))) &&
        (given.ExecutableBy.length === 0 || given.ExecutableBy.some((who) => isExecutableBy(who, one, caller))),
    );
    const images = await withTags(pool, chosen, (one) => one.image_id);
    const page = paginate(applyFilters(images, given.Filter, imageFilters), (one) => one.image_id, given);
    return { imagesSet: page.rows.map((one) => imageItem(one, version.modern)), nextToken: page.nextToken };
  },
});

function requireAll(ids: readonly string[], visible: readonly ImageRow[]): void {
  const malformed = ids.find((id) => !/^[a-z]{2,4}-[0-9A-Fa-f]{8,17}$/.test(id));
  if (malformed !== undefined) {
    throw new MalleeError('InvalidAMIID.Malformed', `Invalid id: "${malformed.slice(0, 100)}"`);
  }
  const missing = ids.filter((id) => !visible.some((one) => one.image_id === id));
  if (missing.length > 0) {
    throw new MalleeError('InvalidAMIID.NotFound', `The image id '[${missing.join(', ')}]' does not exist`);
  }
}

function isOwner(owner: string, image: ImageRow, caller: Caller): boolean {
  if (owner === 'self') return image.account_id === caller.accountId;
  return owner === image.account_id || owner === image.account_name;
}

function isExecutableBy(who: string, image: ImageRow, caller: Caller): boolean {
  if (who === 'all') return image.is_public;
  return who === 'self' || who === caller.accountId ? image.account_id === caller.accountId || image.is_public : false;
}
