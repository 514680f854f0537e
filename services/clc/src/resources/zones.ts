import type { Queryable } from '@mallee/database';
import { MalleeError } from '@mallee/errors';
import { isAnswering, listComponents, type Component } from '../components/registry.js';

export interface VmType {
  name: string;
  cores: number;
  memory_mb: number;
  disk_gb: number;
}

export async function vmTypes(database: Queryable): Promise<VmType[]> {
  const { rows } = await database.query<VmType>('select name, cores, memory_mb, disk_gb from vm_type order by ordinal');
  return rows;
}

/** An availability zone: a registered cluster. */
export interface Zone {
  readonly name: string;
  readonly cluster: Component;
  readonly up: boolean;
}

export async function loadZones(database: Queryable): Promise<Zone[]> {
  const clusters = await listComponents(database, 'cluster');
  return clusters.map((cluster) => ({ name: cluster.partition, cluster, up: isAnswering(cluster) }));
}

/** @throws InvalidZone.NotFound */
export async function requireZone(database: Queryable, name: string): Promise<Zone> {
  const zone = (await loadZones(database)).find((one) => one.name === name);
  if (zone) return zone;
  throw new MalleeError('InvalidZone.NotFound', `The zone '${name.slice(0, 100)}' does not exist.`);
}

/** Why a zone offers nothing, in words for the operator. */
export function zoneTrouble(zone: Zone): string | undefined {
  const { lastOkAt, lastErrorCode, lastError } = zone.cluster;
  if (lastError !== null) return `${lastErrorCode ?? 'InternalError'}: ${lastError}`;
  return lastOkAt === null ? 'The cluster controller has not answered yet' : undefined;
}

export interface Capacity {
  zone: string;
  instance_type: string;
  available: number;
  maximum: number;
  updated_at: Date;
}

export async function zoneCapacity(database: Queryable): Promise<Capacity[]> {
  const { rows } = await database.query<Capacity>('select * from zone_capacity order by zone, instance_type');
  return rows;
}
