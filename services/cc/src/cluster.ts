import type { Logger, Metrics } from '@mallee/daemon';
import type { Pool } from '@mallee/database';
import type { Subnet } from '@mallee/network';
import type { CloudHints } from './cloud-hints.js';
import type { ClusterConfig } from './config.js';
import type { NetworkController } from './network-controller.js';
import type { NodePort } from './nodes/node-port.js';
import type { ClusterService } from './service/cluster-service.js';

/** Asks for polls out of turn. */
export interface PollRequests {
  /** Polls the node now (all nodes without a url), also when a breaker holds it. Does not wait. */
  pollNow(url?: string): void;
}

/** What operations, jobs and the poller work with. */
export interface Cluster {
  /** The configuration as it is now: `nodes` and `scheduler` may change while the daemon runs. */
  readonly config: () => ClusterConfig;
  readonly pool: Pool;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly subnet: Subnet;
  /** By URL. */
  readonly nodes: { get(url: string): NodePort; close(): void };
  readonly network: NetworkController;
  readonly poller: PollRequests;
  readonly cloud: CloudHints;
  readonly service: ClusterService;
}
