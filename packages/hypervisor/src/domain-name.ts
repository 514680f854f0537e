import { createHash } from 'node:crypto';
import { MalleeError } from '@mallee/errors';

const INSTANCE_ID = /^i-[0-9A-Fa-f]{8}$/;
const TAG = /^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/;

/** True for `i-` and eight hexadecimal digits. Everything else must never reach a path or a domain name. */
export function isInstanceId(text: string): boolean {
  return INSTANCE_ID.test(text);
}

/** True for a tag that names one cloud on a libvirtd shared by several. */
export function isDomainTag(text: string): boolean {
  return TAG.test(text);
}

/** Name of the domain of an instance: `mallee-<tag>-<instanceId>`. */
export function domainName(tag: string, instanceId: string): string {
  if (!isDomainTag(tag))
    throw new MalleeError('Configuration.Invalid', `domain tag ${JSON.stringify(tag)} is not valid`);
  if (!isInstanceId(instanceId)) {
    throw new MalleeError('Node.DomainFailed', `instance id ${JSON.stringify(instanceId)} is not valid`);
  }
  return `mallee-${tag}-${instanceId}`;
}

/** Instance id of a domain of this tag; undefined for every domain that is not ours. */
export function instanceIdOfDomain(tag: string, name: string): string | undefined {
  const prefix = `mallee-${tag}-`;
  if (!name.startsWith(prefix)) return undefined;
  const instanceId = name.slice(prefix.length);
  return isInstanceId(instanceId) ? instanceId : undefined;
}

/** Host-side name of the guest's network port: 13 characters, the kernel allows 15. */
export function portName(instanceId: string): string {
  return `vn_${instanceId}`;
}

/**
 * UUID of the domain, derived from tag and instance so that it never changes. It begins with `ec2`, by which cloud-init
 * recognises an EC2-like platform.
 */
export function domainUuid(tag: string, instanceId: string): string {
  const hex = createHash('sha256').update(`${tag}\n${instanceId}`).digest('hex');
  return `ec2${hex.slice(0, 5)}-${hex.slice(5, 9)}-4${hex.slice(9, 12)}-a${hex.slice(12, 15)}-${hex.slice(15, 27)}`;
}
