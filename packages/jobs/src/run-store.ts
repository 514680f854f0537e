import type { Pool, Queryable } from '@mallee/database';
import { transaction } from '@mallee/database';
import type { StepState } from './workflow.js';

export type Phase = 'queued' | 'running' | 'undoing' | 'reporting' | 'done' | 'failed';

/** A run as its worker holds it. */
export interface Run {
  readonly runId: number;
  readonly jobId: string;
  readonly workflow: string;
  readonly data: unknown;
  readonly correlationId: string | undefined;
  readonly owner: string;
  readonly phase: Phase;
  /** Names in order of completion; while undoing: what is left to undo, last first. */
  readonly stepsDone: readonly string[];
  readonly state: StepState;
  readonly attempt: number;
  readonly cancelRequested: boolean;
  readonly errorCode: string | undefined;
  readonly errorMessage: string | undefined;
  readonly deadlineAt: Date;
}

/** The parts of a run that change as it advances. */
export type Progress = Partial<Pick<Run, 'phase' | 'stepsDone' | 'state' | 'attempt' | 'errorCode' | 'errorMessage'>>;

export interface RunRow {
  run_id: number;
  job_id: string;
  queue: string;
  workflow: string;
  data: unknown;
  correlation_id: string | null;
  phase: Phase;
  steps_done: string[];
  step_state: StepState;
  attempt: number;
  owner: string | null;
  cancel_requested: boolean;
  error_code: string | null;
  error_message: string | null;
  deadline_at: Date | null;
  finished_at: Date | null;
  busy_ms: number | null;
  early_ms: number | null;
}

export type Claim =
  | { readonly kind: 'gone' }
  | { readonly kind: 'later'; readonly ms: number }
  | { readonly kind: 'mine'; readonly run: Run };

export interface ClaimRequest {
  readonly runId: number;
  readonly owner: string;
  readonly leaseMs: number;
  /** Ticket and deadline of the workflow of that name; undefined when the worker does not know it. */
  readonly describe: (workflow: string, data: unknown) => { ticket: string; deadlineMs: number } | undefined;
}

/** How long a run waits for its ticket before it asks again (it is also woken when the ticket comes free). */
const TICKET_RETRY_MS = 1000;
/** How long a run waits for a worker that knows its workflow (a rolling upgrade). */
const UNKNOWN_RETRY_MS = 10_000;

/**
 * Takes a run for `owner` if it is due, no other worker has it and its ticket is free. The ticket is held from the first
 * claim until the run has finished, also over a crash; among waiting runs the oldest goes first.
 */
export async function claimRun(pool: Pool, request: ClaimRequest): Promise<Claim> {
  return await transaction(pool, async (client): Promise<Claim> => {
    const { rows } = await client.query<RunRow>(
      `select *, extract(epoch from lease_until - now()) * 1000 as busy_ms,
              extract(epoch from not_before - now()) * 1000 as early_ms
         from workflow_run where run_id = $1 for update`,
      [request.runId],
    );
    const row = rows[0];
    if (row === undefined || row.finished_at !== null) return { kind: 'gone' };
    if (row.owner !== null && Number(row.busy_ms) > 0) return { kind: 'later', ms: Number(row.busy_ms) + 50 };
    if (Number(row.early_ms) > 0 && !row.cancel_requested) return { kind: 'later', ms: Number(row.early_ms) };
    const described = request.describe(row.workflow, row.data);
    if (described === undefined) return { kind: 'later', ms: UNKNOWN_RETRY_MS };
    if (!(await ticketIsFree(client, row, described.ticket))) {
      await client.query('update workflow_run set ticket = $2 where run_id = $1', [row.run_id, described.ticket]);
      return { kind: 'later', ms: TICKET_RETRY_MS };
    }
    const claimed = await client.query<RunRow>(
      `update workflow_run set owner = $2, lease_until = now() + $3 * interval '1 millisecond', ticket = $4,
              phase = case phase when 'queued' then 'running' else phase end, not_before = null,
              started_at = coalesce(started_at, now()),
              deadline_at = coalesce(deadline_at, now() + $5 * interval '1 millisecond')
        where run_id = $1 returning *`,
      [row.run_id, request.owner, request.leaseMs, described.ticket, described.deadlineMs],
    );
    return { kind: 'mine', run: toRun(claimed.rows[0] as RunRow, request.owner) };
  });
}

