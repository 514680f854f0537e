import type { Queryable } from '@mallee/database';
import { MalleeError } from '@mallee/errors';
import type { XmlFields } from '../ec2/xml.js';
import type { Scope } from './scope.js';
import { tagSet, withTags } from './tags.js';

export type VolumeState = 'creating' | 'available' | 'in-use' | 'deleting' | 'deleted' | 'error';

export interface VolumeRow {
  volume_id: string;
  account_id: string;
  zone: string;
  size_gb: number;
  snapshot_id: string | null;
  state: VolumeState;
  reason_code: string | null;
  reason_message: string | null;
  created_at: Date;
}
export type Volume = VolumeRow & { readonly tags: ReadonlyMap<string, string> };

/** Volumes in scope that are not deleted; every id asked for must be there. @throws InvalidVolume.NotFound */
export async function requireVolumes(database: Queryable, scope: Scope): Promise<Volume[]> {
  const { rows } = await database.query<VolumeRow>(
    `select * from volume where ($1::text is null or account_id = $1)
       and (cardinality($2::text[]) = 0 or volume_id = any($2)) and state <> 'deleted' order by volume_id`,
    [scope.accountId ?? null, scope.ids],
  );
  const missing = scope.ids.find((id) => !rows.some((row) => row.volume_id === id));
  if (missing !== undefined) {
    throw new MalleeError('InvalidVolume.NotFound', `The volume '${missing.slice(0, 100)}' does not exist.`);
  }
  return withTags(database, rows, (row) => row.volume_id);
}

/** Item of DescribeVolumes and, without its attachments, content of CreateVolume. */
export function volumeItem(volume: Volume, modern: boolean): XmlFields {
  const item: XmlFields = {
    volumeId: volume.volume_id,
    size: volume.size_gb,
    snapshotId: volume.snapshot_id ?? '',
    availabilityZone: volume.zone,
    status: volume.state,
    createTime: volume.created_at,
    attachmentSet: [],
  };
  if (!modern) return item;
  return { ...item, tagSet: tagSet(volume.tags), volumeType: 'standard', encrypted: false, multiAttachEnabled: false };
}
