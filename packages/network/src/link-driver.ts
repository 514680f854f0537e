import { MalleeError } from '@mallee/errors';
import { runOrThrow, type Argv, type Exec } from './exec.js';
import type { BridgeDocument } from './render-links.js';

/** Makes links be as the document says. Both calls may be repeated. */
export interface LinkDriver {
  ensure(bridge: BridgeDocument): Promise<void>;
  /** Removes the link if it is one of ours (by its alias); anything else of that name is left alone. */
  remove(bridge: BridgeDocument): Promise<void>;
}

interface ObservedLink {
  readonly ifalias?: string;
  readonly address?: string;
  readonly mtu?: number;
  readonly flags?: readonly string[];
  readonly linkinfo?: { readonly info_kind?: string };
  readonly addr_info?: readonly { readonly family: string; readonly local: string; readonly prefixlen: number }[];
}

/** LinkDriver by iproute2. Compares first and runs only the commands that are needed. */
export class IpLinkDriver implements LinkDriver {
  readonly #exec: Exec;

  constructor(exec: Exec) {
    this.#exec = exec;
  }

  async ensure(bridge: BridgeDocument): Promise<void> {
    let link = await this.#observe(bridge.name);
    if (link === undefined) {
      await this.#ip('link', 'add', 'name', bridge.name, 'type', 'bridge', 'stp_state', '0', 'forward_delay', '0');
      await this.#ip('link', 'set', 'dev', bridge.name, 'alias', bridge.alias);
      await this.#ip('link', 'set', 'dev', bridge.name, 'address', bridge.mac);
      link = (await this.#observe(bridge.name)) ?? {};
    }
    if (link.linkinfo?.info_kind !== undefined && link.linkinfo.info_kind !== 'bridge') {
      const kind = link.linkinfo.info_kind;
      throw new MalleeError('Cluster.NetworkFailed', `${bridge.name} is a ${kind}, not a bridge`);
    }
    if (link.mtu !== bridge.mtu) await this.#ip('link', 'set', 'dev', bridge.name, 'mtu', String(bridge.mtu));
    const have = (link.addr_info ?? [])
      .filter((a) => a.family === 'inet')
      .map((a) => `${a.local}/${String(a.prefixlen)}`);
    if (!have.includes(bridge.address)) {
      await this.#ip('addr', 'add', bridge.address, 'brd', '+', 'dev', bridge.name);
    }
    // An address of an earlier configuration would keep answering ARP for a network that is gone.
    for (const old of link.ifalias === bridge.alias ? have.filter((address) => address !== bridge.address) : []) {
      await this.#ip('addr', 'del', old, 'dev', bridge.name);
    }
    if (!(link.flags ?? []).includes('UP')) await this.#ip('link', 'set', 'dev', bridge.name, 'up');
  }

  async remove(bridge: BridgeDocument): Promise<void> {
    const link = await this.#observe(bridge.name);
    if (link?.ifalias !== bridge.alias) return;
    await this.#ip('link', 'del', 'dev', bridge.name);
  }

  async #observe(name: string): Promise<ObservedLink | undefined> {
    const result = await this.#exec.run(['ip', '-j', '-d', 'addr', 'show', 'dev', name]);
    if (result.code !== 0) {
      if (/does not exist|Cannot find device/i.test(result.stderr)) return undefined;
      throw new MalleeError('Platform.CommandFailed', `ip addr show dev ${name}: ${result.stderr.trim()}`);
    }
    const parsed = JSON.parse(result.stdout || '[]') as (ObservedLink | Record<string, never>)[];
    return parsed.find((entry) => Object.keys(entry).length > 0);
  }

  async #ip(...args: string[]): Promise<void> {
    await runOrThrow(this.#exec, ['ip', ...args] as unknown as Argv);
  }
}

/** LinkDriver for tests: remembers what it was asked for. */
export class RecordingLinkDriver implements LinkDriver {
  readonly bridges = new Map<string, BridgeDocument>();

  ensure(bridge: BridgeDocument): Promise<void> {
    this.bridges.set(bridge.name, bridge);
    return Promise.resolve();
  }

  remove(bridge: BridgeDocument): Promise<void> {
    this.bridges.delete(bridge.name);
    return Promise.resolve();
  }
}
