-- One row per workflow asked for: outbox, progress and result in one place. Postgres is the truth; the queue only says
-- "look at run N now", so a queue that forgets a job costs a delay, never a run.
create table workflow_run (
  run_id         bigint generated always as identity primary key,   -- arrival order
  queue          text not null,
  job_id         text not null,                -- chosen by the caller; unique within the queue
  workflow       text not null,
  data           jsonb not null,
  correlation_id text,
  ticket         text,                         -- subject whose operations are serialised; set at the first claim
  phase          text not null default 'queued'
                 check (phase in ('queued', 'running', 'undoing', 'reporting', 'done', 'failed')),
  steps_done     text[] not null default '{}', -- while undoing: what is left to undo
  step_state     jsonb not null default '{}',
  attempt        integer not null default 0,   -- failures of the present step
  not_before     timestamptz,                  -- of the next attempt
  owner          uuid,                         -- the worker that has it now
  lease_until    timestamptz,                  -- its heartbeat; another worker may take the run after that
  cancel_requested boolean not null default false,
  error_code     text,
  error_message  text,
  created_at     timestamptz not null default now(),
  published_at   timestamptz,
  started_at     timestamptz,
  deadline_at    timestamptz,
  finished_at    timestamptz,
  unique (queue, job_id)
);
create index workflow_run_open on workflow_run (published_at nulls first, run_id) where finished_at is null;
create index workflow_run_ticket on workflow_run (queue, ticket, run_id) where finished_at is null;
create index workflow_run_finished on workflow_run (finished_at) where finished_at is not null;
