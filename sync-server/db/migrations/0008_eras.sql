-- One row for each start of a server. A checkpoint names the era it was made in: a restored folder does not know the eras that it lost.
create table sync_era (
  id uuid primary key,
  -- Checkpoints of earlier eras were all made before this transaction.
  from_xid xid8 not null,
  at timestamptz not null default now()
);
create index sync_era_from on sync_era (from_xid desc);
