create table multipart_upload (
  upload_id     text primary key,
  bucket        text collate "C" not null references bucket (name),
  object_key    text collate "C" not null check (octet_length(object_key) between 1 and 1024),
  content_type  text not null,
  headers       jsonb not null default '{}',
  metadata      jsonb not null default '{}',
  account_id    text not null,
  canonical_id  text not null,
  display_name  text not null,
  canned_acl    text not null default 'private',
  initiated_at  timestamptz(3) not null default now()
);
create index multipart_upload_bucket on multipart_upload (bucket, object_key, upload_id);

create table multipart_part (
  upload_id      text not null references multipart_upload on delete cascade,
  part_number    integer not null check (part_number between 1 and 10000),
  blob_id        uuid not null unique,
  size           bigint not null check (size >= 0),
  etag           text not null,
  last_modified  timestamptz(3) not null default now(),
  primary key (upload_id, part_number)
);
