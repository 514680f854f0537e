import { MalleeError } from '@mallee/errors';
import type { Queryable } from '@mallee/database';
import type { RunInstancesRequest } from './wire-types.js';
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
}

/** Everything that the launch of an instance needs. */
export async function loadLaunch(pool: Queryable, instanceId: string): Promise<LaunchSubject> {
  const { rows } = await pool.query<LaunchRow>(
    `select i.instance_id, i.reservation_id, i.user_id, i.launch_index, i.zone, i.state, i.desired, i.image_id, i.kernel_id,
            i.ramdisk_id, m.location as image_location, m.digest as image_digest, k.location as kernel_location,
            k.digest as kernel_digest, r.location as ramdisk_location, r.digest as ramdisk_digest, m.platform, t.name as type_name, t.memory_mb, t.cores, t.disk_gb, i.public_key, i.user_data, i.mac,
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

/** The RunInstances message for one instance (min = max = 1), every element that an original cluster needs included. */
export function launchRequest({ row }: LaunchSubject, walrusUrl: string): RunInstancesRequest {
  // The digest holds Walrus to the image that was registered, whoever owns its bucket by now.
  const manifest = (location: string, digest: string): string =>
    `${walrusUrl}/services/Walrus/${location}?digest=${digest}`;
  const optional = (location: string | null, digest: string | null): string | undefined =>
    location === null || digest === null ? undefined : manifest(location, digest);
  return {
    userId: row.user_id,
    imageId: row.image_id,
    kernelId: row.kernel_id ?? undefined,
    ramdiskId: row.ramdisk_id ?? undefined,
    imageURL: manifest(row.image_location, row.image_digest),
    kernelURL: optional(row.kernel_location, row.kernel_digest),
    ramdiskURL: optional(row.ramdisk_location, row.ramdisk_digest),
    instanceType: {
      name: row.type_name,
      memory: row.memory_mb,
      cores: row.cores,
      disk: row.disk_gb,
      deviceMapping: [],
    },
    // The wire element is called keyName; it carries the public key itself.
    keyName: row.public_key,
    minCount: 1,
    maxCount: 1,
    reservationId: row.reservation_id,
    instanceIds: [row.instance_id],
    netNames: row.group_names.length === 0 ? ['default'] : row.group_names,
    macAddresses: [row.mac],
    networkIndexList: [],
    vlan: -1,
    userData: row.user_data,
    launchIndex: String(row.launch_index),
    platform: row.platform ?? 'linux',
  };
}
