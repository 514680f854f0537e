import { MalleeError, toMalleeError } from '@mallee/errors';
import type { NodeRecord } from '../store/nodes.js';
import { nextState, shownState, type ServiceState, type Transition } from './service-state.js';
import { learn, noTopology, type Service, type Topology } from './topology.js';

/** What DescribeServices says of one service. */
export interface ServiceStatus {
  readonly service: Service;
  readonly localState: string;
  readonly localEpoch: number;
  readonly details: readonly string[];
}

/**
 * The cluster controller as a service that a 4.4 cloud controller starts and enables. Kept in memory, as by the original:
 * after a restart the cloud controller sees LOADED and enables it again, unless it enables itself.
 */
export class ClusterService {
  #state: ServiceState;
  #topology: Topology = noTopology;
  #self: Service | undefined;
  readonly #check: () => void;

  /** `check` throws while something of its own does not work. */
  constructor(options: { readonly enableItself: boolean; readonly check: () => void }) {
    this.#state = options.enableItself ? 'ENABLED' : 'LOADED';
    this.#check = options.check;
  }

  get state(): ServiceState {
    return this.#state;
  }

  get topology(): Topology {
    return this.#topology;
  }

  /** Takes over what a message says of the services; `authoritative` for DescribeServices. */
  learn(told: Partial<Topology>, authoritative: boolean): void {
    this.#topology = learn(this.#topology, told, authoritative);
  }

  /** @throws Cluster.NotEnabled */
  requireEnabled(): void {
    if (this.#state === 'ENABLED') return;
    throw new MalleeError('Cluster.NotEnabled', `the cluster controller is ${this.#state}, not ENABLED`);
  }

  /**
   * The states asked for: of the cluster controller (also when nothing is named) and, always, of its nodes. Other services
   * are not in the answer. From the first cluster service named with a usable URI it learns what it is called.
   */
  describe(asked: readonly Service[], nodes: readonly NodeRecord[]): ServiceStatus[] {
    this.#self ??= asked.find(({ type, uris }) => type === 'cluster' && uris.some(isUsable));
    const self = asked.length === 0 ? [this.#self ?? UNNAMED] : asked.filter((service) => this.#isSelf(service));
    const problem = this.#problem();
    const own = self.map((service) => ({
      service,
      localState: shownState(this.#state, problem === undefined),
      localEpoch: this.#topology.epoch,
      details: problem === undefined ? [] : [problem],
    }));
    return [...own, ...nodes.map((node) => this.#statusOf(node))];
  }

  /**
   * @throws Wire.OperationNotSupported for a node or a service that is not here, Cluster.NotEnabled when the state does
   *   not allow it or something does not work
   */
  change(transition: Transition, asked: readonly Service[]): void {
    const foreign = asked.find((service) => !this.#isSelf(service));
    if (foreign !== undefined) {
      const what = `${foreign.type} ${foreign.name}`.slice(0, 100);
      throw new MalleeError('Wire.OperationNotSupported', `the state of ${what} is not changed here`);
    }
    const problem = this.#problem();
    const next = nextState(this.#state, transition, problem === undefined);
    if (next === undefined) {
      throw new MalleeError('Cluster.NotEnabled', `no ${transition} while ${this.#state}: ${problem ?? 'restart it'}`);
    }
    this.#state = next;
  }

  #isSelf({ type, name }: Service): boolean {
    return type === 'cluster' && (this.#self === undefined || name === this.#self.name || name === UNNAMED.name);
  }

  #problem(): string | undefined {
    try {
      this.#check();
      return undefined;
    } catch (error) {
      const { code, message } = toMalleeError(error);
      return `${code}: ${message}`.slice(0, 500);
    }
  }

  #statusOf(node: NodeRecord): ServiceStatus {
    const partition = this.#self?.partition;
    const named = partition === undefined ? {} : { partition };
    const error = node.lastError === null ? [] : [`${node.lastErrorCode ?? ''}: ${node.lastError}`];
    return {
      service: { ...named, type: 'node', name: new URL(node.url).hostname, uris: [node.url] },
      localState: node.state === 'up' ? 'ENABLED' : 'NOTREADY',
      localEpoch: this.#topology.epoch,
      details: node.state === 'up' ? [] : error,
    };
  }
}

/** How it calls itself before anybody told it its name. */
const UNNAMED: Service = { type: 'cluster', name: 'self', uris: [] };

function isUsable(uri: string): boolean {
  return URL.canParse(uri) && /^https?:$/.test(new URL(uri).protocol);
}
