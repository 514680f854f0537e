import type { Queryable } from '@mallee/database';
import { MalleeError } from '@mallee/errors';
import { loadZones, vmTypes, zoneCapacity, type Capacity, type VmType, type Zone } from '../resources/zones.js';

/** Room for one instance type in one zone. */
export interface ZoneRoom {
  readonly zone: string;
  readonly up: boolean;
  readonly free: number;
}

interface Unreported {
  zone: string;
  instance_type: string;
  launched_at: Date;
  last_seen_at: Date | null;
}

/**
 * What each zone has free for a type: the last report of its cluster minus the launches that the report cannot know of
 * yet. Run it under the capacity lock, or two requests see the same room.
 */
export async function roomFor(database: Queryable, type: string): Promise<ZoneRoom[]> {
  const [zones, capacity, types] = [await loadZones(database), await zoneCapacity(database), await vmTypes(database)];
  const { rows } = await database.query<Unreported>(
    `select zone, instance_type, launched_at, last_seen_at from instance where state = 'pending'`,
  );
  return computeRoom(zones, capacity, types, rows, type);
}

/** Pure part of `roomFor`. */
export function computeRoom(
  zones: readonly Pick<Zone, 'name' | 'up'>[],
  capacity: readonly Capacity[],
  types: readonly VmType[],
  pending: readonly Unreported[],
  type: string,
): ZoneRoom[] {
  const wanted = types.find((one) => one.name === type);
  return zones.map(({ name, up }) => {
    const report = capacity.find((one) => one.zone === name && one.instance_type === type);
    if (!report || !wanted) return { zone: name, up, free: 0 };
    const unknown = pending.filter((one) => one.zone === name && isUnreported(one, report));
    const used = unknown.reduce((sum, one) => sum + weight(types, one.instance_type, wanted), 0);
    return { zone: name, up, free: up ? Math.max(0, report.available - used) : 0 };
  });
}

/** A report older than the launch, or one that did not list the instance, still counts its place as free. */
function isUnreported(one: Unreported, report: Capacity): boolean {
  return one.last_seen_at === null || one.launched_at > report.updated_at;
}

/** How many places of type `wanted` an instance of another type takes up. */
function weight(types: readonly VmType[], name: string, wanted: VmType): number {
  const type = types.find((one) => one.name === name);
  if (!type) return 1;
  return Math.max(
    Math.ceil(type.cores / wanted.cores),
    Math.ceil(type.memory_mb / wanted.memory_mb),
    Math.ceil(type.disk_gb / wanted.disk_gb),
  );
}

/**
 * The zone of a launch and how many instances it takes: the zone named, else the one with the most room (a launch is not
 * split over clusters, as in the original's release 2.0.1).
 * @throws InsufficientInstanceCapacity naming what every zone has free
 */
export function chooseZone(
  rooms: readonly ZoneRoom[],
  asked: string | undefined,
  type: string,
  { min, max }: { min: number; max: number },
): { zone: string; count: number } {
  const candidates = rooms.filter((room) => asked === undefined || room.zone === asked);
  const best = candidates.reduce<ZoneRoom | undefined>(
    (a, b) => (a === undefined || b.free > a.free ? b : a),
    undefined,
  );
  if (best && best.free >= min) return { zone: best.zone, count: Math.min(max, best.free) };
  const free = rooms.map((room) => `${room.zone} ${room.up ? `${room.free} free` : 'is down'}`).join(', ');
  throw new MalleeError(
    'InsufficientInstanceCapacity',
    `Not enough resources for ${min} instance(s) of type ${type}${asked === undefined ? '' : ` in zone ${asked}`}: ` +
      (free === '' ? 'no cluster is registered' : free),
  );
}
