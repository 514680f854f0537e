import { splitCertificates } from '@mallee/daemon';
import type { PoolClient } from '@mallee/database';
import { MalleeError } from '@mallee/errors';
import { serviceUrl, type CloudAnswer, type Newcomer, type Registrar, type Registrars } from '@mallee/joining';
import { listComponents, type ComponentType } from '../components/registry.js';
import { registerComponentIn } from '../components/registration.js';
import type { ClcConfig } from '../config.js';

export interface ComponentRegistrarsOptions {
  readonly config: Pick<ClcConfig, 'listen' | 'keys' | 'joining'>;
  /** Own certificate, PEM. */
  readonly certificate: () => string;
  /** Reads the registered components again. */
  readonly changed: () => Promise<void>;
}

/** Takes clusters, storage controllers and Walrus into the table of components. */
export function componentRegistrars(options: ComponentRegistrarsOptions): Registrars {
  return {
    cluster: new ComponentRegistrar('cluster', options),
    storage: new ComponentRegistrar('storage', options),
    walrus: new ComponentRegistrar('walrus', options),
  };
}

class ComponentRegistrar implements Registrar {
  readonly #type: ComponentType;
  readonly #options: ComponentRegistrarsOptions;

  constructor(type: ComponentType, options: ComponentRegistrarsOptions) {
    this.#type = type;
    this.#options = options;
  }

  async register(client: PoolClient, newcomer: Newcomer): Promise<CloudAnswer> {
    const type = this.#type;
    const { name, partition } = this.#names(newcomer);
    const { host, port, tls, certificate } = newcomer;
    if (type === 'walrus' && tls) {
      throw new MalleeError('InvalidParameterValue', 'Walrus is what users and nodes fetch from: it joins without TLS');
    }
    const known = await listComponents(client);
    // Registering anew renews a component; a stranger with a token must not replace one.
    const same = known.find((one) => one.type === type && one.name === name);
    if (same !== undefined) {
      throw new MalleeError('Joining.NameTaken', `the ${type} ${name} is registered already, at ${same.url}`);
    }
    const url = await registerComponentIn(client, { type, name, partition, host, port, tls, certificate });
    const walrus = known.find((one) => one.type === 'walrus');
    return {
      role: type,
      name,
      url,
      cluster: partition,
      cloudUrl: serviceUrl(this.#options.config),
      cloudCertificates: [this.#options.certificate()],
      ...(walrus === undefined ? {} : { walrusUrl: walrus.url }),
    };
  }

  async certificates(client: PoolClient, name: string): Promise<string[]> {
    const { rows } = await client.query<{ certificate: string }>(
      `select certificate from component where type = $1 and name = $2 for update`,
      [this.#type, name],
    );
    return rows.flatMap(({ certificate }) => splitCertificates(certificate));
  }

  async replaceCertificates(client: PoolClient, name: string, certificates: readonly string[]): Promise<void> {
    const text = certificates.join('');
    await client.query(`update component set certificate = $3 where type = $1 and name = $2`, [this.#type, name, text]);
  }

  async changed(): Promise<void> {
    await this.#options.changed();
  }

  #names({ name, cluster }: Newcomer): { name: string; partition: string } {
    if (this.#type === 'walrus') return { name: 'walrus', partition: 'eucalyptus' };
    if (cluster === undefined) {
      throw new MalleeError('MissingParameter', 'the token names no zone: mallee join token create --cluster NAME');
    }
    return { name: name ?? cluster, partition: cluster };
  }
}
