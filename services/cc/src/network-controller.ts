import type { Queryable } from '@mallee/database';
import { toMalleeError } from '@mallee/errors';
import { parseSubnet, type ClusterNetwork, type DesiredNetwork } from '@mallee/network';
import type { ClusterConfig } from './config.js';
import { listHosts } from './store/placement.js';

/** Keeps the host's network as the address table says. Requests that come together share one pass. */
export class NetworkController {
  readonly #network: ClusterNetwork;
  readonly #config: ClusterConfig;
  readonly #db: Queryable;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  #failure: unknown;

  constructor(network: ClusterNetwork, config: ClusterConfig, db: Queryable) {
    this.#network = network;
    this.#config = config;
    this.#db = db;
  }

  /** Throws what the last pass threw. */
  check(): void {
    if (this.#failure !== undefined) throw toMalleeError(this.#failure);
  }

  /** When it resolves, every address that was in the table at the time of the call is served. */
  apply(): Promise<void> {
    if (this.#running === undefined) return this.#start();
    // The pass under way may have read the table before the caller's row was there: one more has to follow.
    this.#next ??= this.#running.catch(() => undefined).then(() => this.#start());
    return this.#next;
  }

  #start(): Promise<void> {
    this.#next = undefined;
    const pass = this.#pass().finally(() => {
      if (this.#running === pass) this.#running = undefined;
    });
    this.#running = pass;
    return pass;
  }

  async #pass(): Promise<void> {
    try {
      await this.#network.apply({ ...desiredNetwork(this.#config), hosts: await listHosts(this.#db) });
      this.#failure = undefined;
    } catch (error) {
      this.#failure = error;
      throw error;
    }
  }
}

/** The network of the configuration, still without hosts. */
export function desiredNetwork({ network }: ClusterConfig): DesiredNetwork {
  const { tag, bridge, dns, mtu } = network;
  return { tag, bridge, dns, mtu, subnet: parseSubnet(network.subnet), hosts: [] };
}
