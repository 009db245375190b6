-- Backups, as they were made: an administrator sees how old the last one is. What is in it stands in its own manifest.
create table backup_run (
  id bigint generated always as identity primary key,
  -- The moment that it holds.
  at timestamptz not null,
  ended_at timestamptz not null,
  -- Of the backup whole, with the files that it shares with others.
  bytes bigint not null,
  rows bigint not null,
  place text not null
);
create index backup_run_at on backup_run (at);

-- Set by a restore: the store of activity was filled from another history, so it is emptied and filled anew before anything else is counted.
create table activity_recount (
  one boolean primary key default true check (one),
  asked_at timestamptz not null
);

-- What waits for its link. The log itself grows for years and is looked through for gaps by the check alone.
create table audit_waiting (
  entry_id bigint primary key references audit_entry,
  xid xid8 not null default pg_current_xact_id()
);
insert into audit_waiting (entry_id, xid) select id, xid from audit_entry where not exists (select 1 from audit_link where entry_id = audit_entry.id);
