import type { Queryable } from '@mallee/database';
import { macOf } from '@mallee/network';
import type { Cluster } from '../cluster.js';
import type { Sighting } from '../nodes/node-port.js';
import type { InstanceState } from '../store/instance-record.js';
import { insertInstance, stampInstance } from '../store/instances.js';
import { takeAddress } from '../store/placement.js';
import { toVolume } from './merge.js';

/** Takes an instance over that a node runs and nobody here knows, from the fields the node stored and echoes. */
export async function adoptInstance(db: Queryable, cluster: Cluster, url: string, seen: Sighting): Promise<void> {
  const id = seen.instanceId;
  if (!/^i-[0-9A-Fa-f]{8}$/.test(id)) {
    cluster.logger.warn({ node: url, instanceId: id.slice(0, 64) }, 'the node runs something with a strange id');
    return;
  }
  const mac = seen.netParams?.privateMacAddress ?? macOf(id);
  const privateIp = seen.netParams?.privateIp ?? '0.0.0.0';
  const { name = 'unknown', memory = 0, cores = 0, disk = 0, deviceMapping = [] } = seen.instanceType;
  await insertInstance(
    db,
    {
      id,
      reservationId: seen.reservationId,
      userId: seen.userId,
      uuid: seen.uuid ?? null,
      accountId: seen.accountId ?? null,
      expiryTime: null,
      imageId: seen.imageId,
      kernelId: seen.kernelId ?? '',
      ramdiskId: seen.ramdiskId ?? '',
      imageUrl: '',
      kernelUrl: '',
      ramdiskUrl: '',
      keyName: seen.keyName,
      userData: seen.userData ?? '',
      launchIndex: seen.launchIndex ?? '0',
      platform: seen.platform ?? '',
      groupNames: seen.groupNames,
      groupIds: seen.groupIds ?? [],
      vmType: { name, memory, cores, disk, deviceMapping },
      mac,
      privateIp,
      publicIp: seen.netParams?.publicIp ?? '0.0.0.0',
      vlan: seen.netParams?.vlan ?? -1,
      networkIndex: seen.netParams?.networkIndex ?? -1,
      volumes: seen.volumes.map(toVolume),
      bundleState: seen.bundleTaskStateName ?? 'none',
      state: seen.stateName as InstanceState,
      nodeUrl: url,
      nodeCall: 'accepted',
      launchTime: seen.launchTime === undefined ? null : new Date(seen.launchTime),
      correlationId: null,
    },
    0,
  );
  await stampInstance(db, id, 'accepted_at');
  const took = await takeAddress(db, cluster.subnet, { instanceId: id, ip: privateIp, mac }, 'active');
  cluster.logger.warn({ instanceId: id, node: url, privateIp, addressTaken: took }, 'adopted an instance of the node');
}
