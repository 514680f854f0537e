import { publicIpOf, type InstanceRecord } from '../instances/record.js';
import { guestHostname } from '../seed/nocloud.js';

/** A directory of the metadata service, or the text of a leaf. */
export type MetadataNode = string | Buffer | MetadataDirectory;
export interface MetadataDirectory {
  readonly [name: string]: MetadataNode;
}

const NO_ADDRESS = '0.0.0.0';

/** What a guest can read below `/latest/`. Names and shapes as EC2 has them. */
export function metadataTree(record: InstanceRecord, zone: string): MetadataDirectory {
  const userData = Buffer.from(record.launch.userData, 'base64');
  return {
    dynamic: { 'instance-identity': { document: identityDocument(record, zone) } },
    'meta-data': instanceTree(record, zone),
    ...(userData.length === 0 ? {} : { 'user-data': userData }),
  };
}

function instanceTree(record: InstanceRecord, zone: string): MetadataDirectory {
  const { launch } = record;
  const { mac, privateIp } = launch.network;
  const publicIp = publicIpOf(record);
  const lowerMac = mac.toLowerCase();
  const hostname = guestHostname(launch);
  const groups = launch.groupNames.join('\n');
  const hasPublicAddress = publicIp !== NO_ADDRESS && publicIp !== '';
  return {
    'ami-id': launch.imageId,
    'ami-launch-index': launch.launchIndex,
    hostname,
    'instance-id': launch.instanceId,
    'instance-type': launch.type.name,
    ...(launch.kernelId === undefined ? {} : { 'kernel-id': launch.kernelId }),
    'local-hostname': hostname,
    'local-ipv4': privateIp,
    mac: lowerMac,
    network: {
      interfaces: {
        macs: {
          [lowerMac]: {
            'device-number': '0',
            'local-hostname': hostname,
            'local-ipv4s': privateIp,
            mac: lowerMac,
            'owner-id': launch.ownerId,
            'security-groups': groups,
          },
        },
      },
    },
    placement: { 'availability-zone': zone },
    ...(hasPublicAddress ? { 'public-ipv4': publicIp } : {}),
    ...(launch.publicKey === '' ? {} : { 'public-keys': { '0': { 'openssh-key': launch.publicKey } } }),
    ...(launch.ramdiskId === undefined ? {} : { 'ramdisk-id': launch.ramdiskId }),
    'reservation-id': launch.reservationId,
    'security-groups': groups,
  };
}

function identityDocument({ launch, launchTime }: InstanceRecord, zone: string): string {
  const document = {
    accountId: launch.accountId ?? launch.ownerId,
    architecture: 'x86_64',
    availabilityZone: zone,
    imageId: launch.imageId,
    instanceId: launch.instanceId,
    instanceType: launch.type.name,
    kernelId: launch.kernelId ?? null,
    pendingTime: launchTime,
    privateIp: launch.network.privateIp,
    ramdiskId: launch.ramdiskId ?? null,
    region: zone,
    version: '2017-09-30',
  };
  return JSON.stringify(document, null, 2);
}

/** Versions that are listed at `/`; any date is answered like `latest`. */
export const LISTED_VERSIONS = ['1.0', '2009-04-04', '2016-09-02', '2018-09-24', '2021-03-23', 'latest'];
const VERSION = /^(?:latest|1\.0|20\d\d-\d\d-\d\d)$/;

/**
 * The text at a path, undefined when there is nothing. Directories answer with and without a trailing slash, one entry
 * per line, sub-directories marked by a slash; a leaf has no trailing slash.
 */
export function lookUp(tree: MetadataDirectory, path: string): Buffer | undefined {
  if (path === '/' || path === '') return Buffer.from(LISTED_VERSIONS.join('\n'));
  const [, version = '', ...rest] = path.split('/');
  if (!VERSION.test(version)) return undefined;
  const wantsDirectory = rest.at(-1) === '';
  const names = wantsDirectory ? rest.slice(0, -1) : rest;
  let node: MetadataNode = tree;
  for (const name of names) {
    if (typeof node === 'string' || Buffer.isBuffer(node) || !Object.hasOwn(node, name)) return undefined;
    node = node[name] as MetadataNode;
  }
  if (typeof node === 'string' || Buffer.isBuffer(node)) return wantsDirectory ? undefined : Buffer.from(node);
  return Buffer.from(names.at(-1) === 'public-keys' ? keyListing(node) : listing(node, names.length === 0));
}

/** At the top EC2 lists names without slashes. */
function listing(directory: MetadataDirectory, atTop: boolean): string {
  return Object.entries(directory)
    .map(([name, node]) => (atTop || typeof node === 'string' || Buffer.isBuffer(node) ? name : `${name}/`))
    .join('\n');
}

/** `0=<name>`, the name being the comment of the key line when it has a usable one. */
function keyListing(directory: MetadataDirectory): string {
  return Object.entries(directory)
    .map(([index, node]) => `${index}=${keyName(node)}`)
    .join('\n');
}

function keyName(node: MetadataNode): string {
  const line = typeof node === 'string' || Buffer.isBuffer(node) ? '' : node['openssh-key'];
  const comment = typeof line === 'string' ? line.trim().split(/\s+/)[2] : undefined;
  return comment !== undefined && /^[A-Za-z0-9_.@-]{1,255}$/.test(comment) ? comment : 'key';
}
