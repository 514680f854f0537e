-- One row a token. The secret itself is nowhere: it is 256 random bits, so its SHA-256 says nothing about it.
create table join_token (
  id text primary key,
  secret_hash bytea not null check (length(secret_hash) = 32),
  role text not null,
  -- What the maker of the token fixed for the new component: the zone.
  cluster text,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz,
  -- SHA-256 of the certificate that was registered, and what its owner was told: he may ask again if the answer was lost.
  used_by text,
  answer jsonb,
  check ((used_at is null) = (used_by is null) and (used_at is null) = (answer is null))
);
