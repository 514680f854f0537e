import { createLogger, type Logger } from '@mallee/daemon';
import type { LaunchRequest } from '../instances/record.js';

/** A logger that says nothing unless a test is being debugged. */
export function quietLogger(): Logger {
  return createLogger({ name: 'test', level: process.env['MALLEE_TEST_LOG'] === '1' ? 'debug' : 'fatal' });
}

export function exampleLaunch(change: Partial<LaunchRequest> = {}): LaunchRequest {
  return {
    instanceId: 'i-0A1B2C3D',
    reservationId: 'r-0A1B2C3D',
    imageId: 'emi-00000001',
    kernelId: 'eki-00000001',
    ramdiskId: 'eri-00000001',
    imageUrl: 'http://walrus/services/Walrus/images/machine.manifest.xml',
    kernelUrl: 'http://walrus/services/Walrus/images/kernel.manifest.xml',
    ramdiskUrl: 'http://walrus/services/Walrus/images/ramdisk.manifest.xml',
    ownerId: '000000000001',
    publicKey: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGZha2Vma2FrZWZha2VmYWtlZmFrZWZha2VmYWtl alice',
    type: { name: 'm1.small', memoryMb: 128, cores: 1, diskGb: 1 },
    network: { mac: 'D0:0D:0A:1B:2C:3D', privateIp: '10.88.0.9', publicIp: '0.0.0.0', vlan: -1, networkIndex: 9 },
    userData: '',
    launchIndex: '0',
    groupNames: ['default'],
    ...change,
  };
}

/** Resolves when `condition` holds; fails with `what` after the time. */
export async function eventually(
  what: string,
  condition: () => boolean | Promise<boolean>,
  timeoutMs = 10_000,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, Math.min(250, timeoutMs / 50)));
  }
}
