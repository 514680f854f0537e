import { z } from 'zod';
import { defineAction } from '../../ec2/action.js';
import { applyFilters, type FilterTable } from '../../ec2/filters.js';
import { paginate } from '../../ec2/pagination.js';
import { listing, texts } from '../../ec2/schema.js';
import { scopeOf } from '../../resources/scope.js';
import { requireVolumes, volumeItem, type Volume } from '../../resources/volumes.js';

const volumeFilters: FilterTable<Volume> = {
  'attachment.instance-id': () => undefined,
  'attachment.status': () => undefined,
  'availability-zone': (one) => one.zone,
  'create-time': (one) => one.created_at,
  encrypted: () => false,
  size: (one) => one.size_gb,
  'snapshot-id': (one) => one.snapshot_id,
  status: (one) => one.state,
  'volume-id': (one) => one.volume_id,
  'volume-type': () => 'standard',
};

export const DescribeVolumes = defineAction({
  name: 'DescribeVolumes',
  authorization: 'user',
  metric: 'DescribeVolumes',
  summary: 'Volumes of the account with their state.',
  parameters: z.object({ VolumeId: texts(), ...listing }),
  async run(given, { pool, caller, version }) {
    const volumes = await requireVolumes(pool, scopeOf(caller, given.VolumeId));
    const page = paginate(applyFilters(volumes, given.Filter, volumeFilters), (one) => one.volume_id, given);
    return { volumeSet: page.rows.map((one) => volumeItem(one, version.modern)), nextToken: page.nextToken };
  },
});
