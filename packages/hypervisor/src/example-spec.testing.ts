import { join } from 'node:path';
import type { DomainSpec } from './domain-spec.js';

/** A domain without disks: the firmware finds nothing to boot and waits, which is enough to start and stop it. */
export function exampleSpec(instanceId: string, directory: string): DomainSpec {
  return {
    instanceId,
    memoryBytes: 64 * 1024 * 1024,
    vcpus: 1,
    boot: { kind: 'disk' },
    disks: [],
    consolePath: join(directory, 'console.log'),
    network: {
      kind: 'user',
      mac: 'd0:0d:00:00:00:0a',
      subnet: '10.88.0.0/24',
      gateway: '10.88.0.1',
      privateIp: '10.88.0.9',
      outbound: false,
    },
    metadata: { text: 'quotes " and \' <tags> & \u00fc', list: [1, null, true] },
  };
}
