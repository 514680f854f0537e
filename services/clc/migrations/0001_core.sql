-- Identities ---------------------------------------------------------------------------------------------------------
create table account (
  account_id    text primary key check (account_id ~ '^[0-9]{12}$'),
  name          text not null unique,
  canonical_id  text not null unique check (canonical_id ~ '^[0-9a-f]{64}$'),
  email         text,
  created_at    timestamptz not null default now()
);

create table principal (                       -- "user" is a reserved word of SQL
  user_id     text primary key,                -- AIDA + 17 upper-case letters and digits
  account_id  text not null references account on delete cascade,
  name        text not null,
  is_admin    boolean not null default false,  -- administrator of the whole cloud
  enabled     boolean not null default true,
  created_at  timestamptz not null default now(),
  unique (account_id, name)
);

create table access_key (
  access_key_id text primary key,              -- 20 upper-case letters and digits
  user_id       text not null references principal on delete cascade,
  secret_key    text not null,
  active        boolean not null default true,
  created_at    timestamptz not null default now()
);

create table user_certificate (
  fingerprint  text primary key,               -- lower-case hex SHA-256 of the DER
  user_id      text not null references principal on delete cascade,
  pem          text not null,
  revoked      boolean not null default false,
  created_at   timestamptz not null default now()
);

-- Components ---------------------------------------------------------------------------------------------------------
create table component (
  type         text not null check (type in ('cluster', 'storage', 'walrus')),
  name         text not null,
  partition    text not null,                  -- the availability zone; 'eucalyptus' for walrus
  url          text not null,                  -- base URL, no trailing slash: http://host:port
  certificate  text not null,                  -- PEM
  registered_at timestamptz not null default now(),
  -- last poll of the component by the CLC
  last_ok_at   timestamptz,
  last_error_code text,
  last_error   text,
  primary key (type, name)
);

create table zone_capacity (                    -- last DescribeResources answer, per VM type
  zone          text not null,
  instance_type text not null,
  available     integer not null,
  maximum       integer not null,
  updated_at    timestamptz not null default now(),
  primary key (zone, instance_type)
);

-- Resources ----------------------------------------------------------------------------------------------------------
create table vm_type (
  name      text primary key,
  cores     integer not null check (cores > 0),
  memory_mb integer not null check (memory_mb > 0),
  disk_gb   integer not null check (disk_gb > 0),
  ordinal   integer not null unique
);
insert into vm_type (name, cores, memory_mb, disk_gb, ordinal) values
  ('m1.small', 1, 128, 2, 1), ('c1.medium', 1, 256, 5, 2), ('m1.large', 2, 512, 10, 3),
  ('m1.xlarge', 2, 1024, 20, 4), ('c1.xlarge', 4, 2048, 20, 5);

create table image (
  image_id     text primary key check (image_id ~ '^e[kmr]i-[0-9A-F]{8}$'),
  account_id   text not null references account,
  kind         text not null check (kind in ('machine', 'kernel', 'ramdisk')),
  location     text not null,                  -- bucket/name.manifest.xml
  name         text,
  description  text,
  architecture text not null,
  platform     text,                           -- 'windows' or null
  state        text not null default 'available' check (state in ('available', 'deregistered')),
  is_public    boolean not null default true,
  kernel_id    text,
  ramdisk_id   text,
  size_bytes   bigint not null,
  digest       text not null,                  -- image digest of the manifest, hex
  signature    text not null,                  -- manifest signature at registration
  created_at   timestamptz not null default now()
);
create unique index image_name on image (account_id, name) where name is not null and state = 'available';

create table key_pair (
  key_pair_id  text primary key,               -- key-XXXXXXXX
  account_id   text not null references account,
  name         text not null,
  fingerprint  text not null,
  public_key   text not null,                  -- OpenSSH one-line form
  created_at   timestamptz not null default now(),
  unique (account_id, name)
);

