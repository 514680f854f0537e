-- Which store of blobs the rows of this database are about (storage/claim-store.ts).
create table blob_store (
  only_row boolean primary key default true check (only_row),
  mark     uuid not null,
  -- Whether the store has ever been seen with this mark.
  claimed  boolean not null default false
);
