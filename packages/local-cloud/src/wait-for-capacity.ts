import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeAvailabilityZonesCommand } from '@aws-sdk/client-ec2';
import { MalleeError } from '@mallee/errors';
import { cloudClients } from './clients.js';
import type { CloudLayout } from './layout.js';

const WAIT_MS = 90_000;
const EVERY_MS = 250;

/** Waits until the node has reported to its cluster and the cluster to the CLC, so that the next launch finds room. */
export async function waitForCapacity(layout: CloudLayout, update: (detail: string) => void): Promise<void> {
  const { ec2, s3 } = cloudClients(layout);
  const until = Date.now() + WAIT_MS;
  let rows: string[] = [];
  try {
    while (Date.now() < until) {
      const answer = await ec2.send(new DescribeAvailabilityZonesCommand({ ZoneNames: ['verbose'] }));
      rows = (answer.AvailabilityZones ?? []).map(({ ZoneName, State }) => `${ZoneName} ${State}`);
      // The row of a VM type: "|- m1.small" with state "0002 / 0002   1    128     2", free / maximum first.
      if (rows.some((row) => Number(/m1\.small\D*(\d+) *\//.exec(row)?.[1] ?? 0) > 0)) return;
      update(rows[0] ?? '');
      await sleep(EVERY_MS);
    }
  } finally {
    for (const client of [ec2, s3]) client.destroy();
  }
  throw new MalleeError(
    'Platform.Timeout',
    `the cloud offers no capacity after ${WAIT_MS / 1000} s: ${rows.join('; ')}`,
  );
}
