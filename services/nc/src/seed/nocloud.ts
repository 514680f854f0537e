import { seedDisk } from '@mallee/seed-disk';
import type { LaunchRequest } from '../instances/record.js';

/** Name of the guest when no name service is configured: the address, as EC2 does. */
export function guestHostname(launch: LaunchRequest): string {
  return `ip-${launch.network.privateIp.replaceAll('.', '-')}`;
}

/**
 * The NoCloud seed disk of cloud-init: key and user data reach the guest even without a network.
 * Quoted YAML strings are written as JSON strings, which YAML reads the same.
 */
export function buildSeed(launch: LaunchRequest, at: Date): Buffer {
  const lines = [
    `instance-id: ${launch.instanceId}`,
    `local-hostname: ${guestHostname(launch)}`,
    ...(launch.publicKey === '' ? [] : ['public-keys:', `  - ${JSON.stringify(launch.publicKey)}`]),
  ];
  return seedDisk(
    [
      { name: 'meta-data', content: `${lines.join('\n')}\n` },
      { name: 'user-data', content: Buffer.from(launch.userData, 'base64') },
    ],
    { at },
  );
}
