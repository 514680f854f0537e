import { MalleeError } from '@mallee/errors';
import type { EucalyptusCCTypes_4_4 as Wire } from '@mallee/wsdl-types';
import { uriOf, type Topology } from '../../service/topology.js';
import type { DeviceMapping } from '../../store/instance-record.js';

const MIB = 1024 * 1024;
const NONE = 'none';

/** What boot records say, in the terms of the cluster; a part that has no record is undefined. */
export interface BootPlan {
  readonly image: BootSource | undefined;
  readonly kernel: BootSource | undefined;
  readonly ramdisk: BootSource | undefined;
  readonly deviceMapping: readonly DeviceMapping[];
}

export interface BootSource {
  readonly id: string;
  readonly url: string;
}

/**
 * Reads boot records (internal-protocol 7.4). Types are compared by their beginning, as the original does.
 * @throws Wire.OperationNotSupported for a disk that is a volume; Wire.MalformedMessage for an unknown record or a place
 *   that no known service stands for
 */
export function fromBootRecords(records: readonly Wire.VirtualBootRecordType[], topology: Topology): BootPlan {
  const sources = new Map<string, BootSource>();
  const deviceMapping: DeviceMapping[] = [];
  for (const record of records) {
    const { type = '', id = '', resourceLocation = NONE, guestDeviceName = '', size = 0, format = NONE } = record;
    const source = SOURCES.find((name) => type.startsWith(name));
    if (source !== undefined) {
      sources.set(source, { id, url: resolveLocation(resourceLocation, topology) });
    } else if (type.startsWith('ephemeral') || type.startsWith('swap')) {
      const mebibytes = Math.max(0, Math.ceil(size / MIB));
      deviceMapping.push({ deviceName: withoutDev(guestDeviceName), virtualName: type, size: mebibytes, format });
    } else if (type.startsWith('ebs')) {
      throw new MalleeError('Wire.OperationNotSupported', `a volume (${id.slice(0, 32)}) cannot be a disk of a launch`);
    } else if (!type.startsWith('boot')) {
      throw new MalleeError('Wire.MalformedMessage', `a boot record of type "${type.slice(0, 32)}"`);
    }
  }
  return {
    image: sources.get('machine'),
    kernel: sources.get('kernel'),
    ramdisk: sources.get('ramdisk'),
    deviceMapping,
  };
}

const SOURCES = ['machine', 'kernel', 'ramdisk'] as const;

/** Schemes that stand for a service, and the types of that service. */
const SERVICE_SCHEMES: Readonly<Record<string, readonly string[]>> = {
  'objectstorage:': ['objectstorage', 'walrus', 'walrusbackend'],
  'walrus:': ['objectstorage', 'walrus', 'walrusbackend'],
  'cloud:': ['eucalyptus'],
};

/** The URL of a record: one that names a service gets the URI of that service. */
export function resolveLocation(location: string, topology: Topology): string {
  if (location === NONE || location === '') return '';
  const [scheme = '', rest = ''] = location.split(/(?<=^[a-z]+:)\/\//, 2);
  const types = SERVICE_SCHEMES[scheme];
  if (types === undefined) return location;
  const base = uriOf(topology, ...types);
  if (base === undefined) {
    throw new MalleeError('Wire.MalformedMessage', `no service stands for ${scheme}// in this message or before`);
  }
  return `${base.replace(/\/$/, '')}/${rest.replace(/^\//, '')}`;
}

/** What an instance boots from, as boot records; also those that the guest is given. */
export function toBootRecords(instance: {
  readonly imageId: string;
  readonly imageUrl: string;
  readonly kernelId: string;
  readonly kernelUrl: string;
  readonly ramdiskId: string;
  readonly ramdiskUrl: string;
  readonly vmType: { readonly deviceMapping: readonly DeviceMapping[] };
}): Wire.VirtualBootRecordType[] {
  const { deviceMapping } = instance.vmType;
  const root = deviceMapping.find(({ virtualName }) => virtualName === 'ami' || virtualName === 'root');
  return [
    source('machine', root?.deviceName ?? 'sda1', instance.imageId, instance.imageUrl),
    ...(instance.kernelId === '' ? [] : [source('kernel', NONE, instance.kernelId, instance.kernelUrl)]),
    ...(instance.ramdiskId === '' ? [] : [source('ramdisk', NONE, instance.ramdiskId, instance.ramdiskUrl)]),
    ...deviceMapping.filter(isGiven).map(given),
  ];
}

function source(type: string, guestDeviceName: string, id: string, url: string): Wire.VirtualBootRecordType {
  return { resourceLocation: url || NONE, guestDeviceName, size: -1, format: NONE, id: id || NONE, type };
}

function isGiven({ virtualName }: DeviceMapping): boolean {
  return virtualName.startsWith('ephemeral') || virtualName.startsWith('swap');
}

function given({ deviceName, virtualName, size, format }: DeviceMapping): Wire.VirtualBootRecordType {
  return {
    resourceLocation: NONE,
    guestDeviceName: deviceName,
    size: size * MIB,
    format: format || NONE,
    id: NONE,
    type: virtualName,
  };
}

function withoutDev(device: string): string {
  return device.replace(/^\/dev\//, '');
}
