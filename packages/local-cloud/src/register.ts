import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { signEc2QueryV2 } from '@mallee/aws-signatures';
import { MalleeError } from '@mallee/errors';
import { parseXml } from '@mallee/xml';
import { readHosts } from './configure.js';
import { type Credentials, readCredentials } from './credentials.js';
import { keyFiles, keyFilesIn } from './keys.js';
import type { CloudLayout } from './layout.js';
import { baseUrl } from './processes.js';

const PATH = '/services/Configuration';

/** The administration API of a CLC and who calls it. */
export interface Administration {
  /** http://HOST:PORT */
  readonly url: string;
  readonly credentials: Pick<Credentials, 'accessKeyId' | 'secretAccessKey'>;
}

/** A component as the CLC shall call it. */
export interface Registrant {
  readonly daemon: 'walrus' | 'cc' | 'sc';
  readonly host: string;
  readonly port: number;
  /** PEM. */
  readonly certificate: string;
}

export function administrationOf(layout: CloudLayout): Administration {
  return { url: baseUrl(layout, 'clc'), credentials: readCredentials(layout) };
}

/** Registers Walrus, the cluster and its storage controller with the CLC on this machine. Idempotent. */
export async function registerComponents(layout: CloudLayout): Promise<void> {
  const registrant = (daemon: Registrant['daemon']): Registrant => ({
    daemon,
    host: layout.host,
    port: layout.ports[daemon],
    certificate: readFileSync(keyFiles(layout, daemon).certificate, 'utf8'),
  });
  const all = [registrant('walrus'), registrant('cc'), registrant('sc')];
  await registerAll(administrationOf(layout), layout.zone, all);
}

/** Registers what `configure` wrote into the directory. Idempotent. */
export async function registerConfigured(administration: Administration, directory: string): Promise<Registrant[]> {
  const known = readHosts(directory);
  if (known === undefined)
    throw new MalleeError('Configuration.Invalid', `${directory} is not one of ./mallee configure`);
  const all = (['walrus', 'cc', 'sc'] as const).map((daemon) => {
    const { host, port } = known.hosts.find((one) => one.daemon === daemon)!;
    const { certificate } = keyFilesIn(join(directory, daemon, 'keys'), daemon);
    return { daemon, host, port, certificate: readFileSync(certificate, 'utf8') };
  });
  await registerAll(administration, known.zone, all);
  return all;
}

/** As `euca_conf --register-*` did; a storage controller needs its cluster first. */
async function registerAll(administration: Administration, zone: string, all: readonly Registrant[]): Promise<void> {
  const rows = {
    walrus: { action: 'RegisterWalrus', name: 'walrus', partition: 'eucalyptus' },
    cc: { action: 'RegisterCluster', name: zone, partition: zone },
    sc: { action: 'RegisterStorageController', name: zone, partition: zone },
  };
  for (const { daemon, host, port, certificate } of all) {
    const { action, name, partition } = rows[daemon];
    await configurationCall(administration, action, {
      Name: name,
      Partition: partition,
      Host: host,
      Port: String(port),
      Certificate: certificate,
    });
  }
}

/** A registered component as the CLC sees it. */
export interface ComponentState {
  readonly type: string;
  readonly name: string;
  readonly url: string;
  readonly state: string;
  /** ISO 8601; empty: never. */
  readonly lastContact: string;
  /** Why the last contact failed; empty when it did not. */
  readonly reason: string;
}

export async function describeComponents(administration: Administration): Promise<ComponentState[]> {
  const answer = parseXml(await configurationCall(administration, 'DescribeComponents', {}));
  const registered = answer.children.find(({ local }) => local === 'registered')?.children ?? [];
  return registered.map((item) => {
    const text = (name: string): string => item.children.find(({ local }) => local === name)?.text ?? '';
    return {
      type: text('type'),
      name: text('name'),
      url: text('url'),
      state: text('state'),
      lastContact: text('lastContact'),
      reason: text('reason'),
    };
  });
}

/** One signed call of the administration API; the answer is XML text. */
export async function configurationCall(
  { url, credentials: { accessKeyId, secretAccessKey } }: Administration,
  action: string,
  parameters: Readonly<Record<string, string>>,
): Promise<string> {
  const { host } = new URL(url);
  const all: [string, string][] = [['Action', action], ['Version', 'eucalyptus'], ...Object.entries(parameters)];
  const query = { method: 'POST' as const, host, path: PATH, parameters: all };
  const signed = signEc2QueryV2(query, { accessKeyId, secretKey: secretAccessKey }, new Date());
  const response = await post(new URL(PATH, url).href, new URLSearchParams(signed));
  const text = await response.text();
  if (response.ok) return text;
  const message = /<Message>([\s\S]*?)<\/Message>/.exec(text)?.[1] ?? `HTTP ${response.status}`;
  throw new MalleeError('Wire.PeerFault', `${action}: ${message}`);
}

async function post(url: string, body: URLSearchParams): Promise<Response> {
  try {
    return await fetch(url, { method: 'POST', body, signal: AbortSignal.timeout(30_000) });
  } catch (cause) {
    throw new MalleeError('Wire.PeerUnreachable', `${url} does not answer`, { cause });
  }
}
