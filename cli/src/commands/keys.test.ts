import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { Command } from 'commander';
import { readKeyDirectory } from '@mallee/certificates';
import { liveIdentity, loadIdentity, loadTrusted } from '@mallee/daemon';
import { makeIdentity, scratchDirectory, type ScratchDirectory, type TestIdentity } from '@mallee/testing';
import { defineKeys } from './keys.js';

let scratch: ScratchDirectory;
let output = '';

beforeEach(() => {
  scratch = scratchDirectory();
  output = '';
  const write = (text: string | Uint8Array): boolean => {
    output += String(text);
    return true;
  };
  jest.spyOn(process.stdout, 'write').mockImplementation(write);
  jest.spyOn(process.stderr, 'write').mockImplementation(write);
});
afterEach(() => {
  jest.restoreAllMocks();
  scratch.remove();
});

const at = (...path: string[]): string => join(scratch.path, ...path);
const code = (name: string): unknown => expect.objectContaining({ code: name });

async function keys(...args: string[]): Promise<void> {
  const program = new Command('mallee').exitOverride();
  defineKeys(program);
  await program.parseAsync(['node', 'mallee', 'keys', ...args]);
}

interface Daemon {
  readonly file: string;
  readonly identity: TestIdentity;
  readonly config: { keys: { privateKey: string; certificate: string }; trust: Record<string, string[]> };
}

/** The folder of a daemon with keys and trusted certificates. */
async function daemon(name: string, trust: Record<string, string>, more: object = {}): Promise<Daemon> {
  const identity = await makeIdentity(name);
  mkdirSync(at(name));
  const keyFiles = { privateKey: at(name, 'pk.pem'), certificate: at(name, 'cert.pem') };
  writeFileSync(keyFiles.privateKey, identity.privateKeyPem);
  writeFileSync(keyFiles.certificate, identity.certificatePem);
  const files = Object.entries(trust).map(([role, pem]) => {
    writeFileSync(at(name, `trust-${role}.pem`), pem);
    const paths: string[] = [at(name, `trust-${role}.pem`)];
    return [role, paths] as const;
  });
  const config = { name, keys: keyFiles, trust: Object.fromEntries(files), ...more };
  writeFileSync(at(name, 'config.json'), JSON.stringify(config));
  return { file: at(name, 'config.json'), identity, config };
}

