import type { Queryable } from '@mallee/database';
import type { NodeConfig } from '../config.js';

/** The numbers of ncDescribeResource. MB, GB, cores. */
export interface NodeReport {
  readonly memoryMax: number;
  readonly memoryAvailable: number;
  readonly diskMax: number;
  readonly diskAvailable: number;
  readonly coresMax: number;
  readonly coresAvailable: number;
  /** kvm or xen; '' from a node of dialect 2.0, which does not say. */
  readonly hypervisor: string;
  /** iSCSI name as initiator; '' as above. */
  readonly iqn: string;
}

/** A node; `...Available` is already less the reservations of launches under way, never below 0. */
export interface NodeRecord extends NodeReport {
  readonly url: string;
  readonly configured: boolean;
  readonly state: 'up' | 'down';
  readonly failures: number;
  readonly lastOkAt: Date | null;
  readonly lastErrorCode: string | null;
  readonly lastError: string | null;
}

/** Nodes in the order of the configuration, with what is free now. */
export async function listNodes(db: Queryable): Promise<NodeRecord[]> {
  const { rows } = await db.query<NodeRecord>(
    `select url, configured, state, failures, last_ok_at as "lastOkAt", last_error_code as "lastErrorCode",
            last_error as "lastError", memory_max as "memoryMax", disk_max as "diskMax", cores_max as "coresMax", hypervisor, iqn,
            greatest(0, memory_available - coalesce(r.memory, 0))::integer as "memoryAvailable",
            greatest(0, disk_available - coalesce(r.disk, 0))::integer as "diskAvailable",
            greatest(0, cores_available - coalesce(r.cores, 0))::integer as "coresAvailable"
       from node left join (
         select node_url, sum(memory) as memory, sum(disk) as disk, sum(cores) as cores
           from reservation where expires_at > now() group by node_url) r on r.node_url = node.url
      order by configured desc, ordinal, url`,
  );
  return rows;
}

/** Brings the table in line with the configuration. Nothing that is known of a node is lost, also of one taken out. */
export async function configureNodes(db: Queryable, nodes: readonly NodeConfig[]): Promise<void> {
  const urls = nodes.map((node) => node.url);
  await db.query(
    `insert into node (url, ordinal) select url, ordinality from unnest($1::text[]) with ordinality as t (url, ordinality)
     on conflict (url) do update set ordinal = excluded.ordinal, configured = true`,
    [urls],
  );
  await db.query(`update node set configured = false, state = 'down' where not (url = any($1))`, [urls]);
  await db.query(
    `delete from node where not configured and not exists (
       select from instance where node_url = node.url
          and (state <> 'Teardown' or exists (select from address where instance_id = instance.id)))`,
  );
}

/** Records a successful poll. Returns true when the node was down before. */
export async function recordNodeUp(db: Queryable, url: string, report: NodeReport): Promise<boolean> {
  const { rows } = await db.query<{ wasDown: boolean }>(
    `with before as (select url, state from node where url = $1 for update)
     update node set state = 'up', failures = 0, last_ok_at = now(), last_error_code = null, last_error = null,
            memory_max = $2, memory_available = $3, disk_max = $4, disk_available = $5,
            cores_max = $6, cores_available = $7, hypervisor = $8, iqn = $9
       from before where node.url = before.url returning before.state = 'down' as "wasDown"`,
    [
      url,
      report.memoryMax,
      report.memoryAvailable,
      report.diskMax,
      report.diskAvailable,
      report.coresMax,
      report.coresAvailable,
      report.hypervisor,
      report.iqn,
    ],
  );
  return rows[0]?.wasDown ?? false;
}

/** Records a failed poll; the numbers of the last report stay. Returns true when the node was up before. */
export async function recordNodeDown(db: Queryable, url: string, code: string, message: string): Promise<boolean> {
  const { rows } = await db.query<{ wasUp: boolean }>(
    `with before as (select url, state from node where url = $1 for update)
     update node set state = 'down', failures = failures + 1, last_error_code = $2, last_error = $3
       from before where node.url = before.url returning before.state = 'up' as "wasUp"`,
    [url, code, message.slice(0, 1000)],
  );
  return rows[0]?.wasUp ?? false;
}
