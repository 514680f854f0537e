import { readFileSync } from 'node:fs';
import { signEc2QueryV2 } from '@mallee/aws-signatures';
import { MalleeError } from '@mallee/errors';
import { parseXml } from '@mallee/xml';
import { readCredentials } from './credentials.js';
import { keyFiles } from './keys.js';
import type { CloudLayout, DaemonName } from './layout.js';
import { baseUrl } from './processes.js';

const PATH = '/services/Configuration';

/** Registers Walrus, the cluster and its storage controller with the CLC, as `euca_conf --register-*` did. Idempotent. */
export async function registerComponents(layout: CloudLayout): Promise<void> {
  await register(layout, 'RegisterWalrus', 'walrus', 'walrus', 'eucalyptus');
  await register(layout, 'RegisterCluster', 'cc', layout.zone, layout.zone);
  await register(layout, 'RegisterStorageController', 'sc', layout.zone, layout.zone);
}

async function register(
  layout: CloudLayout,
  action: string,
  daemon: DaemonName,
  name: string,
  partition: string,
): Promise<void> {
  await configurationCall(layout, action, {
    Name: name,
    Partition: partition,
    Host: layout.host,
    Port: String(layout.ports[daemon]),
    Certificate: readFileSync(keyFiles(layout, daemon).certificate, 'utf8'),
  });
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

export async function describeComponents(layout: CloudLayout): Promise<ComponentState[]> {
  const answer = parseXml(await configurationCall(layout, 'DescribeComponents', {}));
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
  layout: CloudLayout,
  action: string,
  parameters: Readonly<Record<string, string>>,
): Promise<string> {
  const { accessKeyId, secretAccessKey } = readCredentials(layout);
  const host = `${layout.host}:${layout.ports.clc}`;
  const all: [string, string][] = [['Action', action], ['Version', 'eucalyptus'], ...Object.entries(parameters)];
  const query = { method: 'POST' as const, host, path: PATH, parameters: all };
  const signed = signEc2QueryV2(query, { accessKeyId, secretKey: secretAccessKey }, new Date());
  const response = await fetch(`${baseUrl(layout, 'clc')}${PATH}`, {
    method: 'POST',
    body: new URLSearchParams(signed),
    signal: AbortSignal.timeout(30_000),
  });
  const text = await response.text();
  if (response.ok) return text;
  const message = /<Message>([\s\S]*?)<\/Message>/.exec(text)?.[1] ?? `HTTP ${response.status}`;
  throw new MalleeError('Wire.PeerFault', `${action}: ${message}`);
}
