-- Which directory this schema describes: its marker file has the same id, so that a wrong or unmounted directory is noticed.
create table storage (
  only_row boolean primary key default true check (only_row),
  id uuid not null,
  cluster text not null
);

create table volume (
  id text primary key check (id ~ '^vol-[0-9A-Fa-f]{8}$'),
  size_gb integer not null check (size_gb > 0),
  status text not null check (status in ('creating', 'available', 'deleting', 'deleted', 'failed')),
  -- Code of the error catalogue, and what happened.
  reason_code text,
  reason_message text,
  created_at timestamptz not null default now(),
  changed_at timestamptz not null default now(),
  check (status <> 'failed' or reason_code is not null)
);

create index volume_in_transition on volume (id) where status in ('creating', 'deleting');
