import { existsSync, readdirSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { MalleeError } from '@mallee/errors';
import { SimulatedDriver } from '@mallee/hypervisor';
import { scratchDirectory, type ScratchDirectory } from '@mallee/testing';
import { UserNodeNetwork } from '../host/node-network.js';
import { InstanceFiles } from '../instances/instance-files.js';
import { InstanceTable } from '../instances/instance-table.js';
import type { InstanceRecord, LaunchRequest } from '../instances/record.js';
import { JsonRecordFiles, type RecordFiles } from '../instances/record-files.js';
import { domainHook } from '../launch/domain-hook.js';
import type { LaunchHook } from '../launch/hook.js';
import { eventually, exampleLaunch, quietLogger } from '../test-support/examples.js';
import { NodeState } from '../node/node-state.js';
import { InstanceWork } from './instance-work.js';
import { NodeController } from './node-controller.js';

const id = 'i-0A1B2C3D';
const GIB = 1024 ** 3;

/** Stands for image cache and disk: writes a file as they do, and can be told to wait or fail. */
class FakeStaging implements LaunchHook {
  readonly name = 'fake';
  readonly files: InstanceFiles;
  before: (signal: AbortSignal) => Promise<void> = () => Promise.resolve();

  constructor(files: InstanceFiles) {
    this.files = files;
  }

  async prerun(context: Parameters<LaunchHook['prerun']>[0]): Promise<void> {
    const { instanceId } = context.record().launch;
    await this.files.create(instanceId);
    await writeFile(this.files.disk(instanceId), 'disk');
    await this.before(context.signal);
    const machine = { sha256: '0'.repeat(64), sizeBytes: 1 };
    await context.save({ images: { machine }, diskFormat: 'qcow2' });
  }

  async undo(context: Parameters<LaunchHook['undo']>[0]): Promise<void> {
    await this.files.remove(context.record().launch.instanceId);
  }
}

async function untilAborted(signal: AbortSignal): Promise<void> {
  while (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, 5));
  signal.throwIfAborted();
}

