-- An object of a bucket without versioning takes the place of the one before, in one round trip: what putVersion does in several
-- (storage/write-version.ts), with the same lock. `object` has the columns of object_version. Answers with last_modified, or with
-- null when there is no such bucket or it has versions.
create function put_unversioned(object jsonb) returns timestamptz language plpgsql as $$
declare
  new_row object_version;
  old_row object_version;
begin
  new_row := jsonb_populate_record(null::object_version, object);
  perform pg_advisory_xact_lock(hashtextextended(new_row.bucket || '/' || new_row.object_key, 0));
  perform from bucket where name = new_row.bucket and versioning = 'off' for key share;
  if not found then return null; end if;
  new_row.version_id := 'null';
  new_row.rank := nextval('version_rank');
  new_row.delete_marker := false;
  new_row.listed := true;
  delete from object_version
   where bucket = new_row.bucket and object_key = new_row.object_key and version_id = 'null' returning * into old_row;
  if found and not old_row.delete_marker then
    if old_row.blob_id is not null then
      insert into blob_gc (blob_id) values (old_row.blob_id) on conflict do nothing;
    else
      with gone as (delete from version_part where version_part.rank = old_row.rank returning version_part.blob_id)
      insert into blob_gc (blob_id) select blob_id from gone on conflict do nothing;
    end if;
  end if;
  new_row.last_modified := clock_timestamp();
  insert into object_version select new_row.*;
  return new_row.last_modified;
end
$$;
