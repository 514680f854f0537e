import type { PoolClient } from '@mallee/database';
import { MalleeError } from '@mallee/errors';
import { newcomerUrl, serviceUrl, type Newcomer, type NodeAnswer, type Registrar } from '@mallee/joining';
import type { ClusterConfig } from '../config.js';

const NC_PATH = '/axis2/services/EucalyptusNC';
const IMAGES_PATH = '/services/Walrus';

export interface NodeRegistrarOptions {
  readonly config: () => ClusterConfig;
  /** Own certificate, PEM. */
  readonly certificate: () => string;
  /** Reads the joined nodes again and polls them. */
  readonly changed: () => Promise<void>;
}

/** Takes nodes that join with a token into the table of joined nodes. */
export class NodeRegistrar implements Registrar {
  readonly #options: NodeRegistrarOptions;

  constructor(options: NodeRegistrarOptions) {
    this.#options = options;
  }

  async register(client: PoolClient, newcomer: Newcomer): Promise<NodeAnswer> {
    await client.query(`select pg_advisory_xact_lock(hashtextextended('cc joined node', 0))`);
    const config = this.#options.config();
    const origin = newcomerUrl(newcomer);
    const url = origin + NC_PATH;
    const { rows } = await client.query<{ name: string; url: string }>(`select name, url from joined_node`);
    const taken = rows.find((row) => row.url === url || row.name === newcomer.name);
    if (taken !== undefined || config.nodes.some((node) => node.url === url)) {
      const which = taken === undefined ? 'A node of the configuration' : `The node ${taken.name}`;
      throw new MalleeError('Joining.NameTaken', `${which} is registered already, at ${taken?.url ?? url}`);
    }
    const name = newcomer.name ?? nextName(rows.map((row) => row.name));
    await client.query(`insert into joined_node (name, url, certificates) values ($1, $2, $3)`, [
      name,
      url,
      [newcomer.certificate],
    ]);
    const { network, joining } = config;
    return {
      role: 'node',
      name,
      url: origin,
      cluster: config.cluster,
      clusterUrl: serviceUrl(config),
      clusterCertificates: [this.#options.certificate()],
      imageUrlPrefixes: joining?.walrusUrl === undefined ? [] : [new URL(joining.walrusUrl).origin + IMAGES_PATH],
      network:
        network.mode === 'user' ? { mode: 'user', subnet: network.subnet } : { mode: 'bridge', bridge: network.bridge },
      domainTag: domainTag(network.tag),
    };
  }

  async certificates(client: PoolClient, name: string): Promise<string[]> {
    const { rows } = await client.query<{ certificates: string[] }>(
      `select certificates from joined_node where name = $1 for update`,
      [name],
    );
    return rows[0]?.certificates ?? [];
  }

  async replaceCertificates(client: PoolClient, name: string, certificates: readonly string[]): Promise<void> {
    await client.query(`update joined_node set certificates = $2 where name = $1`, [name, certificates]);
  }

  async changed(): Promise<void> {
    await this.#options.changed();
  }
}

/** Above every number given: a name that was used once is not given to another machine while its row is there. */
function nextName(names: readonly string[]): string {
  const numbers = names.flatMap((name) => (/^nc-\d{1,9}$/.test(name) ? [Number(name.slice(3))] : []));
  return `nc-${String(Math.max(0, ...numbers) + 1)}`;
}

/** Names of domains allow inner hyphens, those of links underscores. */
function domainTag(tag: string): string {
  return tag.replaceAll('_', '-').replace(/^-+|-+$/g, '') || 'mallee';
}
