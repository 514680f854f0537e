-- How a component speaks; what differs from the default belongs to an original.

alter table component
  add column dialect text not null default '2.0' check (dialect in ('2.0', '4.4')),
  add column profile text not null default 'body-timestamp' check (profile in ('body-timestamp', 'headers-only')),
  add column suite text not null default 'rsa-sha256' check (suite in ('rsa-sha256', 'rsa-sha1'));
