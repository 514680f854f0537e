import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import {
  createSelfSignedCertificate,
  generateKeyPair,
  writeKeyDirectory,
  type CertifiedKey,
  type KeyDirectory,
  type KeyDirectoryRole,
} from '@mallee/certificates';
import { splitCertificates } from '@mallee/daemon';
import { loadDaemonConfig, trustFile, type DaemonConfig } from '../keys/daemon-config.js';
import { say } from '../progress.js';

interface ExportOptions {
  directory: string;
  role: KeyDirectoryRole;
  config: string;
  force?: boolean;
}

export function defineKeysExport(keys: Command): void {
  keys
    .command('export')
    .description('write the key directory of an original component that shall work with ours')
    .addOption(
      new Option('--role <role>', 'whose directory: nc (under our CC), cc (under our CLC), cloud (our cloud key)')
        .choices(['nc', 'cc', 'cloud'])
        .makeOptionMandatory(),
    )
    .requiredOption(
      '--directory <directory>',
      'for var/lib/eucalyptus/keys of the original; its keys are made if missing',
    )
    .requiredOption('--config <file>', 'configuration of our CC (role nc) or CLC (roles cc and cloud)')
    .option('--force', 'replace files that hold something else')
    .action(exportKeys);
}

async function exportKeys({ directory: given, role, config: file, force = false }: ExportOptions): Promise<void> {
  const directory = resolve(given);
  const config = loadDaemonConfig(file);
  const content = await contents[role](directory, config);
  const written = writeKeyDirectory(directory, role, content, { force });
  for (const name of written) say(`wrote ${name}`);
  if (written.length === 0) say(`${directory} holds these keys already`);
  for (const line of advice[role](directory, config)) say(line);
}

const contents: Readonly<Record<KeyDirectoryRole, (directory: string, config: DaemonConfig) => Promise<KeyDirectory>>> =
  {
    async nc(directory, config) {
      const cloudCertificatePem = firstCertificate(readFileSync(trustFile(config, 'cloud'), 'utf8'));
      const { certificatePem: clusterCertificatePem } = own(config);
      return { cloudCertificatePem, clusterCertificatePem, node: await pairIn(directory, 'node', 'nc-original') };
    },
    async cc(directory, config) {
      const { certificatePem: cloudCertificatePem } = own(config);
      const cluster = await pairIn(directory, 'cluster', 'cc-original');
      return { cloudCertificatePem, cluster, node: await pairIn(directory, 'node', 'nc-original') };
    },
    cloud: (_directory, config) => {
      const cloud = own(config);
      return Promise.resolve({ cloud, cloudCertificatePem: cloud.certificatePem });
    },
  };

const advice: Readonly<Record<KeyDirectoryRole, (directory: string, config: DaemonConfig) => readonly string[]>> = {
  nc: (directory, config) => {
    const certificate = join(directory, 'node-cert.pem');
    const node = {
      url: 'http://HOST:8775/axis2/services/EucalyptusNC',
      certificate,
      dialect: '2.0',
      suite: 'rsa-sha1',
    };
    return [`copy the directory to the node, and add to nodes in ${config.file}:`, JSON.stringify(node)];
  },
  cc: (directory, config) => {
    const certificate = join(directory, 'cluster-cert.pem');
    const peer = { certificate, dialect: '2.0', suite: 'rsa-sha1' };
    return [
      'copy the directory to the cluster controller, and register it (RegisterCluster) with cluster-cert.pem',
      `what it sends itself is accepted with this entry of peers in ${config.file}:`,
      JSON.stringify(peer),
    ];
  },
  cloud: () => ['this is the key of the whole cloud: whoever has it can order anything from every cluster'],
};

function own({ keys }: DaemonConfig): CertifiedKey {
  return {
    privateKeyPem: readFileSync(keys.privateKey, 'utf8'),
    certificatePem: readFileSync(keys.certificate, 'utf8'),
  };
}

/** The pair that the directory has, or a new one. */
async function pairIn(directory: string, who: string, commonName: string): Promise<CertifiedKey> {
  const [key, certificate] = ['pk', 'cert'].map((part) => join(directory, `${who}-${part}.pem`));
  if (existsSync(key!) && existsSync(certificate!)) {
    return { privateKeyPem: readFileSync(key!, 'utf8'), certificatePem: readFileSync(certificate!, 'utf8') };
  }
  const { privateKeyPem } = await generateKeyPair();
  return { privateKeyPem, certificatePem: createSelfSignedCertificate({ privateKeyPem, commonName }) };
}

function firstCertificate(pem: string): string {
  return splitCertificates(pem)[0] ?? pem;
}
