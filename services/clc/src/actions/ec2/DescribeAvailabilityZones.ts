import { MalleeError } from '@mallee/errors';
import { z } from 'zod';
import { defineAction } from '../../ec2/action.js';
import { applyFilters, type FilterTable } from '../../ec2/filters.js';
import { filters, texts } from '../../ec2/schema.js';
import type { XmlFields } from '../../ec2/xml.js';
import {
  loadZones,
  vmTypes,
  zoneCapacity,
  zoneTrouble,
  type Capacity,
  type VmType,
  type Zone,
} from '../../resources/zones.js';

type TaggedZone = Zone & { readonly tags: ReadonlyMap<string, string> };

/** Words that clients of the original pass as zone names. */
const keywords = new Set(['verbose', 'certs', 'logs', 'keys', 'coredump', 'help']);

export const DescribeAvailabilityZones = defineAction({
  name: 'DescribeAvailabilityZones',
  authorization: 'user',
  metric: 'DescribeAvailabilityZones',
  summary:
    'Zones and whether their cluster answers; with `verbose` administrators see free and maximal counts per type.',
  parameters: z.object({ ZoneName: texts(), ZoneId: texts(), Filter: filters }),
  async run(given, { pool, caller, config, version }) {
    const zones = await loadZones(pool);
    const names = [...given.ZoneName.filter((name) => !keywords.has(name)), ...given.ZoneId];
    const missing = names.find((name) => !zones.some((zone) => zone.name === name));
    if (missing !== undefined) {
      throw new MalleeError('InvalidZone.NotFound', `The zone '${missing.slice(0, 100)}' does not exist.`);
    }
    const chosen = zones
      .filter((zone) => names.length === 0 || names.includes(zone.name))
      .map((zone) => ({ ...zone, tags: new Map<string, string>() }));
    const shown = applyFilters(chosen, given.Filter, zoneFilters(config.region));
    if (!given.ZoneName.includes('verbose') || !caller.isAdmin) {
      return { availabilityZoneInfo: shown.map((zone) => zoneItem(zone, config.region, version.modern)) };
    }
    const [types, capacity] = [await vmTypes(pool), await zoneCapacity(pool)];
    return { availabilityZoneInfo: shown.flatMap((zone) => verboseRows(zone, types, capacity, config.region)) };
  },
});

function zoneFilters(region: string): FilterTable<TaggedZone> {
  return {
    message: (zone) => zoneTrouble(zone),
    'region-name': () => region,
    state: (zone) => stateOf(zone),
    'zone-id': (zone) => zone.name,
    'zone-name': (zone) => zone.name,
    'zone-type': () => 'availability-zone',
    'opt-in-status': () => 'opt-in-not-required',
  };
}

function stateOf(zone: Zone): string {
  return zone.up ? 'available' : 'unavailable';
}

function zoneItem(zone: Zone, region: string, modern: boolean): XmlFields {
  const trouble = zoneTrouble(zone);
  const item: XmlFields = {
    zoneName: zone.name,
    zoneState: stateOf(zone),
    regionName: region,
    messageSet: trouble === undefined ? [] : [{ message: trouble }],
  };
  return modern
    ? { ...item, zoneId: zone.name, zoneType: 'availability-zone', optInStatus: 'opt-in-not-required' }
    : item;
}

/** The table that euca-describe-availability-zones prints: its columns are part of the interface. */
function verboseRows(zone: Zone, types: readonly VmType[], capacity: readonly Capacity[], region: string): XmlFields[] {
  const trouble = zoneTrouble(zone);
  const row = (zoneName: string, zoneState: string, message?: string): XmlFields => ({
    zoneName,
    zoneState,
    regionName: region,
    messageSet: message === undefined ? [] : [{ message }],
  });
  const digits = (value: number, width: number, fill = ' '): string => String(value).padStart(width, fill);
  const rows = types.map((type) => {
    const room = capacity.find((one) => one.zone === zone.name && one.instance_type === type.name);
    const free = digits(zone.up ? (room?.available ?? 0) : 0, 4, '0');
    const max = digits(zone.up ? (room?.maximum ?? 0) : 0, 4, '0');
    const size = `${digits(type.cores, 2)}   ${digits(type.memory_mb, 4)}  ${digits(type.disk_gb, 4)}`;
    return row(`|- ${type.name}`, `${free} / ${max}  ${size}`);
  });
  const host = new URL(zone.cluster.url).hostname;
  return [row(zone.name, host, trouble), row('|- vm types', 'free / max   cpu   ram  disk'), ...rows];
}
