import { MalleeError } from '@mallee/errors';
import { isInstanceId } from './domain-name.js';
import type { DomainSpec } from './domain-spec.js';

const MAC = /^[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}$/;
const ADDRESS = /^(?:\d{1,3}\.){3}\d{1,3}$/;
const SUBNET = /^(?:\d{1,3}\.){3}\d{1,3}\/\d{1,2}$/;
/** Linux allows 15 characters; a comma or a blank could change the meaning of a QEMU option. */
const BRIDGE = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,14}$/;
const TARGET = /^vd[a-z]$/;
const SERIAL = /^[A-Za-z0-9_-]{1,20}$/;
// XML 1.0 cannot carry most control characters, not even escaped.

const UNPRINTABLE = /[\x00-\x1f\x7f\ufffe\uffff]/;

/**
 * Refuses a spec that could not be rendered faithfully.
 * @throws Node.DomainFailed naming the field
 */
export function checkDomainSpec(spec: DomainSpec): void {
  require(isInstanceId(spec.instanceId), 'instanceId', spec.instanceId);
  require(Number.isSafeInteger(spec.memoryBytes) && spec.memoryBytes >= 1024 * 1024, 'memoryBytes', spec.memoryBytes);
  require(Number.isSafeInteger(spec.vcpus) && spec.vcpus >= 1 && spec.vcpus <= 1024, 'vcpus', spec.vcpus);
  requirePath('consolePath', spec.consolePath);
  if (spec.boot.kind === 'kernel') {
    requirePath('kernel', spec.boot.kernel);
    if (spec.boot.ramdisk !== undefined) requirePath('ramdisk', spec.boot.ramdisk);
    require(!UNPRINTABLE.test(spec.boot.commandLine), 'commandLine', spec.boot.commandLine);
  }
  const targets = new Set<string>();
  for (const disk of spec.disks) {
    requirePath('disk path', disk.path);
    require(TARGET.test(disk.target) && !targets.has(disk.target), 'disk target', disk.target);
    if (disk.serial !== undefined) require(SERIAL.test(disk.serial), 'disk serial', disk.serial);
    targets.add(disk.target);
  }
  checkNetwork(spec);
}

function checkNetwork({ network }: DomainSpec): void {
  require(MAC.test(network.mac), 'mac', network.mac);
  if (network.kind === 'bridge') return require(BRIDGE.test(network.bridge), 'bridge', network.bridge);
  require(SUBNET.test(network.subnet), 'subnet', network.subnet);
  require(ADDRESS.test(network.gateway), 'gateway', network.gateway);
  require(ADDRESS.test(network.privateIp), 'privateIp', network.privateIp);
}

function requirePath(field: string, path: string): void {
  require(path.startsWith('/') && !UNPRINTABLE.test(path), field, path);
}

function require(condition: boolean, field: string, value: unknown): void {
  if (condition) return;
  throw new MalleeError('Node.DomainFailed', `domain ${field} is not valid: ${JSON.stringify(value)}`);
}
