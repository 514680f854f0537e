-- Nodes that joined with a token, beside those of the configuration file.

create table joined_node (
  name text primary key,
  -- Of its service EucalyptusNC, as in node.url.
  url text not null unique,
  -- PEM; two while the node changes its key.
  certificates text[] not null check (cardinality(certificates) between 1 and 2),
  joined_at timestamptz not null default now()
);
