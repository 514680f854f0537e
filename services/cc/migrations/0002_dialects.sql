-- What dialect 4.4 knows of an instance and dialect 2.0 does not; null where nobody said.

alter table instance
  add column uuid text,
  add column account_id text,
  add column expiry_time timestamptz,
  add column group_ids text[] not null default '{}';

alter table node
  add column hypervisor text not null default '',
  add column iqn text not null default '';