test('an original node under our cluster controller gets its directory; again nothing changes', async () => {
  const cloud = await makeIdentity('cloud');
  const cc = await daemon('cc', { cloud: cloud.certificatePem });
  const args = ['export', '--role', 'nc', '--config', cc.file, '--directory', at('keys')];
  await keys(...args);
  const written = readKeyDirectory(at('keys'), 'nc');
  expect(written.clusterCertificatePem!.trim()).toBe(cc.identity.certificatePem.trim());
  expect(written.cloudCertificatePem!.trim()).toBe(cloud.certificatePem.trim());
  expect(JSON.parse(/^.*\{"url".*$/m.exec(output)![0].replace(/^[^{]*/, ''))).toMatchObject({ suite: 'rsa-sha1' });
  const node = readFileSync(at('keys/node-pk.pem'), 'utf8');
  await keys(...args);
  expect(readFileSync(at('keys/node-pk.pem'), 'utf8')).toBe(node);
  writeFileSync(at('keys/cluster-cert.pem'), cloud.certificatePem);
  await expect(keys(...args)).rejects.toThrow(code('Keys.WouldOverwrite'));
  await keys(...args, '--force');
  expect(readKeyDirectory(at('keys'), 'nc').clusterCertificatePem).toBe(cc.identity.certificatePem);
});

test('the directory of an original cluster comes from our cloud, and that of the cloud holds its key', async () => {
  const clc = await daemon('clc', {});
  await keys('export', '--role', 'cc', '--config', clc.file, '--directory', at('cc-keys'));
  expect(readdirSync(at('cc-keys'))).toEqual(expect.arrayContaining(['cluster-pk.pem', 'vtunpass', 'node-pk.pem']));
  expect(readKeyDirectory(at('cc-keys'), 'cc').cloudCertificatePem).toBe(clc.identity.certificatePem);
  await keys('export', '--role', 'cloud', '--config', clc.file, '--directory', at('cloud-keys'));
  expect(readKeyDirectory(at('cloud-keys'), 'cloud').cloud!.certificatePem).toBe(clc.identity.certificatePem);
});

test('our node takes the place of an original one', async () => {
  const clc = await daemon('clc', {});
  await keys('export', '--role', 'cc', '--config', clc.file, '--directory', at('keys'));
  const original = readKeyDirectory(at('keys'), 'cc');
  const nc = await daemon('nc', { cluster: 'nothing yet' });
  const args = ['import', '--role', 'nc', '--config', nc.file, '--directory', at('keys')];
  await expect(keys(...args)).rejects.toThrow(code('Keys.WouldOverwrite'));
  expect(readFileSync(nc.config.keys.privateKey, 'utf8')).toBe(nc.identity.privateKeyPem);
  await keys(...args, '--force');
  expect(loadIdentity(nc.config)).toEqual(original.node);
  expect(loadTrusted(nc.config, 'cluster')).toEqual([original.clusterCertificatePem]);
  expect(statSync(nc.config.keys.privateKey).mode & 0o777).toBe(0o600);
  expect(output).toContain('"suite":"rsa-sha1"');
  const cc = await daemon('cc', { cloud: '-', node: '-' });
  await keys('import', '--role', 'cc', '--config', cc.file, '--directory', at('keys'), '--force');
  expect(loadIdentity(cc.config)).toEqual(original.cluster);
  expect(loadTrusted(cc.config, 'node')).toEqual([original.node!.certificatePem]);
});

test('a damaged directory is refused before anything is written', async () => {
  const clc = await daemon('clc', {});
  await keys('export', '--role', 'cc', '--config', clc.file, '--directory', at('keys'));
  writeFileSync(at('keys/node-cert.pem'), clc.identity.certificatePem);
  const nc = await daemon('nc', { cluster: 'x' });
  const args = ['import', '--role', 'nc', '--config', nc.file, '--directory', at('keys'), '--force'];
  await expect(keys(...args)).rejects.toThrow(code('Keys.Invalid'));
  expect(loadIdentity(nc.config)).toEqual(nc.identity);
  const none = await daemon('none', {});
  await expect(keys('import', '--role', 'nc', '--config', none.file, '--directory', at('keys'))).rejects.toThrow();
});

test('a rotation goes through its stages in order, and a running daemon follows', async () => {
  const cc = await daemon('cc', {});
  const nc = await daemon('nc', { cluster: cc.identity.certificatePem });
  const identity = liveIdentity(cc.config);
  const rotate = (...more: string[]): Promise<void> => keys('rotate', '--config', cc.file, ...more);
  await expect(rotate('--stage', 'switch')).rejects.toThrow(code('Keys.RotationOrder'));
  await expect(rotate('--stage', 'finish')).rejects.toThrow(code('Keys.RotationOrder'));
  await rotate('--stage', 'prepare');
  await rotate('--stage', 'prepare');
  expect(loadIdentity(cc.config)).toEqual(cc.identity);

  writeFileSync(at('old.pem'), cc.identity.certificatePem);
  const trust = (...more: string[]): Promise<void> => keys('trust', '--config', nc.file, ...more);
  await expect(trust('--certificate', at('old.pem'), '--remove')).rejects.toThrow(code('Keys.RotationOrder'));
  await expect(trust('--certificate', `${cc.config.keys.certificate}.next`)).rejects.toThrow(code('MissingParameter'));
  await trust('--certificate', `${cc.config.keys.certificate}.next`, '--beside', at('old.pem'));
  expect(loadTrusted(nc.config, 'cluster')).toHaveLength(2);

  await rotate(); // the next stage
  const switched = loadIdentity(cc.config);
  expect(switched.certificatePem).not.toBe(cc.identity.certificatePem);
  expect(loadTrusted(nc.config, 'cluster')).toContain(switched.certificatePem);
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(identity()).toEqual(switched);
  await expect(rotate('--stage', 'switch')).rejects.toThrow(code('Keys.RotationOrder'));
  await rotate('--stage', 'finish');
  await trust('--certificate', at('old.pem'), '--remove');
  expect(loadTrusted(nc.config, 'cluster')).toEqual([switched.certificatePem]);
  expect(existsSync(`${cc.config.keys.privateKey}.old`)).toBe(false);
});
