import { MalleeError } from '@mallee/errors';
import type { Queryable } from '@mallee/database';
import type { ClusterLaunch, LaunchSource } from '../components/cluster-port.js';
import type { InstanceState } from './instance-transition.js';

export interface LaunchSubject {
  readonly zone: string;
  readonly state: InstanceState;
  readonly desired: 'running' | 'terminated';
  readonly row: LaunchRow;
}

interface LaunchRow {
  instance_id: string;
  reservation_id: string;
  account_id: string;
  user_id: string;
  launch_index: number;
  zone: string;
  state: InstanceState;
  desired: 'running' | 'terminated';
  image_id: string;
  kernel_id: string | null;
  ramdisk_id: string | null;
  image_location: string;
  image_digest: string;
  kernel_location: string | null;
  kernel_digest: string | null;
  ramdisk_location: string | null;
  ramdisk_digest: string | null;
  platform: string | null;
  type_name: string;
  memory_mb: number;
  cores: number;
  disk_gb: number;
  public_key: string;
  user_data: string;
  mac: string;
  group_names: string[];
  group_ids: string[];
}

/** Everything that the launch of an instance needs. */
export async function loadLaunch(pool: Queryable, instanceId: string): Promise<LaunchSubject> {
  const { rows } = await pool.query<LaunchRow>(
    `select i.instance_id, i.reservation_id, i.account_id, i.user_id, i.launch_index, i.zone, i.state, i.desired, i.image_id, i.kernel_id,
            i.ramdisk_id, m.location as image_location, m.digest as image_digest, k.location as kernel_location,
            k.digest as kernel_digest, r.location as ramdisk_location, r.digest as ramdisk_digest, m.platform, t.name as type_name, t.memory_mb, t.cores, t.disk_gb, i.public_key, i.user_data, i.mac, i.group_ids,
            array(select coalesce(g.name, given.id) from unnest(i.group_ids) with ordinality as given (id, position)
                    left join security_group g on g.group_id = given.id order by position) as group_names
       from instance i join image m on m.image_id = i.image_id join vm_type t on t.name = i.instance_type
       left join image k on k.image_id = i.kernel_id left join image r on r.image_id = i.ramdisk_id
      where i.instance_id = $1`,
    [instanceId],
  );
  const row = rows[0];
  if (row === undefined) throw new MalleeError('InvalidInstanceID.NotFound', `there is no instance ${instanceId}`);
  return { zone: row.zone, state: row.state, desired: row.desired, row };
}

/** The order for one instance, every part that an original cluster needs included. */
export function launchRequest({ row }: LaunchSubject, walrusUrl: string): ClusterLaunch {
  // The digest holds Walrus to the image that was registered, whoever owns its bucket by now.
  const manifest = (location: string, digest: string): string =>
    `${walrusUrl}/services/Walrus/${location}?digest=${digest}`;
  const optional = (id: string | null, location: string | null, digest: string | null): LaunchSource | undefined => {
    if (id === null) return undefined;
    return { id, url: location === null || digest === null ? undefined : manifest(location, digest) };
  };
  return {
    instanceId: row.instance_id,
    reservationId: row.reservation_id,
    accountId: row.account_id,
    userId: row.user_id,
    launchIndex: row.launch_index,
    image: { id: row.image_id, url: manifest(row.image_location, row.image_digest) },
    kernel: optional(row.kernel_id, row.kernel_location, row.kernel_digest),
    ramdisk: optional(row.ramdisk_id, row.ramdisk_location, row.ramdisk_digest),
    type: { name: row.type_name, memory: row.memory_mb, cores: row.cores, disk: row.disk_gb },
    publicKey: row.public_key,
    groupNames: row.group_names.length === 0 ? ['default'] : row.group_names,
    groupIds: row.group_ids,
    mac: row.mac,
    userData: row.user_data,
    platform: row.platform ?? 'linux',
  };
}
