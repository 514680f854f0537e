import { z } from 'zod';
import { defineAction } from '../../ec2/action.js';
import { applyFilters, type FilterTable } from '../../ec2/filters.js';
import { paginate } from '../../ec2/pagination.js';
import { listing, texts } from '../../ec2/schema.js';
import { groupSet, instanceItem, requireInstances, stateOf, type Instance } from '../../resources/instances.js';
import { scopeOf } from '../../resources/scope.js';

export const instanceFilters: FilterTable<Instance> = {
  architecture: (one) => one.architecture,
  'availability-zone': (one) => one.zone,
  'client-token': (one) => one.client_token ?? '',
  'dns-name': (one) => one.public_ip ?? one.private_ip,
  'group-id': (one) => one.group_ids,
  'group-name': (one) => one.group_names,
  'instance.group-id': (one) => one.group_ids,
  'instance.group-name': (one) => one.group_names,
  hypervisor: () => 'kvm',
  'image-id': (one) => one.image_id,
  'instance-id': (one) => one.instance_id,
  'instance-lifecycle': () => undefined,
  'instance-state-code': (one) => stateOf(one.state)['code'] as number,
  'instance-state-name': (one) => one.state,
  'instance-type': (one) => one.instance_type,
  'ip-address': (one) => one.public_ip,
  'kernel-id': (one) => one.kernel_id,
  'key-name': (one) => one.key_name,
  'launch-index': (one) => one.launch_index,
  'launch-time': (one) => one.launched_at,
  'monitoring-state': () => 'disabled',
  'owner-id': (one) => one.account_id,
  platform: (one) => one.platform,
  'private-dns-name': (one) => one.private_ip,
  'private-ip-address': (one) => one.private_ip,
  'ramdisk-id': (one) => one.ramdisk_id,
  'reservation-id': (one) => one.reservation_id,
  'root-device-name': () => '/dev/sda1',
  'root-device-type': () => 'instance-store',
  'state-reason-code': (one) => one.reason_code,
  'subnet-id': () => undefined,
  tenancy: () => 'default',
  'virtualization-type': () => 'hvm',
  'vpc-id': () => undefined,
};

export const DescribeInstances = defineAction({
  name: 'DescribeInstances',
  authorization: 'user',
  metric: 'DescribeInstances',
  summary: 'Instances with state, typed reason, addresses and tags; terminated ones are shown for an hour.',
  parameters: z.object({ InstanceId: texts(), ...listing }),
  async run(given, { pool, caller, config, version }) {
    // `no-dns` was the original's wish for plain addresses; those are all there is.
    const ids = given.InstanceId.filter((id) => id !== 'no-dns' && id !== 'i-no-dns');
    const found = await requireInstances(pool, scopeOf(caller, ids), config.timings.terminatedVisibleMs);
    const matching = applyFilters(found, given.Filter, instanceFilters);
    const page = paginate(
      matching,
      (one) => `${one.reservation_id} ${String(one.launch_index).padStart(5, '0')}`,
      given,
    );
    const reservations = new Map<string, Instance[]>();
    for (const one of page.rows)
      reservations.set(one.reservation_id, [...(reservations.get(one.reservation_id) ?? []), one]);
    return {
      reservationSet: [...reservations].map(([reservationId, instances]) => ({
        reservationId,
        ownerId: instances[0]!.account_id,
        groupSet: groupSet(instances[0]!, version.modern),
        instancesSet: instances.map((one) => instanceItem(one, version.modern)),
      })),
      nextToken: page.nextToken,
    };
  },
});
