import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { SimulatedDriver } from '@mallee/hypervisor';
import { runCommand } from '@mallee/processes';
import { RecordingFilterDriver } from '@mallee/network';
import { describeReal, scratchDirectory, type ScratchDirectory } from '@mallee/testing';
import { BridgeNodeNetwork, UserNodeNetwork } from '../host/node-network.js';
import { InstanceFiles } from '../instances/instance-files.js';
import { afterEvent, newInstance } from '../instances/lifecycle.js';
import type { InstanceRecord } from '../instances/record.js';
import { exampleLaunch, quietLogger } from '../test-support/examples.js';
import { diskHook } from './disk-hook.js';
import { domainHook, domainSpec } from './domain-hook.js';
import type { LaunchContext } from './hook.js';
import { imageCacheHook } from './image-cache-hook.js';
import { keyHook } from './key-hook.js';
import { metadataHook } from './metadata-hook.js';
import { networkHook } from './network-hook.js';

const id = 'i-0A1B2C3D';
const digest = (letter: string) => letter.repeat(64);

describeReal({ programs: ['qemu-img'] }, 'each launch hook', () => {
  let scratch: ScratchDirectory;
  let files: InstanceFiles;
  let record: InstanceRecord;
  let context: LaunchContext;
  const cache = { path: (sha256: string) => join(scratch.path, sha256) };

  beforeEach(async () => {
    scratch = scratchDirectory();
    files = new InstanceFiles(join(scratch.path, 'instances'), join(scratch.path, 'consoles'));
    await files.prepare();
    record = newInstance(exampleLaunch(), new Date('2026-01-01T00:00:00Z'));
    context = {
      record: () => record,
      save: (facts) => {
        record = afterEvent(record, { type: 'progress', facts }) ?? record;
        return Promise.resolve();
      },
      signal: new AbortController().signal,
      logger: quietLogger(),
    };
  });
  afterEach(() => scratch.remove());

  const images = {
    kernel: { sha256: digest('a'), sizeBytes: 1 },
    ramdisk: { sha256: digest('b'), sizeBytes: 1 },
    machine: { sha256: digest('c'), sizeBytes: 1 },
  };

  it('imageCache: names all three images in the record, pins them meanwhile, asks nothing when they are there', async () => {
    const asked: string[] = [];
    let pinned = 0;
    const fakeCache = {
      has: () => true,
      fetch: (url: string) => {
        asked.push(url);
        pinned += 1;
        const sha256 = digest(String(asked.length));
        return Promise.resolve({ sha256, sizeBytes: 1, path: '/x', release: () => (pinned -= 1) });
      },
    };
    const hook = imageCacheHook(fakeCache);
    await hook.prerun(context);
    await hook.prerun(context);
    expect(asked).toEqual([record.launch.kernelUrl, record.launch.ramdiskUrl, record.launch.imageUrl]);
    expect(record.images).toMatchObject({ kernel: { sha256: digest('1') }, machine: { sha256: digest('3') } });
    expect(pinned).toBe(0);
  });

  it('disk: an overlay as large as the type, again after a crash, gone after undo', async () => {
    record = { ...record, images };
    await writeFile(cache.path(digest('c')), Buffer.alloc(4096, 1));
    const hook = diskHook(files, cache, 'overlay');
    await hook.prerun(context);
    await hook.prerun(context);
    const stdout = await runCommand('qemu-img', ['info', '-f', 'qcow2', '--output=json', files.disk(id)]);
    expect(JSON.parse(stdout)).toMatchObject({ 'virtual-size': 1024 ** 3, 'backing-filename-format': 'raw' });
    expect(record.diskFormat).toBe('qcow2');
    await hook.undo(context);
    await hook.undo(context);
    await expect(stat(files.disk(id))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('key: a seed disk with the public key', async () => {
    await keyHook(files).prerun(context);
    expect((await readFile(files.seed(id))).toString('latin1')).toContain(record.launch.publicKey);
  });

  it('network: refuses a missing bridge and an address outside the subnet', async () => {
    const filter = new RecordingFilterDriver();
    const bridge = new BridgeNodeNetwork({ bridge: 'mallee-none', tag: 't', filter, metadataPort: () => 1 });
    await expect(networkHook(bridge).prerun(context)).rejects.toMatchObject({ code: 'Node.NetworkFailed' });
    await networkHook(new UserNodeNetwork('10.88.0.0/24')).prerun(context);
    for (const network of [new UserNodeNetwork('10.99.0.0/24'), new UserNodeNetwork('10.88.0.0/24', '10.88.0.9')]) {
      await expect(networkHook(network).prerun(context)).rejects.toMatchObject({ code: 'Node.NetworkFailed' });
    }
  });

  it('metadata: loads a redirect for the bridge alone, and needs a server that listens', async () => {
    const filter = new RecordingFilterDriver();
    let port: number | undefined = 8779;
    const network = new BridgeNodeNetwork({ bridge: 'br0', tag: 'my-cloud', filter, metadataPort: () => port });
    await metadataHook(network).prerun(context);
    expect(filter.documents[0]).toContain('iifname "br0" ip daddr 169.254.169.254 tcp dport 80 redirect to :8779');
    expect(filter.documents[0]).toContain('table ip mallee_nc_my_cloud {');
    port = undefined;
    await expect(metadataHook(network).prerun(context)).rejects.toMatchObject({ code: 'Node.MetadataFailed' });
  });

  it('domain: boots the kernel from the cache with disk, seed and console, and tells libvirt who it is', async () => {
    record = { ...record, images, diskFormat: 'qcow2' };
    const driver = new SimulatedDriver();
    const parts = { driver, files, cache, network: new UserNodeNetwork('10.88.0.0/24'), gracefulSeconds: 0 };
    const hook = domainHook(parts);
    await hook.prerun(context);
    expect(driver.specOf(id)).toMatchObject({
      boot: { kind: 'kernel', kernel: cache.path(digest('a')), ramdisk: cache.path(digest('b')) },
      memoryBytes: 128 * 1024 ** 2,
      network: { kind: 'user', privateIp: '10.88.0.9', gateway: '10.88.0.1', outbound: false },
      metadata: { instancesDirectory: files.root, record: { launch: { instanceId: id } } },
    });
    await hook.undo(context);
    await hook.undo(context);
    expect(await driver.list()).toEqual([]);
    const { kernel: _, ramdisk: __, ...whole } = images;
    expect(domainSpec({ ...record, images: whole }, parts).boot).toEqual({ kind: 'disk' });
  });

  it('domain: presses the power button first when the operator wants grace', async () => {
    record = { ...record, images, diskFormat: 'qcow2' };
    const driver = new SimulatedDriver();
    const pressed: string[] = [];
    driver.shutdown = (instanceId) => {
      pressed.push(instanceId);
      driver.end(instanceId, 'guest-shutdown');
      return Promise.resolve();
    };
    const network = new UserNodeNetwork('10.88.0.0/24');
    const hook = domainHook({ driver, files, cache, network, gracefulSeconds: 30 });
    await hook.prerun(context);
    record = { ...record, runningSince: 'x', reason: { code: 'Client.UserInitiatedShutdown', message: '' } };
    await hook.undo(context);
    expect(pressed).toEqual([id]);
    expect(await driver.list()).toEqual([]);
  });
});
