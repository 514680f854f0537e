import { existsSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { readKeyDirectory, type CertifiedKey, type KeyDirectoryRole } from '@mallee/certificates';
import { replaceFile } from '@mallee/durable-files';
import { MalleeError } from '@mallee/errors';
import { loadDaemonConfig, trustFile, type DaemonConfig } from '../keys/daemon-config.js';
import { say } from '../progress.js';

interface ImportOptions {
  directory: string;
  role: KeyDirectoryRole;
  config: string;
  force?: boolean;
}

export function defineKeysImport(keys: Command): void {
  keys
    .command('import')
    .description('take over the key directory of an original, so that our daemon stands in its place')
    .addOption(
      new Option('--role <role>', 'what it was: nc, cc or cloud').choices(['nc', 'cc', 'cloud']).makeOptionMandatory(),
    )
    .requiredOption('--directory <directory>', 'var/lib/eucalyptus/keys of the original, or a copy')
    .requiredOption('--config <file>', 'configuration of our NC, CC or CLC: its keys and trust files are written')
    .option('--force', 'replace files that hold something else')
    .action(importKeys);
}

async function importKeys({ directory: given, role, config: file, force = false }: ImportOptions): Promise<void> {
  const config = loadDaemonConfig(file);
  const files = filesFor(role, resolve(given), config);
  const different = files.filter(({ path, text }) => !existsSync(path) || readFileSync(path, 'utf8') !== text);
  const taken = different.find(({ path }) => existsSync(path));
  if (taken !== undefined && !force) {
    throw new MalleeError('Keys.WouldOverwrite', `${taken.path} is there and holds something else`);
  }
  for (const { path, text } of different) {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await replaceFile(path, text);
    say(`wrote ${path}`);
  }
  if (different.length === 0) say(`${config.name} has these keys already`);
  for (const line of advice(role, config)) say(line);
}

interface Destination {
  readonly path: string;
  readonly text: string;
}

/** Where each part goes; everything in the directory is checked first. */
function filesFor(role: KeyDirectoryRole, directory: string, config: DaemonConfig): Destination[] {
  const content = readKeyDirectory(directory, role);
  const own = ({ privateKeyPem, certificatePem }: CertifiedKey): Destination[] => [
    { path: config.keys.privateKey, text: privateKeyPem },
    // The certificate last: until it is there, a running daemon goes on with its old pair.
    { path: config.keys.certificate, text: certificatePem },
  ];
  if (role === 'nc') {
    return [{ path: trustFile(config, 'cluster'), text: content.clusterCertificatePem! }, ...own(content.node!)];
  }
  if (role === 'cc') {
    return [
      { path: trustFile(config, 'cloud'), text: content.cloudCertificatePem! },
      { path: trustFile(config, 'node'), text: content.node!.certificatePem },
      ...own(content.cluster!),
    ];
  }
  return own(content.cloud!);
}

function advice(role: KeyDirectoryRole, config: DaemonConfig): string[] {
  const caller = { nc: 'cluster', cc: 'cloud', cloud: undefined }[role] as 'cluster' | 'cloud' | undefined;
  if (caller === undefined) return ['originals are called by it with rsa-sha1: see docs/reference/joining.md'];
  const peer = { certificate: trustFile(config, caller), dialect: '2.0', suite: 'rsa-sha1' };
  return [`an original signs with RSA-SHA1: it needs this entry of peers in ${config.file}:`, JSON.stringify(peer)];
}
