-- Grants replace the canned ACL: [{"grantee": {"type": "user", "id": ..., "name": ...} | {"type": "group", "uri": ...}, "permission": "READ"}].
create function grants_of_canned(canned text, owner_id text, owner_name text) returns jsonb language sql immutable as $$
  select jsonb_build_array(jsonb_build_object('grantee', jsonb_build_object('type', 'user', 'id', owner_id, 'name', owner_name),
                                              'permission', 'FULL_CONTROL'))
    || coalesce((
         select jsonb_agg(jsonb_build_object('grantee', jsonb_build_object('type', 'group', 'uri', g.uri), 'permission', g.permission))
           from (values
             ('public-read', 'http://acs.amazonaws.com/groups/global/AllUsers', 'READ'),
             ('public-read-write', 'http://acs.amazonaws.com/groups/global/AllUsers', 'READ'),
             ('public-read-write', 'http://acs.amazonaws.com/groups/global/AllUsers', 'WRITE'),
             ('authenticated-read', 'http://acs.amazonaws.com/groups/global/AuthenticatedUsers', 'READ'),
             ('log-delivery-write', 'http://acs.amazonaws.com/groups/s3/LogDelivery', 'WRITE'),
             ('log-delivery-write', 'http://acs.amazonaws.com/groups/s3/LogDelivery', 'READ_ACP')
           ) as g (canned, uri, permission)
          where g.canned = grants_of_canned.canned), '[]'::jsonb)
$$;

alter table bucket
  add column acl        jsonb,
  add column versioning text not null default 'off' check (versioning in ('off', 'enabled', 'suspended')),
  -- The documents of the sub-resources by name (policy, cors, lifecycle, tagging ...); storage/bucket-settings.ts has their shapes.
  add column settings   jsonb not null default '{}';
update bucket set acl = grants_of_canned(canned_acl, canonical_id, display_name);
alter table bucket alter column acl set not null, drop column canned_acl;

-- `rank` orders the versions of a key: the smaller, the newer. (Ascending both ways, so that a row comparison can page through
-- keys and versions.) It also names the rows of version_part.
create sequence version_rank increment by -1 maxvalue -1 minvalue -9223372036854775808 start with -1;

create table object_version (
  bucket         text collate "C" not null references bucket (name),
  object_key     text collate "C" not null check (octet_length(object_key) between 1 and 1024),
  version_id     text collate "C" not null,      -- "null" for what is written while versioning is not enabled
  rank           bigint not null,
  delete_marker  boolean not null default false,
  listed         boolean not null default true,  -- newest of its key and no delete marker: what a listing of keys shows
  blob_id        uuid unique,                    -- null: a delete marker, or the bytes are in version_part
  size           bigint not null check (size >= 0),
  etag           text not null,                  -- hex MD5 (of the bytes the client sent) or md5-N, without quotes
  content_type   text not null,
  headers        jsonb not null default '{}',
  metadata       jsonb not null default '{}',
  tags           jsonb not null default '[]',    -- [[key, value], ...]
  checksum_name  text,                           -- crc32, crc32c, crc64nvme, sha1, sha256
  checksum_type  text,                           -- FULL_OBJECT or COMPOSITE
  checksum_value text,
  storage_class  text not null default 'STANDARD',
  encryption     jsonb,                          -- how the blobs are encrypted; storage/encryption.ts
  account_id     text not null,
  canonical_id   text not null,
  display_name   text not null,
  acl            jsonb not null,
  lock_mode      text check (lock_mode in ('GOVERNANCE', 'COMPLIANCE')),
  retain_until   timestamptz(3),
  legal_hold     boolean,
  upload_id      text,                           -- the multipart upload it was made by
  last_modified  timestamptz(3) not null default now(),
  primary key (bucket, object_key, version_id)
);
create unique index object_version_order on object_version (bucket, object_key, rank);
create unique index object_version_listed on object_version (bucket, object_key) where listed;

-- The pieces of a version that was uploaded in parts.
create table version_part (
  rank           bigint not null,
  part_number    integer not null,
  blob_id        uuid not null unique,
  size           bigint not null,
  etag           text not null,
  checksum_value text,
  primary key (rank, part_number)
);

insert into object_version (bucket, object_key, version_id, rank, blob_id, size, etag, content_type, headers, metadata,
    checksum_name, checksum_type, checksum_value, account_id, canonical_id, display_name, acl, last_modified)
  select bucket, object_key, 'null', nextval('version_rank'), blob_id, size, etag, content_type, headers, metadata, checksum_name,
         case when checksum_name is not null then 'FULL_OBJECT' end, checksum_value, account_id, canonical_id, display_name,
         grants_of_canned(canned_acl, canonical_id, display_name), last_modified
    from object;
drop table object;

alter table multipart_upload
  add column acl            jsonb,
  add column tags           jsonb not null default '[]',
  add column checksum_name  text,
  add column checksum_type  text,
  add column storage_class  text not null default 'STANDARD',
  add column encryption     jsonb,
  add column lock_mode      text check (lock_mode in ('GOVERNANCE', 'COMPLIANCE')),
  add column retain_until   timestamptz(3),
  add column legal_hold     boolean,
  add column initiator_id   text,
  add column initiator_name text;
update multipart_upload set acl = grants_of_canned(canned_acl, canonical_id, display_name),
  initiator_id = canonical_id, initiator_name = display_name;
alter table multipart_upload alter column acl set not null, alter column initiator_id set not null,
  alter column initiator_name set not null, drop column canned_acl;
alter table multipart_part add column checksum_name text, add column checksum_value text;
drop function grants_of_canned;
