import { isMalleeError, MalleeError } from '@mallee/errors';
import { checkDesiredNetwork, type DesiredNetwork } from './desired-state.js';
import type { DhcpDriver } from './dhcp-driver.js';
import { DnsmasqDriver } from './dnsmasq-driver.js';
import { HostExec, type Exec } from './exec.js';
import { NftDriver, type FilterDriver } from './filter-driver.js';
import { ensureForwarding } from './forwarding.js';
import { IpLinkDriver, type LinkDriver } from './link-driver.js';
import { renderLinks } from './render-links.js';
import { nftTableName, renderNft, renderNftRemoval } from './render-nft.js';

/** Makes the host be as a desired network says; the modes of a cluster differ only here. */
export interface ClusterNetwork {
  /** Idempotent. When it returns, every host of the state gets its address by DHCP. Throws Cluster.NetworkFailed. */
  apply(state: DesiredNetwork): Promise<void>;
  /** Takes everything of ours off the host. */
  remove(state: DesiredNetwork): Promise<void>;
}

export interface BridgeNetworkDrivers {
  readonly link: LinkDriver;
  readonly filter: FilterDriver;
  readonly dhcp: DhcpDriver;
  /** Turns forwarding on; true when it was off before. */
  readonly forwarding: () => Promise<boolean>;
}

/** Mode `bridge`: one bridge with a gateway address, dnsmasq, masquerading. Needs root. */
export class BridgeNetwork implements ClusterNetwork {
  readonly #drivers: BridgeNetworkDrivers;
  readonly #log: (message: string) => void;
  #applied = '';
  #queue: Promise<void> = Promise.resolve();

  /** `log` gets the sentences an administrator must know (a setting of the whole host was changed). */
  constructor(drivers: BridgeNetworkDrivers, log: (message: string) => void = () => undefined) {
    this.#drivers = drivers;
    this.#log = log;
  }

  apply(state: DesiredNetwork): Promise<void> {
    return this.#serially(async () => {
      checkDesiredNetwork(state);
      const rules = renderNft(state);
      for (const bridge of renderLinks(state)) await this.#drivers.link.ensure(bridge);
      // Links and the table are looked at each time: other software may have removed them.
      if (this.#applied !== rules || !(await this.#drivers.filter.has(nftTableName(state.tag)))) {
        if (await this.#drivers.forwarding()) this.#log('net.ipv4.ip_forward was 0 and is now 1: guests need routing');
        await this.#drivers.filter.apply(rules);
        this.#applied = rules;
      }
      await this.#drivers.dhcp.apply(state);
    });
  }

  remove(state: DesiredNetwork): Promise<void> {
    return this.#serially(async () => {
      await this.#drivers.dhcp.stop();
      await this.#drivers.filter.apply(renderNftRemoval(state.tag));
      this.#applied = '';
      for (const bridge of renderLinks(state)) await this.#drivers.link.remove(bridge);
    });
  }

  #serially(step: () => Promise<void>): Promise<void> {
    const run = this.#queue.then(step).catch((error: unknown) => {
      if (isMalleeError(error) && error.code === 'Configuration.Invalid') throw error;
      const message = error instanceof Error ? error.message : String(error);
      throw new MalleeError('Cluster.NetworkFailed', message, { cause: error });
    });
    this.#queue = run.catch(() => undefined);
    return run;
  }
}

/** Mode `user`: addresses are planned, nothing is done on the host (QEMU's user networking gives them to the guests). */
export class UserNetwork implements ClusterNetwork {
  apply(state: DesiredNetwork): Promise<void> {
    checkDesiredNetwork(state);
    return Promise.resolve();
  }

  remove(): Promise<void> {
    return Promise.resolve();
  }
}

/** The real BridgeNetwork: ip, nft, dnsmasq. `directory` holds the files of dnsmasq. */
export function hostBridgeNetwork(
  directory: string,
  log?: (message: string) => void,
  exec: Exec = new HostExec(),
): BridgeNetwork {
  const drivers: BridgeNetworkDrivers = {
    link: new IpLinkDriver(exec),
    filter: new NftDriver(exec),
    dhcp: new DnsmasqDriver(exec, directory),
    forwarding: () => ensureForwarding(exec),
  };
  return new BridgeNetwork(drivers, log);
}
