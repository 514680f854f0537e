import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { configure, sitesOf } from '@mallee/local-cloud';
import { say } from '../progress.js';
import { port } from './options.js';

interface ConfigureOptions {
  output: string;
  host: string[];
  zone: string;
  listen?: string;
  databaseUrl: string;
  queueUrl: string;
  network: 'bridge' | 'user';
  subnet: string;
  bridge?: string;
  scheduler: 'GREEDY' | 'ROUNDROBIN';
  metadataPort: number;
  libvirtUri: string;
  domainType: string;
  installPrefix: string;
  statePrefix: string;
}

export function defineConfigure(program: Command): void {
  const command = program
    .command('configure')
    .description('write keys and configuration of a cloud on several machines, one folder a daemon; starts nothing');
  command
    .requiredOption('--output <directory>', 'where the folders go; keys that are there stay')
    .requiredOption('--host <daemon=address[:port]>', 'clc, walrus, sc, cc once each, nc once a node', append, [])
    .requiredOption('--database-url <url>', 'PostgreSQL of clc, walrus, sc and cc')
    .requiredOption('--queue-url <url>', 'Redis (or PostgreSQL) of clc and cc')
    .option('--zone <name>', 'name of the availability zone', 'one')
    .option('--listen <address>', 'address to listen on (default: the own address, 0.0.0.0 for a name)')
    .addOption(new Option('--network <mode>', 'how guests are connected').choices(['bridge', 'user']).default('bridge'))
    .option('--subnet <cidr>', 'private network of the guests', '10.64.0.0/24')
    .option('--bridge <name>', 'bridge of the guests, the same on cluster machine and nodes (default: mallee-TAG)')
    .addOption(
      new Option('--scheduler <name>', 'how nodes are chosen').choices(['GREEDY', 'ROUNDROBIN']).default('GREEDY'),
    )
    .option('--metadata-port <port>', 'port of the metadata server on each node', port, 8778)
    .option('--libvirt-uri <uri>', 'libvirt of each node', 'qemu:///system')
    .addOption(new Option('--domain-type <type>', 'KVM or not').choices(['auto', 'kvm', 'qemu']).default('auto'))
    .option('--install-prefix <directory>', 'where a folder will be on its machine', '/etc/mallee/{daemon}')
    .option('--state-prefix <directory>', 'where a daemon keeps its state', '/var/lib/mallee/{daemon}')
    .addHelpText('after', '\n{daemon} stands for clc, walrus, sc, cc or nc; {name} for the same with nc-1, nc-2 ...')
    .action(run);
}

async function run(options: ConfigureOptions): Promise<void> {
  const { zone, listen, network, subnet, bridge, scheduler, metadataPort } = options;
  const directory = resolve(options.output);
  const wishes = {
    zone,
    ...(listen === undefined ? {} : { listen }),
    network: { mode: network, subnet, ...(bridge === undefined ? {} : { bridge }) },
    scheduler,
    metadataPort,
    installDirectory: options.installPrefix,
    stateDirectory: options.statePrefix,
  };
  const { databaseUrl, queueUrl, libvirtUri, domainType } = options;
  const facts = { backends: { databaseUrl, queueUrl, libvirtUri }, domainType };
  const plan = await configure(directory, options.host, wishes, facts);
  for (const { name, host, port: own } of sitesOf(plan)) say(`${directory}/${name} for ${host}, port ${own}`);
  say(`guests of zone ${zone}: ${network === 'bridge' ? `bridge ${plan.network.bridge}, ` : ''}${subnet}`);
  say(`the CLC will leave the administrator's credentials in ${plan.credentialsFile}`);
}

function append(value: string, previous: string[]): string[] {
  return [...previous, value];
}
