-- Who did what that others must be able to check later (SECURITY.md C.7). Entries are written with the change itself and chained a moment later, by one process:
-- a head of the chain inside the transaction would make every such change wait for every other.

create table audit_entry (
  id bigint generated always as identity primary key,
  xid xid8 not null default pg_current_xact_id(),
  at timestamptz not null,
  -- In whose name. Null: nobody was signed in, or the command line.
  actor_id uuid,
  -- Who it really was, where somebody acts in another's name.
  real_actor_id uuid,
  action text not null check (length(action) <= 60),
  object_kind text not null check (length(object_kind) <= 40),
  object_id text not null check (length(object_id) <= 320),
  -- Never bodies, tokens or passwords.
  details jsonb not null default '{}',
  session_id uuid,
  network text
);
create index audit_entry_object on audit_entry (object_kind, object_id, id);
create index audit_entry_actor on audit_entry (actor_id, id);

-- The chain: each hash covers the entry and the hash before it.
create table audit_link (
  position bigint primary key check (position > 0),
  entry_id bigint not null unique references audit_entry,
  hash bytea not null check (length(hash) = 32)
);

-- What is written stays: a mistake in the program cannot change it, and whoever can has to change the program's rights first.
create function audit_stays() returns trigger language plpgsql as $$ begin raise exception 'the audit log is only added to'; end $$;
create trigger audit_entry_stays before update or delete or truncate on audit_entry for each statement execute function audit_stays();
create trigger audit_link_stays before update or delete or truncate on audit_link for each statement execute function audit_stays();
