import { join } from 'node:path';
import { type KeyFiles, keyFiles } from './keys.js';
import type { CloudLayout, DaemonName } from './layout.js';
import { logFile } from './processes.js';

/** One daemon on one machine. All paths are as that machine sees them. */
export interface Site {
  readonly daemon: DaemonName;
  /** `clc`, `nc`; `nc-1`, `nc-2` ... where a cluster has several nodes. */
  readonly name: string;
  /** What the other daemons call it by: a name or an IPv4 address. */
  readonly host: string;
  readonly port: number;
  /** Address to listen on. */
  readonly listen: string;
  /** Where others may join this daemon with a token, over TLS. */
  readonly joinPort?: number;
  readonly stateDirectory: string;
  readonly keys: KeyFiles;
  /** The file with the certificate of the site of that name. */
  readonly certificateOf: (name: string) => string;
  /** Absent: log to standard output. */
  readonly logFile?: string;
}

/** A cloud of one zone: who is where. From this the configuration of every daemon follows. */
export interface CloudPlan {
  readonly tag: string;
  readonly zone: string;
  readonly network: CloudLayout['network'];
  readonly metadataPort: number;
  readonly scheduler: 'GREEDY' | 'ROUNDROBIN';
  /** Where the CLC leaves the administrator's credentials when it starts on an empty database. */
  readonly credentialsFile: string;
  /** The pair that image keys are wrapped for, as Walrus sees it. */
  readonly imageKey: KeyFiles;
  readonly clc: Site;
  readonly walrus: Site;
  readonly sc: Site;
  readonly cc: Site;
  /** At least one. */
  readonly nodes: readonly [Site, ...Site[]];
}

export function sitesOf({ clc, walrus, sc, cc, nodes }: CloudPlan): Site[] {
  return [clc, walrus, sc, cc, ...nodes];
}

export function urlOf({ host, port }: Site): string {
  return `http://${host}:${port}`;
}

/** Names of the sites whose calls or answers a daemon accepts, by their role. */
export function trustOf(plan: CloudPlan, site: Site): Readonly<Record<string, readonly string[]>> {
  const nodes = plan.nodes.map(({ name }) => name);
  const cloud = [plan.clc.name];
  const table: Record<DaemonName, Readonly<Record<string, readonly string[]>>> = {
    clc: { cluster: [plan.cc.name], storage: [plan.sc.name], walrus: [plan.walrus.name] },
    walrus: { cloud, node: nodes },
    sc: { cloud },
    cc: { cloud, node: nodes },
    nc: { cluster: [plan.cc.name] },
  };
  return table[site.daemon];
}

/** Everything on this machine, below one state directory; certificates are read where their owners keep them. */
export function localPlan(layout: CloudLayout): CloudPlan {
  const site = (daemon: DaemonName): Site => ({
    daemon,
    name: daemon,
    host: layout.host,
    port: layout.ports[daemon],
    listen: layout.host,
    stateDirectory: join(layout.stateDirectory, daemon),
    keys: keyFiles(layout, daemon),
    certificateOf: (name) => keyFiles(layout, name as DaemonName).certificate,
    logFile: logFile(layout, daemon),
  });
  return {
    tag: layout.tag,
    zone: layout.zone,
    network: layout.network,
    metadataPort: layout.ports.metadata,
    scheduler: 'GREEDY',
    credentialsFile: credentialsFile(layout),
    imageKey: keyFiles(layout, 'image'),
    clc: site('clc'),
    walrus: site('walrus'),
    sc: site('sc'),
    cc: site('cc'),
    nodes: [site('nc')],
  };
}

/** Where the CLC leaves the administrator's credentials when it starts on an empty database. */
export function credentialsFile(layout: CloudLayout): string {
  return join(layout.stateDirectory, 'admin-credentials.json');
}
