-- Owners are copied from the CLC at the time of writing, so that a listing needs no question to it.
create table bucket (
  name          text collate "C" primary key check (name ~ '^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$'),
  account_id    text not null,
  canonical_id  text not null,
  display_name  text not null,
  location      text not null default '',
  canned_acl    text not null default 'private',
  created_at    timestamptz(3) not null default now()
);
create index bucket_account on bucket (account_id, name);

-- One row per key. The bytes are in the blob store; a blob is never changed, a new upload is a new blob.
create table object (
  bucket         text collate "C" not null references bucket (name),
  object_key     text collate "C" not null check (octet_length(object_key) between 1 and 1024),
  blob_id        uuid not null unique,
  size           bigint not null check (size >= 0),
  etag           text not null,                  -- hex MD5, without quotes
  content_type   text not null,
  headers        jsonb not null default '{}',    -- Content-Disposition, Cache-Control ... as given, lower-case names
  metadata       jsonb not null default '{}',    -- x-amz-meta-NAME: NAME in lower case -> value
  checksum_name  text,                           -- crc32, crc32c, crc64nvme, sha1, sha256
  checksum_value text,                           -- base64
  account_id     text not null,
  canonical_id   text not null,
  display_name   text not null,
  canned_acl     text not null default 'private',
  last_modified  timestamptz(3) not null default now(),
  primary key (bucket, object_key)
);

-- Blobs that no object uses any more. Written in the transaction that lets go of the blob; the file is removed after it.
create table blob_gc (
  blob_id   uuid primary key,
  queued_at timestamptz not null default now()
);