describe('node controller', () => {
  let scratch: ScratchDirectory;
  let driver: SimulatedDriver;
  let staging: FakeStaging;
  let records: RecordFiles;
  let time: number;
  let opened: NodeController[];

  beforeEach(() => {
    scratch = scratchDirectory();
    driver = new SimulatedDriver();
    records = new JsonRecordFiles(join(scratch.path, 'records'));
    staging = new FakeStaging(files());
    time = Date.parse('2026-01-01T00:00:00Z');
    opened = [];
  });
  afterEach(async () => {
    for (const controller of opened) await controller.stop();
    scratch.remove();
  });

  function files(): InstanceFiles {
    return new InstanceFiles(join(scratch.path, 'instances'), join(scratch.path, 'consoles'));
  }

  async function open(): Promise<{ controller: NodeController; table: InstanceTable; work: InstanceWork }> {
    const table = new InstanceTable(records);
    const network = new UserNodeNetwork('10.88.0.0/24');
    const cache = { path: (sha256: string) => `/cache/${sha256}` };
    const shared = { table, driver, files: files(), logger: quietLogger(), now: () => new Date((time += 1)) };
    const hook = domainHook({ ...shared, cache, network, gracefulSeconds: 0 });
    const work = new InstanceWork({ ...shared, stagingHooks: [staging], domainHook: hook });
    const limits = { memoryBytes: GIB, cores: 2, diskBytes: 10 * GIB };
    const timings = { stagingSeconds: 100, bootSeconds: 60, teardownSeconds: 180, sweepSeconds: 1000 };
    const node = await NodeState.open(join(scratch.path, 'node.json'));
    const controller = new NodeController({ ...shared, work, node, limits, timings });
    opened.push(controller);
    await controller.start();
    return { controller, table, work };
  }
  const state = (controller: NodeController, one = id) => controller.describe([one])[0]?.state;
  const reason = (controller: NodeController) => controller.describe([id])[0]?.reason?.code;

  it('launches, is idempotent, and refuses another content under the same id', async () => {
    const { controller, work } = await open();
    expect((await controller.run(exampleLaunch())).state).toBe('Staging');
    await controller.run(exampleLaunch());
    await work.idle();
    expect(state(controller)).toBe('Running');
    expect(await driver.list()).toHaveLength(1);
    const other = controller.run(exampleLaunch({ imageId: 'emi-00000002' }));
    await expect(other).rejects.toMatchObject({ code: 'Node.DuplicateInstance' });
  });

  it('does not take an instance whose record is still being written for a launch that nobody works on', async () => {
    const json = records;
    let written = (): void => undefined;
    const slowly = new Promise<void>((resolve) => (written = resolve));
    const write = async (record: InstanceRecord): Promise<void> => {
      await slowly;
      await json.write(record);
    };
    records = { load: () => json.load(), write, remove: (one) => json.remove(one) };
    const { controller, work } = await open();
    const accepted = controller.run(exampleLaunch());
    await controller.sweep();
    written();
    await accepted;
    await controller.sweep();
    await work.idle();
    expect([state(controller), reason(controller)]).toEqual(['Running', undefined]);
  });

  it('never gives the last place away twice', async () => {
    const { controller } = await open();
    const many = Array.from({ length: 5 }, (_, index) => exampleLaunch({ instanceId: `i-0000000${index}` }));
    const outcomes = await Promise.allSettled(many.map((launch) => controller.run(launch)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
    expect(outcomes.at(-1)).toMatchObject({ reason: { code: 'Node.InsufficientResources' } });
  });

  it('takes no new instances while it is out of use, also after a restart, and keeps those it has', async () => {
    const { controller, work } = await open();
    await controller.run(exampleLaunch());
    await work.idle();
    await controller.enable(false);
    const second = await open();
    const other = exampleLaunch({ instanceId: 'i-00000002' });
    await expect(second.controller.run(other)).rejects.toMatchObject({ code: 'Node.Disabled' });
    expect((await second.controller.run(exampleLaunch())).state).toBe('Running');
    await second.controller.enable(true);
    await expect(second.controller.run(other)).resolves.toMatchObject({ state: 'Staging' });
  });

  it('notes a public address while the instance is there', async () => {
    const { controller, work } = await open();
    await controller.run(exampleLaunch());
    await work.idle();
    await controller.assignAddress(id, '192.0.2.7');
    expect(controller.describe([id])[0]).toMatchObject({ publicIp: '192.0.2.7', state: 'Running' });
    await expect(controller.assignAddress('i-FFFFFFFF', '192.0.2.7')).rejects.toMatchObject({
      code: 'Node.UnknownInstance',
    });
    await controller.terminate(id);
    await work.idle();
    await expect(controller.assignAddress(id, '192.0.2.8')).rejects.toMatchObject({ code: 'Node.UnknownInstance' });
  });

  it('undoes a failed launch, keeps the typed reason, and leaves nothing on disk', async () => {
    const { controller, work } = await open();
    staging.before = () => Promise.reject(new MalleeError('Node.ImageCorrupt', 'wrong digest'));
    await controller.run(exampleLaunch());
    await work.idle();
    expect(controller.describe()[0]).toMatchObject({
      state: 'Teardown',
      reason: { code: 'Node.ImageCorrupt', message: 'fake: wrong digest' },
    });
    expect(readdirSync(join(scratch.path, 'instances'))).toEqual([]);
  });

  it('cancels a launch at once when it is terminated', async () => {
    const { controller, work } = await open();
    staging.before = untilAborted;
    await controller.run(exampleLaunch());
    await new Promise((resolve) => setTimeout(resolve, 20));
    const { previous, current } = await controller.terminate(id);
    expect([previous.state, current.state]).toEqual(['Staging', 'Stopping']);
    await work.idle();
    expect([state(controller), reason(controller)]).toEqual(['Teardown', 'Client.UserInitiatedShutdown']);
    expect((await controller.terminate(id)).current.state).toBe('Teardown');
    await expect(controller.terminate('i-FFFFFFFF')).rejects.toMatchObject({ code: 'Node.UnknownInstance' });
  });

  it('keeps the disk until the domain is really gone, and tries again', async () => {
    const { controller, work } = await open();
    await controller.run(exampleLaunch());
    await work.idle();
    driver.failWith(new MalleeError('Node.HypervisorUnavailable', 'down'));
    await controller.terminate(id);
    await work.idle();
    await controller.sweep();
    expect(state(controller)).toBe('Stopping');
    expect(existsSync(files().disk(id))).toBe(true);
    driver.failWith(undefined);
    await controller.sweep();
    await work.idle();
    expect(state(controller)).toBe('Teardown');
    expect(existsSync(files().disk(id))).toBe(false);
  });

  it('sees how a guest ends, and forgets it after a while', async () => {
    const { controller, work } = await open();
    await controller.run(exampleLaunch());
    await work.idle();
    driver.end(id, 'guest-shutdown');
    await eventually('it is over', () => state(controller) === 'Teardown');
    expect(reason(controller)).toBe('Client.InstanceInitiatedShutdown');
    time += 181_000;
    await controller.sweep();
    expect(controller.describe()).toEqual([]);
    expect(readdirSync(join(scratch.path, 'records'))).toEqual([]);
  });

  it('reboots only what runs', async () => {
    const { controller, work } = await open();
    await controller.run(exampleLaunch());
    await expect(controller.reboot(id)).rejects.toMatchObject({ code: 'Node.DomainFailed' });
    await work.idle();
    await controller.reboot(id);
    await work.idle();
    expect(state(controller)).toBe('Running');
  });

  it('takes up an interrupted launch after a restart, on the same record', async () => {
    const first = await open();
    staging.before = untilAborted;
    await first.controller.run(exampleLaunch());
    await first.controller.stop();
    staging.before = () => Promise.resolve();
    const second = await open();
    await second.work.idle();
    expect(second.controller.describe()[0]).toMatchObject({ state: 'Running', resumes: 1 });
  });

  it('removes files of nobody at start, and nothing that is not its own', async () => {
    for (const name of ['i-DEADBEEF', 'lost+found'])
      await mkdir(join(scratch.path, 'instances', name), { recursive: true });
    await open();
    expect(readdirSync(join(scratch.path, 'instances'))).toEqual(['lost+found']);
  });

  it('restores an instance whose record is lost, from its domain', async () => {
    const first = await open();
    await first.controller.run(exampleLaunch());
    await first.work.idle();
    await first.controller.stop();
    await records.remove(id);
    const second = await open();
    expect(second.controller.describe()[0]).toMatchObject({ state: 'Running', launch: exampleLaunch() });
    expect(existsSync(files().disk(id))).toBe(true);
  });

  it('ends an instance that it cannot write down, when it can write again', async () => {
    const { controller, work } = await open();
    const write = records.write.bind(records);
    staging.before = () => {
      records.write = () => Promise.reject(new Error('ENOSPC'));
      return Promise.resolve();
    };
    await controller.run(exampleLaunch());
    await work.idle();
    expect(state(controller)).toBe('Staging');
    records.write = write;
    time += 1000;
    await controller.sweep();
    await work.idle();
    expect([state(controller), reason(controller)]).toEqual(['Teardown', 'InternalError']);
  });

  it('serves the console by id only', async () => {
    const { controller, work } = await open();
    await controller.run(exampleLaunch());
    await work.idle();
    await writeFile(files().console(id), 'Linux version');
    expect((await controller.console(id)).toString()).toBe('Linux version');
    await expect(controller.console('../../../etc/passwd')).rejects.toMatchObject({ code: 'Node.UnknownInstance' });
  });

  it('reports what is free', async () => {
    const { controller } = await open();
    const launch: LaunchRequest = exampleLaunch();
    await controller.run(launch);
    expect(controller.resources().free).toEqual({ memoryBytes: GIB - 128 * 1024 ** 2, cores: 1, diskBytes: 9 * GIB });
  });
});
