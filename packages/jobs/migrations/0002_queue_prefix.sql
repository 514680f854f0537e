-- Queue names on the server begin with this, so that clouds which share a Redis never take each other's jobs.
create table workflow_queue (
  only_row boolean primary key default true check (only_row),
  prefix   text not null
);
insert into workflow_queue (prefix) values ('mallee-' || substr(md5(random()::text || clock_timestamp()::text), 1, 16));
