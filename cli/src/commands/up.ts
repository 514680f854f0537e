import type { Command } from 'commander';
import {
  baseUrl,
  bringUp,
  type CloudLayout,
  credentialsFile,
  type LayoutWishes,
  makeLayout,
  readCredentials,
} from '@mallee/local-cloud';
import { say, step } from '../progress.js';
import { stateOf, withState } from './options.js';

interface UpOptions {
  state: string;
  portBase?: string;
  host: string;
  zone: string;
}

export function defineUp(program: Command): void {
  withState(program.command('up').description('start a cloud on this machine (again, if it exists)'))
    .option('--port-base <port>', 'first of six ports; kept once chosen')
    .option('--host <address>', 'address that the daemons listen on', '127.0.0.1')
    .option('--zone <name>', 'name of the availability zone', 'one')
    .action(async (options: UpOptions) => {
      const { portBase, host, zone } = options;
      const layout = await showUp(stateOf(options), {
        host,
        zone,
        ...(portBase === undefined ? {} : { portBase: Number(portBase) }),
      });
      showEndpoints(layout);
    });
}

export async function showUp(stateDirectory: string, wishes: LayoutWishes): Promise<CloudLayout> {
  const layout = await makeLayout(stateDirectory, wishes);
  const { mode, bridge, subnet } = layout.network;
  const network = mode === 'bridge' ? `bridge ${bridge}, ${subnet}` : 'user-mode networking (not root)';
  say(`Mallee in ${layout.stateDirectory}: zone ${layout.zone}, guests on ${network}`);
  return bringUp(stateDirectory, wishes, step);
}

/** Endpoints and credentials for going on by hand. */
export function showEndpoints(layout: CloudLayout): void {
  const { accessKeyId, secretAccessKey } = readCredentials(layout);
  const url = baseUrl(layout, 'clc');
  say();
  say('Use it with any AWS tool:');
  say(`  export AWS_ACCESS_KEY_ID=${accessKeyId} AWS_SECRET_ACCESS_KEY=${secretAccessKey} AWS_DEFAULT_REGION=mallee`);
  say(`  aws --endpoint-url ${url} ec2 describe-availability-zones`);
  say(`  aws --endpoint-url ${url}/services/Walrus s3 ls`);
  say(`  (the same with the certificate for bundling: ${credentialsFile(layout)})`);
}
