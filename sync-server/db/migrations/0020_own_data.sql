-- What people may ask for their own data: a copy of all of it, and an end.

-- A copy that is asked for, prepared, or ready to be fetched. At most one a person.
create table data_export (
  id uuid primary key,
  person_id uuid not null unique references person on delete cascade,
  asked_at timestamptz not null,
  -- Whoever prepares it says again and again that it still does; after this time somebody else begins anew.
  taken_until timestamptz,
  next_try_at timestamptz not null,
  tries integer not null default 0,
  ready_at timestamptz,
  -- Of a copy that is ready, or of a request that nobody could fulfil.
  expires_at timestamptz not null,
  bytes bigint,
  problem text
);
create index data_export_waiting on data_export (next_try_at) where ready_at is null;

-- The ZIP, in the order of `number`: any instance prepares and hands it out, and it goes with its row.
create table data_export_part (
  export_id uuid not null references data_export on delete cascade,
  number integer not null,
  bytes bytea not null,
  primary key (export_id, number)
);
alter table data_export_part alter column bytes set storage external;

create index file_ref_owner on file_ref (owner_id) where owner_id is not null;

-- Closing: asked for, done two weeks later, or at once by an administrator. A closed person's row stays, empty, for what others keep of them.
alter table person drop constraint person_state_check;
alter table person add constraint person_state_check check (state in ('active', 'suspended', 'closed'));
alter table person add column closing_at timestamptz;
create index person_closing on person (closing_at) where closing_at is not null;

-- Whose data was erased. A restored copy of the database is older than some of these: they are closed in it again.
create table closed_person (
  id uuid primary key,
  closed_at timestamptz not null
);
