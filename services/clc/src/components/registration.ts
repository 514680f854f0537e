import { splitCertificates } from '@mallee/daemon';
import { transaction, type Pool, type PoolClient } from '@mallee/database';
import { MalleeError } from '@mallee/errors';
import { readCertificate } from '../identity/accounts.js';
import { listComponents, ourSpeech, type ComponentType, type Speech } from './registry.js';

export interface Registration {
  readonly type: ComponentType;
  readonly name: string;
  readonly partition: string;
  readonly host: string;
  readonly port: number;
  /** Whether it listens with TLS, showing the certificate that it signs with. */
  readonly tls?: boolean;
  /** PEM; two while the component changes its key. */
  readonly certificate: string;
  /** Of a cluster that is an original; default: as it was, or ours. */
  readonly speech?: Speech | undefined;
}

const words: Readonly<Record<ComponentType, string>> = {
  cluster: 'cluster controller',
  storage: 'storage controller',
  walrus: 'Walrus',
};

/**
 * Registers a component, or renews address and certificate of one of the same type, name and partition.
 * @throws EntityAlreadyExists when its zone or address is taken, NoSuchEntity for a storage controller without cluster,
 *   InvalidParameterValue for a wrong host or certificate
 */
export async function registerComponent(pool: Pool, given: Registration): Promise<void> {
  await transaction(pool, (client) => registerComponentIn(client, given));
}

/** The same within a transaction of the caller; returns the URL of the component. */
export async function registerComponentIn(client: PoolClient, given: Registration): Promise<string> {
  const url = componentUrl(given);
  const certificate = readCertificates(given.certificate);
  const { speech } = given;
  const { dialect, profile, suite } = speech ?? ourSpeech;
  await client.query(`select pg_advisory_xact_lock(hashtextextended('clc component', 0))`);
  const all = await listComponents(client);
  const same = all.filter((one) => one.type === given.type && one.name !== given.name);
  const clash = same.find((one) => one.url === url || given.type === 'walrus' || one.partition === given.partition);
  if (clash) {
    throw new MalleeError(
      'EntityAlreadyExists',
      `The ${words[clash.type]} ${clash.name} is registered already for ${clash.partition} at ${clash.url}`,
    );
  }
  if (given.type === 'storage' && !all.some((one) => one.type === 'cluster' && one.partition === given.partition)) {
    throw new MalleeError(
      'NoSuchEntity',
      'Storage controllers may only be registered for the partition of a registered cluster. ' +
        `No cluster found for: ${given.partition}`,
    );
  }
  await client.query(
    `insert into component (type, name, partition, url, certificate, dialect, profile, suite)
     values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict (type, name) do update set partition = excluded.partition, url = excluded.url,
       certificate = excluded.certificate,
       dialect = case when $9 then excluded.dialect else component.dialect end,
       profile = case when $9 then excluded.profile else component.profile end,
       suite = case when $9 then excluded.suite else component.suite end`,
    [given.type, given.name, given.partition, url, certificate, dialect, profile, suite, speech !== undefined],
  );
  return url;
}

/** @throws NoSuchEntity, DeleteConflict while something depends on the component */
export async function deregisterComponent(pool: Pool, type: ComponentType, name: string): Promise<void> {
  await transaction(pool, async (client) => {
    await client.query(`select pg_advisory_xact_lock(hashtextextended('clc component', 0))`);
    const all = await listComponents(client);
    const component = all.find((one) => one.type === type && one.name === name);
    if (!component) throw new MalleeError('NoSuchEntity', `No ${words[type]} is registered as ${name}`);
    const zone = component.partition;
    if (type === 'cluster' && all.some((one) => one.type === 'storage' && one.partition === zone)) {
      throw new MalleeError(
        'DeleteConflict',
        'Cannot deregister a cluster controller when there is a storage controller registered.',
      );
    }
    const users = await client.query<{ id: string }>(
      type === 'cluster'
        ? `select instance_id as id from instance where zone = $1 and state <> 'terminated' limit 3`
        : `select volume_id as id from volume where zone = $1 and state <> 'deleted' and $2::boolean limit 3`,
      type === 'cluster' ? [zone] : [zone, type === 'storage'],
    );
    if (users.rows.length > 0) {
      const ids = users.rows.map((row) => row.id).join(', ');
      throw new MalleeError('DeleteConflict', `The ${words[type]} ${name} still has ${ids}`);
    }
    await client.query('delete from component where type = $1 and name = $2', [type, name]);
    if (type === 'cluster') await client.query('delete from zone_capacity where zone = $1', [zone]);
  });
}

function componentUrl({ host, port, tls = false }: Pick<Registration, 'host' | 'port' | 'tls'>): string {
  const text = `${tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`;
  if (/^[A-Za-z0-9.:-]{1,253}$/.test(host) && URL.canParse(text)) return text;
  throw new MalleeError('InvalidParameterValue', `Host '${host.slice(0, 100)}' is not a host name or address`);
}

/** One certificate, or the old and the new one of a component that changes its key. */
function readCertificates(pem: string): string {
  const each = splitCertificates(pem);
  if (each.length > 2) throw new MalleeError('InvalidParameterValue', 'A component has at most two certificates');
  return each.map((one) => readCertificate(one).toString()).join('');
}
