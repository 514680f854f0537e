import { MalleeError } from '@mallee/errors';
import type { DomainDisk, DomainSpec, HypervisorDriver } from '@mallee/hypervisor';
import type { NodeNetwork } from '../host/node-network.js';
import type { ImageCache } from '../images/image-cache.js';
import { demandOf } from '../instances/capacity.js';
import type { InstanceFiles } from '../instances/instance-files.js';
import type { InstanceRecord } from '../instances/record.js';
import type { LaunchHook } from './hook.js';

export interface DomainHookParts {
  readonly driver: HypervisorDriver;
  readonly files: InstanceFiles;
  readonly cache: Pick<ImageCache, 'path'>;
  readonly network: NodeNetwork;
  readonly gracefulSeconds: number;
}

const COMMAND_LINE = 'root=/dev/vda rw console=ttyS0';
const GRACE_POLL_MS = 250;

/** The virtual machine itself. */
export function domainHook(parts: DomainHookParts): LaunchHook {
  return {
    name: 'domain',
    prerun: async (context) => parts.driver.create(domainSpec(context.record(), parts)),
    undo: async (context) => {
      const record = context.record();
      const guestIsAlive = record.runningSince !== undefined && record.reason?.code === 'Client.UserInitiatedShutdown';
      if (parts.gracefulSeconds > 0 && guestIsAlive) await shutDown(parts, record.launch.instanceId);
      await parts.driver.destroy(record.launch.instanceId);
    },
  };
}

/** The domain of an instance. Its metadata holds the record, so that the instance can be adopted from libvirt alone. */
export function domainSpec(record: InstanceRecord, { files, cache, network }: DomainHookParts): DomainSpec {
  const { launch, images, diskFormat } = record;
  const { instanceId } = launch;
  if (images === undefined || diskFormat === undefined) {
    throw new MalleeError('Node.DomainFailed', 'the disk of the instance is not known');
  }
  const disks: DomainDisk[] = [
    { path: files.disk(instanceId), format: diskFormat, target: 'vda' },
    { path: files.seed(instanceId), format: 'raw', target: 'vdb', readOnly: true, serial: 'mallee-seed' },
  ];
  return {
    instanceId,
    memoryBytes: demandOf(launch).memoryBytes,
    vcpus: launch.type.cores,
    boot:
      images.kernel === undefined
        ? { kind: 'disk' }
        : {
            kind: 'kernel',
            kernel: cache.path(images.kernel.sha256),
            ...(images.ramdisk === undefined ? {} : { ramdisk: cache.path(images.ramdisk.sha256) }),
            commandLine: COMMAND_LINE,
          },
    disks,
    consolePath: files.console(instanceId),
    network: network.port(launch.network.mac, launch.network.privateIp),
    metadata: { version: 1, instancesDirectory: files.root, record },
  };
}

/** Presses the power button and waits; a guest that does not listen is ended by the caller. */
async function shutDown({ driver, gracefulSeconds }: DomainHookParts, instanceId: string): Promise<void> {
  try {
    await driver.shutdown(instanceId);
    const deadline = performance.now() + gracefulSeconds * 1000;
    while (performance.now() < deadline) {
      const status = await driver.inspect(instanceId);
      if (status === undefined || status.state === 'stopped') return;
      await new Promise((resolve) => setTimeout(resolve, GRACE_POLL_MS));
    }
  } catch {
    // Graceful is a courtesy: the hard end follows in any case.
  }
}
