import type { Command } from 'commander';
import { MalleeError } from '@mallee/errors';
import { isClusterConfig, loadOperatedConfig, withDatabase, type OperatedConfig } from '@mallee/joining';
import { configFile } from '../config-file.js';
import { say } from '../progress.js';

export function defineJoinedNodes(join: Command): void {
  join
    .command('list')
    .description('the nodes that joined a cluster controller')
    .option('--config <file>', 'configuration of the CC', '/etc/mallee/cc/config.json')
    .action(async ({ config }: { config: string }) => {
      for (const { name, url } of await joinedNodes(load(config))) say(`${name} at ${url}`);
    });
  join
    .command('remove')
    .description('trust a node no more that joined; the cluster controller forgets it when it has no instances')
    .argument('<name>', 'from mallee join list')
    .option('--config <file>', 'configuration of the CC', '/etc/mallee/cc/config.json')
    .action(async (name: string, { config }: { config: string }) => {
      await removeNode(load(config), name);
      say(`${name} is removed; the cluster controller takes it up within seconds`);
    });
}

interface JoinedRow {
  readonly name: string;
  readonly url: string;
}

async function joinedNodes(config: OperatedConfig): Promise<JoinedRow[]> {
  const { rows } = await withDatabase(config, (pool) =>
    pool.query<JoinedRow>(`select name, url from joined_node order by joined_at, name`),
  );
  return rows;
}

async function removeNode(config: OperatedConfig, name: string): Promise<void> {
  const { rowCount } = await withDatabase(config, (pool) =>
    pool.query(`delete from joined_node where name = $1`, [name]),
  );
  if (rowCount === 0) throw new MalleeError('InvalidParameterValue', `no node joined as ${name}`);
}

function load(file: string): OperatedConfig {
  const config = loadOperatedConfig(configFile(file));
  if (isClusterConfig(config)) return config;
  throw new MalleeError('Configuration.Invalid', `${file} is no configuration of a cluster controller`);
}
