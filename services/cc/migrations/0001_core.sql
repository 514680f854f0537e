-- State of one cluster controller. Times are the database's own clock; a daemon's clock never decides anything here.

create table node (
  url text primary key,
  -- Order of the configuration file; GREEDY takes the lowest that fits.
  ordinal integer not null,
  -- False: taken out of the configuration. It gets no new instances but is polled while it still has some.
  configured boolean not null default true,
  state text not null default 'down' check (state in ('up', 'down')),
  memory_max integer not null default 0,          -- MB
  memory_available integer not null default 0,
  disk_max integer not null default 0,            -- GB
  disk_available integer not null default 0,
  cores_max integer not null default 0,
  cores_available integer not null default 0,
  last_ok_at timestamptz,
  failures integer not null default 0,            -- in a row
  last_error_code text,
  last_error text
);

create table instance (
  id text primary key,
  reservation_id text not null,
  user_id text not null,
  image_id text not null default '',
  kernel_id text not null default '',
  ramdisk_id text not null default '',
  image_url text not null default '',
  kernel_url text not null default '',
  ramdisk_url text not null default '',
  key_name text not null default '',              -- the public key itself, as on the wire
  user_data text not null default '',
  launch_index text not null default '0',
  platform text not null default '',
  group_names text[] not null default '{}',
  vm_type jsonb not null,                         -- name, memory MB, cores, disk GB, deviceMapping
  mac text not null,
  private_ip text not null default '0.0.0.0',
  public_ip text not null default '0.0.0.0',
  vlan integer not null default -1,
  network_index integer not null default -1,
  volumes jsonb not null default '[]',
  bundle_state text not null default 'none',
  state text not null check (state in ('Pending', 'Extant', 'Teardown')),
  node_url text,
  -- none: no node was asked; started: ncRunInstance was sent to node_url and its outcome is not known; accepted: it has it.
  node_call text not null default 'none' check (node_call in ('none', 'started', 'accepted')),
  accepted_at timestamptz,
  refusals jsonb not null default '{}',           -- node url -> its last refusal
  launch_deadline timestamptz,
  launch_time timestamptz,                        -- as the node reports it
  terminate_requested_at timestamptz,
  terminate_sent_at timestamptz,
  absent_polls integer not null default 0,        -- successful polls of its node in a row that did not list it
  absent_since timestamptz,                       -- start of the first of them
  reason_code text,
  reason_message text,
  correlation_id text,
  created_at timestamptz not null default now(),
  changed_at timestamptz not null default now()
);
create index instance_node on instance (node_url);
create index instance_state on instance (state, changed_at);

-- What launches under way will take from a node. Subtracted from the node's last report, which does not know of it yet.
create table reservation (
  instance_id text primary key references instance (id) on delete cascade,
  node_url text not null,
  cores integer not null,
  memory integer not null,
  disk integer not null,
  expires_at timestamptz not null
);
create index reservation_node on reservation (node_url);

create table address (
  ip text primary key,
  network_index integer not null unique,
  mac text not null unique,
  instance_id text not null unique references instance (id),
  state text not null check (state in ('reserved', 'active', 'releasing')),
  changed_at timestamptz not null default now()
);

-- Where the next search starts: 'address' (last index given out), 'node' (ROUNDROBIN).
create table search_cursor (
  name text primary key,
  value integer not null
);
