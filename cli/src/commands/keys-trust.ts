import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { readCertificatePem } from '@mallee/certificates';
import { MalleeError } from '@mallee/errors';
import {
  addBeside,
  changeComponents,
  changeFiles,
  changeJoinedNodes,
  isClusterConfig,
  loadOperatedConfig,
  withDatabase,
  without,
  type TrustChange,
} from '@mallee/joining';
import { loadDaemonConfig, type DaemonConfig } from '../keys/daemon-config.js';
import { say } from '../progress.js';

interface TrustOptions {
  config: string;
  certificate: string;
  beside?: string;
  remove?: boolean;
}

export function defineKeysTrust(keys: Command): void {
  keys
    .command('trust')
    .description('let a daemon trust the new certificate of a peer beside its old one, or the old one no more')
    .requiredOption('--config <file>', 'configuration of the daemon that shall trust it')
    .requiredOption('--certificate <file>', 'the certificate')
    .option('--beside <file>', 'the certificate of the peer that is trusted now')
    .option('--remove', 'trust the certificate no more; another of the peer must be there')
    .addHelpText(
      'after',
      '\nThe daemon takes it up within seconds: its files and, for a CC or CLC, its database are changed.',
    )
    .action(trust);
}

async function trust(options: TrustOptions): Promise<void> {
  const config = loadDaemonConfig(options.config);
  const change = changeOf(options);
  const files = [
    ...Object.values(config.trust).flatMap((some) => some ?? []),
    ...(config.nodes ?? []).flatMap(({ certificate }) => certificate ?? []),
    ...config.peers.map(({ certificate }) => certificate),
  ];
  const changed = [...(await changeFiles(files, change)), ...(await changeDatabase(config, change))];
  for (const what of changed) say(`changed: ${what}`);
  if (changed.length > 0) return;
  const why =
    options.remove === true
      ? 'it is trusted nowhere there'
      : 'the old one is trusted nowhere there, or the new one is already';
  say(`nothing changed: ${why}`);
}

function changeOf({ certificate, beside, remove }: TrustOptions): TrustChange {
  const pem = readPem(certificate);
  if (remove === true) return (text) => without(text, pem);
  if (beside === undefined)
    throw new MalleeError('MissingParameter', '--beside names the certificate that is trusted now');
  const known = readPem(beside);
  return (text) => addBeside(text, known, pem);
}

/** Of a cluster controller the nodes that joined, of a cloud controller its components. */
async function changeDatabase(config: DaemonConfig, change: TrustChange): Promise<string[]> {
  const isCloud = config.bootstrap !== undefined || config.region !== undefined;
  if (config.databaseUrl === undefined || !(isCloud || isClusterConfig(config))) return [];
  return withDatabase(loadOperatedConfig(config.file), (pool) =>
    isCloud ? changeComponents(pool, change) : changeJoinedNodes(pool, change),
  );
}

function readPem(file: string): string {
  const pem = readFileSync(resolve(file), 'utf8');
  readCertificatePem(pem, file);
  return pem;
}
