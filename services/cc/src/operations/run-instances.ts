import { transaction, type PoolClient } from '@mallee/database';
import { MalleeError } from '@mallee/errors';
import { capacity, macOf } from '@mallee/network';
import type { Cluster } from '../cluster.js';
import { enqueueLaunch } from '../launch/workflows.js';
import { explainPlacement, toCandidate } from '../scheduling/explain.js';
import { schedulers, type Candidate } from '../scheduling/scheduler.js';
import type { InstanceRecord, NewInstance, VmType } from '../store/instance-record.js';
import { findInstances, insertInstance } from '../store/instances.js';
import { listNodes, type NodeRecord } from '../store/nodes.js';
import {
  chooseAddress,
  lockPlacement,
  readCursor,
  reserveCapacity,
  saveCursor,
  takeAddress,
} from '../store/placement.js';
import { checkVmType, type AskedVmType } from './vm-type.js';

/** RunInstances in no dialect. Sizes of the type are in MB, cores and GB; texts that were not given are ''. */
export interface LaunchOrder {
  /** Owner. */
  readonly userId: string;
  readonly uuids: readonly string[];
  readonly accountId: string | null;
  readonly expiryTime: Date | null;
  readonly reservationId: string;
  /** One for each instance, up to maxCount. */
  readonly instanceIds: readonly string[];
  readonly minCount: number;
  readonly maxCount: number;
  readonly imageId: string;
  readonly kernelId: string;
  readonly ramdiskId: string;
  readonly imageUrl: string;
  readonly kernelUrl: string;
  readonly ramdiskUrl: string;
  readonly vmType: AskedVmType;
  readonly keyName: string;
  readonly userData: string;
  /** Of the first instance. */
  readonly launchIndex: string;
  readonly platform: string;
  readonly groupNames: readonly string[];
  readonly groupIds: readonly string[];
  readonly vlan: number;
}

/**
 * Reserves a node's capacity and an address for each instance in one transaction, asks for the launch jobs in the same,
 * and answers Pending. An id that is known already is answered as it is, so the call may be repeated. Fewer than minCount:
 * nothing is kept, and the reason says what each node has free (Cluster.NoNodes, Cluster.NoCapacity, Cluster.NoAddress).
 * The MAC follows from the id, the address is chosen here, whatever the caller proposed.
 */
export async function runInstances(
  cluster: Cluster,
  order: LaunchOrder,
  correlationId: string,
): Promise<InstanceRecord[]> {
  const type = checkVmType(order.vmType);
  const ids = checkIds(order);
  const instances = await transaction(cluster.pool, async (client) => {
    await lockPlacement(client);
    const known = new Set((await findInstances(client, ids)).map((instance) => instance.id));
    const placement = await openPlacement(client, cluster, type);
    let count = known.size;
    for (const id of ids) {
      if (known.has(id)) continue;
      if (!(await placeOne(client, cluster, placement, newInstance(order, correlationId, type, id)))) break;
      await enqueueLaunch(client, cluster.config().cluster, id, correlationId);
      count += 1;
    }
    if (count < order.minCount) throw shortage(placement, count, order.minCount);
    await saveCursor(client, 'node', placement.cursor);
    return findInstances(client, ids);
  });
  cluster.logger.info({ instanceIds: instances.map((one) => one.id) }, 'instances accepted');
  const place = new Map(ids.map((id, index) => [id, index]));
  return instances.sort((a, b) => (place.get(a.id) ?? 0) - (place.get(b.id) ?? 0));
}

interface Placement {
  readonly type: VmType;
  readonly nodes: readonly NodeRecord[];
  /** What is left after the instances placed so far. */
  readonly candidates: Candidate[];
  cursor: number;
  noAddress: string | undefined;
}

async function openPlacement(db: PoolClient, cluster: Cluster, type: VmType): Promise<Placement> {
  const nodes = (await listNodes(db)).filter((node) => node.configured);
  const cursor = await readCursor(db, 'node');
  const candidates = nodes.map(toCandidate);
  cluster.logger.debug({ candidates }, 'placing');
  return { type, nodes, candidates, cursor, noAddress: undefined };
}