create table security_group (
  group_id    text primary key,                -- sg-xxxxxxxx
  account_id  text not null references account,
  name        text not null,
  description text not null,
  created_at  timestamptz not null default now(),
  unique (account_id, name)
);

create table security_group_rule (
  rule_id     text primary key,                -- sgr-xxxxxxxx
  group_id    text not null references security_group on delete cascade,
  protocol    text not null,                   -- tcp, udp, icmp, -1
  from_port   integer,
  to_port     integer,
  cidr        text,                            -- exactly one of cidr and source_group_id
  source_group_id text references security_group,
  created_at  timestamptz not null default now(),
  check ((cidr is null) <> (source_group_id is null)),
  unique nulls not distinct (group_id, protocol, from_port, to_port, cidr, source_group_id)
);

create table reservation (
  reservation_id text primary key check (reservation_id ~ '^r-[0-9A-F]{8}$'),
  account_id     text not null references account,
  user_id        text not null references principal,
  client_token   text,
  request_digest text,                         -- SHA-256 of the normalised request, for IdempotentParameterMismatch
  created_at     timestamptz not null default now(),
  unique (account_id, client_token)
);

create table instance (
  instance_id    text primary key check (instance_id ~ '^i-[0-9A-F]{8}$'),
  reservation_id text not null references reservation,
  account_id     text not null references account,
  user_id        text not null references principal,
  launch_index   integer not null,
  zone           text not null,
  image_id       text not null references image,
  kernel_id      text,
  ramdisk_id     text,
  instance_type  text not null references vm_type,
  key_name       text,
  public_key     text not null default '',
  user_data      text not null default '',     -- base64, as given
  group_ids      text[] not null,
  mac            text not null,                -- d0:0d + the hex digits of the id
  private_ip     text,
  public_ip      text,
  node           text,                         -- URL of the node controller (serviceTag)
  state          text not null default 'pending'
                 check (state in ('pending', 'running', 'shutting-down', 'terminated')),
  desired        text not null default 'running' check (desired in ('running', 'terminated')),
  reason_code    text,                         -- stateReason code, a key of the error catalogue
  reason_message text,
  correlation_id text not null,                -- of the RunInstances request
  launched_at    timestamptz not null default now(),
  running_at     timestamptz,
  terminated_at  timestamptz,
  changed_at     timestamptz not null default now(),
  last_seen_at   timestamptz,                  -- last report of the cluster that lists it
  deadline_at    timestamptz                   -- of the present transitional state; null when stable
);
create index instance_account on instance (account_id, instance_id);
create index instance_live on instance (zone, state) where state <> 'terminated';
create index instance_reservation on instance (reservation_id);

create table instance_event (
  event_id    bigint generated always as identity primary key,
  instance_id text not null references instance,
  at          timestamptz not null default now(),
  from_state  text,
  to_state    text not null,
  reason_code text,
  message     text,
  correlation_id text
);
create index instance_event_instance on instance_event (instance_id, event_id);

create table volume (
  volume_id   text primary key check (volume_id ~ '^vol-[0-9A-F]{8}$'),
  account_id  text not null references account,
  zone        text not null,
  size_gb     integer not null check (size_gb > 0),
  snapshot_id text,
  state       text not null default 'creating'
              check (state in ('creating', 'available', 'in-use', 'deleting', 'deleted', 'error')),
  reason_code text,
  reason_message text,
  correlation_id text not null,
  created_at  timestamptz not null default now(),
  changed_at  timestamptz not null default now(),
  deadline_at timestamptz
);
create index volume_account on volume (account_id, volume_id);

create table tag (
  resource_id text not null,
  account_id  text not null references account,
  resource_type text not null,                 -- instance, image, key-pair, security-group, volume, reservation, snapshot
  key         text not null,
  value       text not null,
  primary key (resource_id, key)
);
create index tag_account on tag (account_id, resource_type, key);
