import { transaction } from '@mallee/database';
import type { Cluster } from '../cluster.js';
import { lockInstance } from '../store/instances.js';
import { endInstance } from './end-instance.js';

/** Seconds after the launch window by which the launch itself has surely ended an instance, if it is still worked on. */
const GRACE_SECONDS = 300;

/** Nothing stays Pending for ever: ends what no node took and no launch works on any more (its job was lost). */
export async function endOverdue(cluster: Cluster): Promise<void> {
  const { rows } = await cluster.pool.query<{ id: string }>(
    `select id from instance where state = 'Pending' and node_call <> 'accepted'
        and launch_deadline < now() - make_interval(secs => $1)`,
    [GRACE_SECONDS],
  );
  for (const { id } of rows) {
    await transaction(cluster.pool, async (client) => {
      const instance = await lockInstance(client, id);
      if (instance?.state !== 'Pending' || instance.nodeCall === 'accepted') return;
      const reason = { code: 'Cluster.LaunchTimeout', message: 'the launch was not finished in time' };
      await endInstance(client, id, reason, instance.nodeCall === 'started' ? 'release-later' : 'free');
    });
    cluster.logger.error({ instanceId: id }, 'a launch was overdue and is ended');
    cluster.cloud.send(id);
  }
}
