import type { Queryable } from '@mallee/database';
import { MalleeError } from '@mallee/errors';
import type { XmlFields } from '../ec2/xml.js';
import type { Scope } from './scope.js';
import { tagSet, withTags } from './tags.js';

export type InstanceState = 'pending' | 'running' | 'shutting-down' | 'terminated';

export interface InstanceRow {
  instance_id: string;
  reservation_id: string;
  account_id: string;
  user_id: string;
  launch_index: number;
  zone: string;
  image_id: string;
  kernel_id: string | null;
  ramdisk_id: string | null;
  instance_type: string;
  key_name: string | null;
  user_data: string;
  group_ids: string[];
  private_ip: string | null;
  public_ip: string | null;
  state: InstanceState;
  desired: 'running' | 'terminated';
  reason_code: string | null;
  reason_message: string | null;
  launched_at: Date;
  terminated_at: Date | null;
  changed_at: Date;
  client_token: string | null;
  architecture: string;
  platform: string | null;
  /** Names of `group_ids`, same order. */
  group_names: (string | null)[];
}

export type Instance = InstanceRow & { readonly tags: ReadonlyMap<string, string> };

const stateCodes: Readonly<Record<InstanceState, number>> = {
  pending: 0,
  running: 16,
  'shutting-down': 32,
  terminated: 48,
};

export function stateOf(state: InstanceState): XmlFields {
  return { code: stateCodes[state], name: state };
}

const select = `select i.*, r.client_token, m.architecture, m.platform,
    array(select g.name from unnest(i.group_ids) with ordinality as given (id, position)
            left join security_group g on g.group_id = given.id order by position) as group_names
  from instance i join reservation r using (reservation_id) join image m using (image_id)`;

/** Instances in scope; terminated ones are shown for `visibleMs` after their end. */
export async function loadInstances(database: Queryable, scope: Scope, visibleMs: number): Promise<Instance[]> {
  const { rows } = await database.query<InstanceRow>(
    `${select}
      where ($1::text is null or i.account_id = $1) and (cardinality($2::text[]) = 0 or i.instance_id = any($2))
        and (i.state <> 'terminated' or i.terminated_at is null or i.terminated_at > now() - $3 * interval '1 ms')
      order by i.reservation_id, i.launch_index`,
    [scope.accountId ?? null, scope.ids, visibleMs],
  );
  return withTags(database, rows, (row) => row.instance_id);
}

/** All instances of one reservation in launch order. */
export async function loadReservation(database: Queryable, reservationId: string): Promise<Instance[]> {
  const { rows } = await database.query<InstanceRow>(`${select} where i.reservation_id = $1 order by i.launch_index`, [
    reservationId,
  ]);
  return withTags(database, rows, (row) => row.instance_id);
}

/** As above, and every id asked for must be there. @throws InvalidInstanceID.Malformed, InvalidInstanceID.NotFound */
export async function requireInstances(database: Queryable, scope: Scope, visibleMs: number): Promise<Instance[]> {
  const malformed = scope.ids.find((id) => !/^i-[0-9A-F]{8}$/.test(id));
  if (malformed !== undefined) {
    throw new MalleeError('InvalidInstanceID.Malformed', `Invalid id: "${malformed.slice(0, 100)}"`);
  }
  const found = await loadInstances(database, scope, visibleMs);
  const known = new Set(found.map((one) => one.instance_id));
  const missing = scope.ids.filter((id) => !known.has(id));
  if (missing.length === 0) return found;
  const one = missing.length === 1;
  throw new MalleeError(
    'InvalidInstanceID.NotFound',
    `The instance ${one ? 'ID' : 'IDs'} '${missing.join(', ')}' ${one ? 'does' : 'do'} not exist`,
  );
}

/** The instance item of RunInstances and DescribeInstances. 2009-era answers carry only the elements of that time. */
export function instanceItem(instance: Instance, modern: boolean): XmlFields {
  const address = instance.private_ip ?? '';
  const head: XmlFields = {
    instanceId: instance.instance_id,
    imageId: instance.image_id,
    instanceState: stateOf(instance.state),
    privateDnsName: address,
    dnsName: instance.public_ip ?? address,
    reason: transitionReason(instance),
    keyName: instance.key_name ?? (modern ? undefined : ''),
    amiLaunchIndex: instance.launch_index,
    productCodes: [],
    instanceType: instance.instance_type,
    launchTime: instance.launched_at,
    placement: modern
      ? { availabilityZone: instance.zone, groupName: '', tenancy: 'default' }
      : { availabilityZone: instance.zone },
    kernelId: instance.kernel_id,
    ramdiskId: instance.ramdisk_id,
    platform: instance.platform,
    monitoring: { state: modern ? 'disabled' : 'false' },
  };
  return modern ? { ...head, ...modernFields(instance) } : head;
}

function modernFields(instance: Instance): XmlFields {
  return {
    privateIpAddress: instance.private_ip,
    ipAddress: instance.public_ip,
    groupSet: groupSet(instance, true),
    stateReason: stateReason(instance),
    architecture: instance.architecture,
    rootDeviceType: 'instance-store',
    rootDeviceName: '/dev/sda1',
    blockDeviceMapping: [],
    virtualizationType: 'hvm',
    clientToken: instance.client_token ?? '',
    tagSet: tagSet(instance.tags),
    hypervisor: 'kvm',
    networkInterfaceSet: [],
    ebsOptimized: false,
  };
}

/** Before group ids existed the element groupId carried the name. */
export function groupSet(instance: Pick<Instance, 'group_ids' | 'group_names'>, modern: boolean): XmlFields[] {
  return instance.group_ids.map((id, index) => {
    const name = instance.group_names[index] ?? id;
    return modern ? { groupId: id, groupName: name } : { groupId: name };
  });
}

function stateReason(instance: Instance): XmlFields | undefined {
  if (instance.reason_code === null) return undefined;
  return { code: instance.reason_code, message: `${instance.reason_code}: ${instance.reason_message ?? ''}` };
}

/** StateTransitionReason of the SDKs: empty while all is well, else text and time of the change. */
function transitionReason(instance: Instance): string {
  if (instance.reason_code === null) return '';
  const time = instance.changed_at
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, ' GMT');
  return `${instance.reason_message ?? instance.reason_code} (${time})`;
}
