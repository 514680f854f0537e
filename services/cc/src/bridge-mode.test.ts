/* Mode bridge for real: the built daemon in a network namespace of its own, with queues in Postgres (over its socket). */
import { readFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  describeReal,
  scratchDirectory,
  startTestPostgres,
  type ScratchDirectory,
  type TestService,
} from '@mallee/testing';
import { build, DaemonProcess } from './test-support/daemon-process.js';
import { makeKeys } from './test-support/keys.js';
import { testConfig, until } from './test-support/test-cluster.js';

const netns = `mcc${String(process.pid)}`;
const inside = (...argv: string[]) =>
  spawnSync('nsenter', [`--net=/run/netns/${netns}`, ...argv], { encoding: 'utf8' });

describeReal({ root: true, programs: ['ip', 'nft', 'dnsmasq', 'nsenter'] }, 'mode bridge', () => {
  let scratch: ScratchDirectory;
  let postgres: TestService;

  beforeAll(async () => {
    build();
    scratch = scratchDirectory();
    postgres = await startTestPostgres();
    spawnSync('ip', ['netns', 'add', netns]);
    inside('ip', 'link', 'set', 'lo', 'up');
  }, 300_000);

  afterAll(async () => {
    spawnSync('ip', ['netns', 'del', netns]);
    await postgres.stop();
    scratch.remove();
  });

  test('sets the network up, leaves it when it stops, finds it again, and takes it off on request', async () => {
    const keys = await makeKeys(scratch.path);
    const around = { directory: scratch.path, keys, databaseUrl: postgres.url, queueUrl: postgres.url };
    const config = testConfig(around, [], { network: { mode: 'bridge' } });
    const daemon = new DaemonProcess(config, 8774, ['nsenter', `--net=/run/netns/${netns}`]);
    const dhcp = (): number => Number(readFileSync(join(scratch.path, 'dhcp/dnsmasq.pid'), 'utf8'));
    const bridge = () => inside('ip', '-4', 'addr', 'show', 'dev', 'mallee0').stdout;
    const ready = () => inside('busybox', 'wget', '-q', '-O', '-', 'http://127.0.0.1:8774/readyz').status === 0;

    daemon.launch();
    await until('it is ready', ready);
    expect(bridge()).toContain('10.9.0.1/24');
    expect(inside('nft', 'list', 'tables').stdout).toContain('mallee_cc_test');
    const pid = dhcp();
    daemon.signal('SIGTERM');
    expect(await daemon.ended()).toBe(0);
    expect(bridge()).toContain('10.9.0.1/24');

    daemon.launch();
    await until('it is ready again', ready);
    expect(dhcp()).toBe(pid);
    daemon.signal('SIGTERM');
    await daemon.ended();

    const main = join(import.meta.dirname, '../dist/remove-network.js');
    const removed = inside(process.execPath, main, '--config', join(scratch.path, 'One.json'));
    expect(removed).toMatchObject({ status: 0, stderr: '' });
    expect(bridge()).toBe('');
    expect(inside('nft', 'list', 'tables').stdout).not.toContain('mallee_cc_test');
  }, 120_000);
});