/** False when no node or no address is left. */
async function placeOne(
  db: PoolClient,
  cluster: Cluster,
  placement: Placement,
  instance: Omit<NewInstance, 'nodeUrl' | 'privateIp' | 'networkIndex'>,
): Promise<boolean> {
  const { scheduler, timings } = cluster.config();
  const { type, candidates } = placement;
  const choice = schedulers[scheduler](candidates, type, placement.cursor);
  const node = choice && candidates[choice.index];
  if (choice === undefined || node === undefined) return false;
  const address = await chooseAddress(db, cluster.subnet);
  if (address === undefined) {
    placement.noAddress = `all ${String(capacity(cluster.subnet))} addresses of ${cluster.config().network.subnet} are in use`;
    return false;
  }
  const placed = { ...instance, nodeUrl: node.url, privateIp: address.ip, networkIndex: address.index };
  await insertInstance(db, placed, timings.launchWindowSeconds);
  const holder = { instanceId: instance.id, ip: address.ip, mac: instance.mac };
  if (!(await takeAddress(db, cluster.subnet, holder, 'reserved'))) {
    throw new MalleeError('Cluster.NoAddress', `the MAC ${instance.mac} of ${instance.id} is in use`);
  }
  await reserveCapacity(db, instance.id, node.url, type, timings.launchWindowSeconds * 2);
  placement.cursor = choice.cursor;
  candidates[choice.index] = {
    ...node,
    memory: node.memory - type.memory,
    disk: node.disk - type.disk,
    cores: node.cores - type.cores,
  };
  return true;
}

function shortage(placement: Placement, count: number, wanted: number): MalleeError {
  const start = `room for ${String(count)} of at least ${String(wanted)} instance(s)`;
  if (placement.noAddress !== undefined)
    return new MalleeError('Cluster.NoAddress', `${start}: ${placement.noAddress}`);
  const why = explainPlacement(placement.nodes, placement.candidates, placement.type);
  const code = placement.candidates.some((node) => node.up) ? 'Cluster.NoCapacity' : 'Cluster.NoNodes';
  return new MalleeError(code, `${start}: ${why}`);
}

function checkIds(order: LaunchOrder): string[] {
  const { minCount, maxCount, instanceIds } = order;
  if (minCount <= 0 || maxCount < minCount) {
    const counts = `minCount ${String(minCount)}, maxCount ${String(maxCount)}`;
    throw new MalleeError('Wire.MalformedMessage', `${counts}: both must be above 0 and in order`);
  }
  const ids = instanceIds.slice(0, maxCount);
  if (ids.length < maxCount || new Set(ids).size !== ids.length) {
    throw new MalleeError('Wire.MalformedMessage', `${String(maxCount)} different instanceIds are needed`);
  }
  return ids;
}

function newInstance(
  order: LaunchOrder,
  correlationId: string,
  vmType: VmType,
  id: string,
): Omit<NewInstance, 'nodeUrl' | 'privateIp' | 'networkIndex'> {
  return {
    id,
    reservationId: order.reservationId,
    userId: order.userId,
    uuid: order.uuids[order.instanceIds.indexOf(id)] ?? null,
    accountId: order.accountId,
    expiryTime: order.expiryTime,
    imageId: order.imageId,
    kernelId: order.kernelId,
    ramdiskId: order.ramdiskId,
    imageUrl: order.imageUrl,
    kernelUrl: order.kernelUrl,
    ramdiskUrl: order.ramdiskUrl,
    keyName: order.keyName,
    userData: order.userData,
    launchIndex: launchIndexOf(order, id),
    platform: order.platform,
    groupNames: order.groupNames,
    groupIds: order.groupIds,
    vmType,
    mac: macOf(id),
    publicIp: '0.0.0.0',
    vlan: order.vlan,
    volumes: [],
    bundleState: 'none',
    state: 'Pending',
    nodeCall: 'none',
    launchTime: null,
    correlationId,
  };
}

/** The order has the index of its first instance. */
function launchIndexOf(order: LaunchOrder, id: string): string {
  const first = Number.parseInt(order.launchIndex, 10);
  const offset = order.instanceIds.indexOf(id);
  return Number.isNaN(first) ? String(offset) : String(first + offset);
}
