import { type Command, InvalidArgumentError, Option } from 'commander';
import { MalleeError } from '@mallee/errors';
import {
  createToken,
  DEFAULT_TTL_SECONDS,
  isClusterConfig,
  joinRoles,
  listTokens,
  loadOperatedConfig,
  revokeToken,
  withDatabase,
  type JoinRole,
  type OperatedConfig,
} from '@mallee/joining';
import { configFile } from '../config-file.js';
import { say } from '../progress.js';

interface CreateOptions {
  role: JoinRole;
  ttl: number;
  cluster?: string;
  config?: string;
}

const CONFIG_HELP = 'of the CC (role node) or CLC (default: /etc/mallee/cc/config.json, /etc/mallee/clc/config.json)';

export function defineJoinTokens(join: Command): void {
  const token = join.command('token').description('tokens with which others may join, on the machine that they join');
  token
    .command('create')
    .description('print a token that lets one host join once')
    .addOption(new Option('--role <role>', 'what the host becomes').choices(joinRoles).makeOptionMandatory())
    .option('--ttl <time>', 'how long the token is good: 90s, 30m, 1h, 7d', duration, DEFAULT_TTL_SECONDS)
    .option('--cluster <name>', 'the zone of a cluster or storage controller')
    .option('--config <file>', CONFIG_HELP)
    .action(create);
  token
    .command('list')
    .description('the tokens of a CC or CLC')
    .requiredOption('--config <file>', 'configuration of the CC or CLC')
    .action(async ({ config }: { config: string }) => {
      for (const { id, role, cluster, state, expiresAt } of await inDatabase(config, listTokens)) {
        say([id, role, cluster ?? '-', state, expiresAt.toISOString()].join('  '));
      }
    });
  token
    .command('revoke')
    .description('take a token back that was not used')
    .argument('<id>', 'from mallee join token list')
    .requiredOption('--config <file>', 'configuration of the CC or CLC')
    .action((id: string, { config }: { config: string }) => inDatabase(config, (pool) => revokeToken(pool, id)));
}

async function create({ role, ttl, cluster, config: given }: CreateOptions): Promise<void> {
  const config = loadOperatedConfig(configFile(given ?? `/etc/mallee/${role === 'node' ? 'cc' : 'clc'}/config.json`));
  checkRole(role, cluster, config);
  const wanted = { role, ttlSeconds: ttl, ...(cluster === undefined ? {} : { cluster }) };
  const { text, id, expiresAt } = await withDatabase(config, (pool) => createToken(pool, config, wanted));
  // The token alone on standard output, for scripts.
  process.stderr.write(`mallee: token ${id} lets one ${role} join ${config.name} until ${expiresAt.toISOString()}:\n`);
  process.stderr.write(`mallee: on the new host: mallee join --token TOKEN\n`);
  process.stdout.write(`${text}\n`);
}

function checkRole(role: JoinRole, cluster: string | undefined, config: OperatedConfig): void {
  if ((role === 'node') !== isClusterConfig(config)) {
    const where = role === 'node' ? 'the cluster controller' : 'the cloud controller';
    throw new MalleeError(
      'Joining.NotOffered',
      `a ${role} joins ${where}; --config names the configuration of another`,
    );
  }
  if ((role === 'cluster' || role === 'storage') && cluster === undefined) {
    throw new MalleeError('MissingParameter', `--cluster names the zone of the new ${role}`);
  }
}

function inDatabase<T>(file: string, work: Parameters<typeof withDatabase<T>>[1]): Promise<T> {
  return withDatabase(loadOperatedConfig(configFile(file)), work);
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

function duration(text: string): number {
  const { count, unit } = /^(?<count>\d{1,6})(?<unit>[smhd])$/.exec(text)?.groups ?? {};
  if (count === undefined || unit === undefined) throw new InvalidArgumentError('write 90s, 30m, 1h or 7d');
  return Number(count) * UNITS[unit]!;
}
