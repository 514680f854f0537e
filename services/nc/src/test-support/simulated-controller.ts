import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SimulatedDriver } from '@mallee/hypervisor';
import { InstanceWork } from '../controller/instance-work.js';
import { NodeController } from '../controller/node-controller.js';
import { UserNodeNetwork, type NodeNetwork } from '../host/node-network.js';
import { InstanceFiles } from '../instances/instance-files.js';
import { InstanceTable } from '../instances/instance-table.js';
import { JsonRecordFiles } from '../instances/record-files.js';
import { domainHook } from '../launch/domain-hook.js';
import type { LaunchHook } from '../launch/hook.js';
import { NodeState } from '../node/node-state.js';
import { quietLogger } from './examples.js';

export interface SimulatedNode {
  readonly controller: NodeController;
  readonly network: NodeNetwork;
  readonly work: InstanceWork;
  readonly files: InstanceFiles;
}

/** The real controller on the simulated hypervisor; an image is there as soon as it is asked for. */
export async function simulatedNode(
  directory: string,
  subnet: string,
  now = (): Date => new Date(),
): Promise<SimulatedNode> {
  const table = new InstanceTable(new JsonRecordFiles(join(directory, 'records')));
  const files = new InstanceFiles(join(directory, 'instances'), join(directory, 'consoles'));
  const network = new UserNodeNetwork(subnet);
  const cache = { path: (sha256: string) => `/cache/${sha256}` };
  const shared = { table, files, driver: new SimulatedDriver(), logger: quietLogger(), now };
  const staging: LaunchHook = {
    name: 'simulated',
    async prerun(context) {
      const { instanceId } = context.record().launch;
      await files.create(instanceId);
      await writeFile(files.disk(instanceId), 'disk');
      const machine = { sha256: '0'.repeat(64), sizeBytes: 1 };
      await context.save({ images: { machine }, diskFormat: 'qcow2' });
    },
    undo: (context) => files.remove(context.record().launch.instanceId),
  };
  const hook = domainHook({ ...shared, cache, network, gracefulSeconds: 0 });
  const work = new InstanceWork({ ...shared, stagingHooks: [staging], domainHook: hook });
  const node = await NodeState.open(join(directory, 'node.json'));
  const limits = { memoryBytes: 1024 ** 3, cores: 4, diskBytes: 50 * 1024 ** 3 };
  const timings = { stagingSeconds: 100, bootSeconds: 60, teardownSeconds: 180, sweepSeconds: 1000 };
  const controller = new NodeController({ ...shared, work, node, limits, timings });
  await controller.start();
  return { controller, network, work, files };
}