/** Under the lock of the ticket: is no other run of it started, and no older one waiting? */
async function ticketIsFree(client: Queryable, row: RunRow, ticket: string): Promise<boolean> {
  await client.query('select pg_advisory_xact_lock(hashtextextended($1, 4))', [`${row.queue} ${ticket}`]);
  const { rows } = await client.query<{ taken: boolean }>(
    `select exists (select from workflow_run where queue = $1 and ticket = $2 and run_id <> $3 and finished_at is null
       and (started_at is not null or run_id < $3)) as taken`,
    [row.queue, ticket, row.run_id],
  );
  return rows[0]?.taken === false;
}

function toRun(row: RunRow, owner: string): Run {
  return {
    runId: row.run_id,
    jobId: row.job_id,
    workflow: row.workflow,
    data: row.data,
    correlationId: row.correlation_id ?? undefined,
    owner,
    phase: row.phase,
    stepsDone: row.steps_done,
    state: row.step_state,
    attempt: row.attempt,
    cancelRequested: row.cancel_requested,
    errorCode: row.error_code ?? undefined,
    errorMessage: row.error_message ?? undefined,
    deadlineAt: row.deadline_at ?? new Date(8.64e15),
  };
}

/** Thrown when another worker has taken the run over: this one must stop touching anything. */
export class LeaseLost extends Error {
  constructor() {
    super('another worker has taken the run over');
    this.name = 'LeaseLost';
  }
}

/** Writes progress, only if `run` still belongs to its owner; else throws LeaseLost. */
export async function saveProgress(pool: Queryable, run: Run, change: Progress): Promise<Run> {
  const next = { ...run, ...change };
  const { rows } = await pool.query<{ cancel_requested: boolean }>(
    `update workflow_run set phase = $3, steps_done = $4, step_state = $5, attempt = $6, error_code = $7, error_message = $8
      where run_id = $1 and owner = $2 returning cancel_requested`,
    [
      run.runId,
      run.owner,
      next.phase,
      next.stepsDone,
      JSON.stringify(next.state),
      next.attempt,
      next.errorCode ?? null,
      next.errorMessage ?? null,
    ],
  );
  const row = rows[0];
  if (row === undefined) throw new LeaseLost();
  return { ...next, cancelRequested: row.cancel_requested };
}

/** Gives the run back, to be continued after `delayMs` by any worker. */
export async function releaseRun(pool: Queryable, run: Run, delayMs: number): Promise<void> {
  await pool.query(
    `update workflow_run set owner = null, lease_until = null,
            not_before = case when $3 > 0 then now() + $3 * interval '1 millisecond' end
      where run_id = $1 and owner = $2`,
    [run.runId, run.owner, delayMs],
  );
}

/** Ends the run and frees its ticket; returns the run that waits for the ticket next, if any. */
export async function finishRun(pool: Queryable, run: Run, phase: 'done' | 'failed'): Promise<number | undefined> {
  const { rows } = await pool.query<{ next: number | null }>(
    `with ended as (
       update workflow_run set phase = $3, finished_at = now(), owner = null, lease_until = null
        where run_id = $1 and owner = $2 returning queue, ticket)
     select (select min(w.run_id) from workflow_run w
              where w.queue = ended.queue and w.ticket = ended.ticket and w.finished_at is null and w.run_id <> $1) as next
       from ended`,
    [run.runId, run.owner, phase],
  );
  const row = rows[0];
  if (row === undefined) throw new LeaseLost();
  return row.next ?? undefined;
}

/** Prolongs the leases of `owners`; the map has the owners that still hold their run, and whether it is cancelled. */
export async function renewLeases(
  pool: Queryable,
  owners: readonly string[],
  leaseMs: number,
): Promise<Map<string, boolean>> {
  const { rows } = await pool.query<{ owner: string; cancel_requested: boolean }>(
    `update workflow_run set lease_until = now() + $2 * interval '1 millisecond'
      where owner = any($1::uuid[]) returning owner, cancel_requested`,
    [owners, leaseMs],
  );
  return new Map(rows.map((row) => [row.owner, row.cancel_requested]));
}
