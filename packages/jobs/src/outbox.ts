import type { Queryable } from '@mallee/database';
import { MalleeError } from '@mallee/errors';

export interface OutboxEntry {
  /** Queue of the worker, without the prefix. */
  readonly queue: string;
  /** Name of the workflow. */
  readonly name: string;
  /** JSON. */
  readonly data: unknown;
  /** Unique in the queue; the second entry with the same id is ignored. Letters, digits, `_ . -`. */
  readonly jobId: string;
  readonly correlationId?: string | undefined;
  /** Also run again when a run of this id has finished (one that is under way is still left alone). */
  readonly rerun?: boolean;
}

/**
 * Asks for a workflow in the caller's transaction: it runs if and only if the transaction commits. Returns false if a run
 * of that id exists. The table must be in the search path of the client (createPool does that).
 */
export async function enqueueOutbox(client: Queryable, entry: OutboxEntry): Promise<boolean> {
  if (!/^[A-Za-z0-9_.-]{1,200}$/.test(entry.jobId)) {
    throw new MalleeError('InternalError', `"${entry.jobId}" is no job id: use letters, digits, dot, dash and _`);
  }
  if (entry.rerun === true) {
    const old = 'delete from workflow_run where queue = $1 and job_id = $2 and finished_at is not null';
    await client.query(old, [entry.queue, entry.jobId]);
  }
  const { rows } = await client.query(
    `insert into workflow_run (queue, job_id, workflow, data, correlation_id) values ($1, $2, $3, $4, $5)
     on conflict (queue, job_id) do nothing returning run_id, pg_notify('workflow_' || current_schema(), '')`,
    [entry.queue, entry.jobId, entry.name, JSON.stringify(entry.data), entry.correlationId ?? null],
  );
  return rows.length > 0;
}

/**
 * Asks a run that has not finished to stop: the present step is aborted, finished steps are undone, `onFailed` gets
 * `Workflow.Cancelled`. Takes effect within about a second. Returns false if there is no such run or it has finished.
 */
export async function cancelRun(client: Queryable, queue: string, jobId: string): Promise<boolean> {
  const { rows } = await client.query(
    `update workflow_run set cancel_requested = true where queue = $1 and job_id = $2 and finished_at is null
     returning run_id, pg_notify('workflow_' || current_schema(), run_id::text)`,
    [queue, jobId],
  );
  return rows.length > 0;
}

export interface RunStatus {
  readonly phase: 'queued' | 'running' | 'undoing' | 'reporting' | 'done' | 'failed';
  readonly finished: boolean;
  readonly errorCode: string | undefined;
  readonly errorMessage: string | undefined;
}

/** What has become of a run; undefined if there is none (any more: finished runs are kept for a week). */
export async function runStatus(client: Queryable, queue: string, jobId: string): Promise<RunStatus | undefined> {
  const { rows } = await client.query<{
    phase: RunStatus['phase'];
    error_code: string | null;
    error_message: string | null;
    finished: boolean;
  }>(
    `select phase, error_code, error_message, finished_at is not null as finished from workflow_run
      where queue = $1 and job_id = $2`,
    [queue, jobId],
  );
  const row = rows[0];
  if (row === undefined) return undefined;
  return {
    phase: row.phase,
    finished: row.finished,
    errorCode: row.error_code ?? undefined,
    errorMessage: row.error_message ?? undefined,
  };
}
