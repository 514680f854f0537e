import { join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { daemonOf, joinCloud, type Joined, type JoinRole } from '@mallee/joining';
import { treeTop } from '@mallee/local-cloud';
import { say } from '../progress.js';
import { defineJoinTokens } from './join-token.js';
import { defineJoinedNodes } from './join-nodes.js';
import { port } from './options.js';

interface JoinSettings {
  token?: string;
  name?: string;
  address?: string;
  port?: number;
  listen?: string;
  tls?: boolean;
  directory: string;
  state: string;
  databaseUrl?: string;
  queueUrl?: string;
  network: 'bridge' | 'user';
  subnet: string;
  bridge?: string;
  hypervisor: 'libvirt' | 'simulated';
  libvirtUri: string;
  domainType: string;
  metadataPort: number;
}

export function defineJoin(program: Command): void {
  const command = program
    .command('join')
    .description('make this host a node, cluster, storage controller or Walrus of the cloud that made the token')
    .option('--token <token>', 'what mallee join token create printed')
    .option('--name <name>', 'name of the new component (default: the next free one, or the zone)')
    .option('--address <host>', 'what the others shall call this host by (default: its address on the way there)')
    .option('--port <port>', 'port of the new daemon (default: that of the original)', port)
    .option('--listen <address>', 'address to listen on (default: the own address, 0.0.0.0 for a name)')
    .option('--tls', 'the new daemon listens with TLS, showing its own certificate')
    .option('--directory <directory>', 'where its configuration and keys go', '/etc/mallee/{daemon}')
    .option('--state <directory>', 'where it keeps its state', '/var/lib/mallee/{daemon}');
  command
    .option('--database-url <url>', 'PostgreSQL of a cluster, storage controller or Walrus')
    .option('--queue-url <url>', 'Redis (or PostgreSQL) of a cluster')
    .addOption(new Option('--network <mode>', 'guests of a cluster').choices(['bridge', 'user']).default('bridge'))
    .option('--subnet <cidr>', 'private network of the guests of a cluster', '10.64.0.0/24')
    .option('--bridge <name>', 'bridge of the guests of a cluster (default: mallee-TAG)')
    .addOption(
      new Option('--hypervisor <driver>', 'of a node').choices(['libvirt', 'simulated']).default('libvirt').hideHelp(),
    )
    .option('--libvirt-uri <uri>', 'libvirt of a node', 'qemu:///system')
    .addOption(new Option('--domain-type <type>', 'of a node').choices(['auto', 'kvm', 'qemu']).default('auto'))
    .option('--metadata-port <port>', 'port of the metadata server of a node', port, 8778)
    .addHelpText('after', '\n{daemon} stands for nc, cc, sc or walrus. Interrupted: the same command goes on.')
    .action(run);
  defineJoinTokens(command);
  defineJoinedNodes(command);
}

async function run(settings: JoinSettings, command: Command): Promise<void> {
  const { token, name, address, listen, databaseUrl, queueUrl, bridge } = settings;
  if (token === undefined) return command.help({ error: true });
  const joined = await joinCloud({
    token,
    places: (role) => ({ directory: place(settings.directory, role), stateDirectory: place(settings.state, role) }),
    ...defined({ name, address, port: settings.port }),
    tls: settings.tls === true,
    settings: {
      ...defined({ listen, databaseUrl, queueUrl }),
      hypervisor: { driver: settings.hypervisor, uri: settings.libvirtUri, domainType: settings.domainType },
      metadataPort: settings.metadataPort,
      network: { mode: settings.network, subnet: settings.subnet, ...defined({ bridge }) },
    },
  });
  explain(joined, settings);
}

function explain({ role, name, configFile, already }: Joined, settings: JoinSettings): void {
  const daemon = daemonOf[role];
  say(already ? `joined before as ${name}; nothing was changed` : `registered as ${role} ${name}`);
  say(`configuration: ${configFile}`);
  const usual = settings.directory === '/etc/mallee/{daemon}';
  if (usual && (daemon === 'sc' || daemon === 'walrus')) {
    say(`its unit runs as user mallee: chown -R mallee: ${place(settings.directory, role)}`);
  }
  if (usual) {
    say(`start it: cp ${join(treeTop, 'deploy/systemd', `mallee-${daemon}.service`)} /etc/systemd/system/`);
    say(`          systemctl enable --now mallee-${daemon}`);
  }
  say(
    `${usual ? 'or by hand' : 'start it'}: node ${join(treeTop, 'services', daemon, 'dist/main.js')} --config ${configFile}`,
  );
}

function place(template: string, role: JoinRole): string {
  return resolve(template.replaceAll('{daemon}', daemonOf[role]));
}

/** Without what is undefined. */
function defined<T extends object>(given: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as ReturnType<
    typeof defined<T>
  >;
}
