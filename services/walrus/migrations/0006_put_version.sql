-- A new object becomes the current one of its key in one round trip, whatever the versioning of the bucket: what putVersion does in
-- several (storage/write-version.ts), with the same lock. `object` has the columns of object_version; `new_id` names the version
-- where versioning is enabled. No row: there is no such bucket. The foreign key locks the bucket against its removal.
-- (put_unversioned stays for a Walrus of the version before that runs beside this one.)
create function put_version(object jsonb, new_id text)
  returns table (versioning text, version_id text, last_modified timestamptz) language plpgsql as $$
#variable_conflict use_column
declare
  new_row object_version;
  old_row object_version;
  state   text;
begin
  new_row := jsonb_populate_record(null::object_version, object);
  perform pg_advisory_xact_lock(hashtextextended(new_row.bucket || '/' || new_row.object_key, 0));
  select b.versioning into state from bucket b where b.name = new_row.bucket;
  if not found then return; end if;
  new_row.version_id := case when state = 'enabled' then new_id else 'null' end;
  new_row.rank := nextval('version_rank');
  new_row.delete_marker := false;
  new_row.listed := true;
  if state <> 'enabled' then
    delete from object_version v
     where v.bucket = new_row.bucket and v.object_key = new_row.object_key and v.version_id = 'null' returning * into old_row;
    if found and not old_row.delete_marker then
      if old_row.blob_id is not null then
        insert into blob_gc (blob_id) values (old_row.blob_id) on conflict do nothing;
      else
        with gone as (delete from version_part p where p.rank = old_row.rank returning p.blob_id)
        insert into blob_gc (blob_id) select gone.blob_id from gone on conflict do nothing;
      end if;
    end if;
  end if;
  if state <> 'off' then
    update object_version v set listed = false
     where v.bucket = new_row.bucket and v.object_key = new_row.object_key and v.listed;
  end if;
  new_row.last_modified := clock_timestamp();
  insert into object_version select new_row.*;
  return query select state, new_row.version_id, new_row.last_modified::timestamptz;
end
$$;
