import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { isIPv4 } from 'node:net';
import { join } from 'node:path';
import { MalleeError } from '@mallee/errors';
import { type ConfigFacts, renderConfigs, writeJson } from './configs.js';
import { assignHosts, type Host } from './hosts.js';
import { commonName, ensureKeyPair, keyFilesIn } from './keys.js';
import type { CloudLayout } from './layout.js';
import { type CloudPlan, type Site, sitesOf, trustOf } from './plan.js';

/** A cloud of one zone on any number of machines. `{daemon}` in a path is clc ... nc, `{name}` is clc ... nc-1, nc-2. */
export interface ConfigureWishes {
  readonly zone: string;
  /** Address that every daemon listens on; absent: its own when that is an IPv4 address, else 0.0.0.0. */
  readonly listen?: string;
  readonly network: { readonly mode: 'bridge' | 'user'; readonly subnet: string; readonly bridge?: string };
  readonly scheduler: CloudPlan['scheduler'];
  readonly metadataPort: number;
  /** Where the folder of a daemon will be on its machine: /etc/mallee/{daemon}. */
  readonly installDirectory: string;
  /** Where a daemon keeps what it writes: /var/lib/mallee/{daemon}. */
  readonly stateDirectory: string;
}

/** What `configure` leaves beside the folders, for `register` and for the next `configure`. */
export interface HostsFile {
  readonly zone: string;
  readonly hosts: readonly Host[];
}

/** Who is where, from addresses alone. Pure. */
export function planHosts(hosts: readonly Host[], wishes: ConfigureWishes): CloudPlan {
  const site = (host: Host): Site => siteOf(host, wishes);
  const one = (daemon: string): Site => site(hosts.find((host) => host.daemon === daemon)!);
  const [first, ...others] = hosts.filter(({ daemon }) => daemon === 'nc').map(site);
  const tag = tagOf(hosts, wishes.zone);
  const clc = one('clc');
  const walrus = one('walrus');
  return {
    tag,
    zone: wishes.zone,
    network: networkOf(wishes, tag),
    metadataPort: wishes.metadataPort,
    scheduler: wishes.scheduler,
    credentialsFile: join(clc.stateDirectory, 'admin-credentials.json'),
    imageKey: keyFilesIn(join(walrus.keys.privateKey, '..'), 'image'),
    clc,
    walrus,
    sc: one('sc'),
    cc: one('cc'),
    nodes: [first!, ...others],
  };
}

/**
 * Writes one folder a daemon into `directory`: `config.json`, `keys/` (its own pair) and `trust/` (the certificates that it
 * accepts), ready to be copied to its machine. Keys that exist stay, everything else is written anew. Starts nothing.
 * @throws InvalidParameterValue, Configuration.Invalid
 */
export async function configure(
  directory: string,
  given: readonly string[],
  wishes: ConfigureWishes,
  facts: ConfigFacts,
): Promise<CloudPlan> {
  const known = readHosts(directory);
  if (known !== undefined && known.zone !== wishes.zone) {
    throw new MalleeError('InvalidParameterValue', `${directory} holds zone ${known.zone}; take another directory`);
  }
  const hosts = assignHosts(given, known?.hosts ?? [], nodeNumbers(directory));
  const plan = planHosts(hosts, wishes);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  writeJson(hostsFile(directory), { zone: wishes.zone, hosts } satisfies HostsFile);
  const keys = (name: string) => join(directory, name, 'keys');
  for (const { name, daemon } of sitesOf(plan)) {
    await ensureKeyPair(keyFilesIn(keys(name), name), `${commonName(daemon, wishes.zone)}${name.slice(daemon.length)}`);
  }
  await ensureKeyPair(keyFilesIn(keys('walrus'), 'image'), commonName('image', wishes.zone));
  const configs = renderConfigs(plan, facts);
  for (const site of sitesOf(plan)) {
    const trust = join(directory, site.name, 'trust');
    rmSync(trust, { recursive: true, force: true });
    mkdirSync(trust);
    for (const name of new Set(Object.values(trustOf(plan, site)).flat())) {
      copyFileSync(keyFilesIn(keys(name), name).certificate, join(trust, `${name}-cert.pem`));
    }
    writeJson(join(directory, site.name, 'config.json'), configs[site.name]!);
  }
  return plan;
}

/** What an earlier `configure` wrote into the directory; undefined if there was none. */
export function readHosts(directory: string): HostsFile | undefined {
  const file = hostsFile(directory);
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as HostsFile;
  } catch (cause) {
    throw new MalleeError('Configuration.Invalid', `${file} is damaged`, { cause });
  }
}

function hostsFile(directory: string): string {
  return join(directory, 'hosts.json');
}

/** Numbers of the node folders that are there, also of nodes that were taken out: their keys are not given to others. */
function nodeNumbers(directory: string): number[] {
  const names = existsSync(directory) ? readdirSync(directory) : [];
  return names.flatMap((name) => (/^nc-\d+$/.test(name) ? [Number(name.slice(3))] : []));
}

/** Beside the port of the daemon: 8783 of the CLC, 8784 of the CC. */
const JOIN_PORT_DISTANCE = 10;

function siteOf({ daemon, name, host, port }: Host, wishes: ConfigureWishes): Site {
  const fill = (template: string): string => template.replaceAll('{daemon}', daemon).replaceAll('{name}', name);
  const folder = fill(wishes.installDirectory);
  return {
    daemon,
    name,
    host,
    port,
    listen: wishes.listen ?? (isIPv4(host) ? host : '0.0.0.0'),
    ...(daemon === 'clc' || daemon === 'cc' ? { joinPort: port + JOIN_PORT_DISTANCE } : {}),
    stateDirectory: fill(wishes.stateDirectory),
    keys: keyFilesIn(join(folder, 'keys'), name),
    certificateOf: (other) => join(folder, 'trust', `${other}-cert.pem`),
  };
}

/** The same for every `configure` of the same front machine and zone. */
function tagOf(hosts: readonly Host[], zone: string): string {
  const front = hosts.find(({ daemon }) => daemon === 'clc')!;
  return createHash('sha256').update(`${front.host}:${front.port}/${zone}`).digest('hex').slice(0, 4);
}

function networkOf({ network }: ConfigureWishes, tag: string): CloudLayout['network'] {
  return { mode: network.mode, bridge: network.bridge ?? `mallee-${tag}`, subnet: network.subnet };
}
