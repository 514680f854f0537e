import type { Cluster } from '../cluster.js';

interface Use {
  readonly up: number;
  readonly down: number;
  readonly addresses: number;
  readonly reservations: number;
}

/** Brings the gauges up to date: nodes, addresses in use, launches that hold capacity. */
export async function observeUse(cluster: Cluster): Promise<void> {
  const { rows } = await cluster.pool.query<Use>(
    `select (select count(*) from node where configured and state = 'up') as up,
            (select count(*) from node where configured and state = 'down') as down,
            (select count(*) from address) as addresses, (select count(*) from reservation) as reservations`,
  );
  const use = rows[0];
  if (use === undefined) return;
  const nodes = cluster.metrics.gauge('nodes', 'Registered nodes', ['state']);
  nodes.set({ state: 'up' }, use.up);
  nodes.set({ state: 'down' }, use.down);
  cluster.metrics.gauge('addresses_in_use', 'Private addresses that instances hold').set(use.addresses);
  cluster.metrics.gauge('reservations', 'Launches that hold capacity of a node').set(use.reservations);
}
