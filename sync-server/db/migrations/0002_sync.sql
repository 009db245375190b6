-- Synchronized documents, the feed of their changes, and who receives what (shared/sync/SPEC.md).

-- One table per collection, all of one form; a feature adds generated columns, checks and indexes in its own migration.
-- `body` is the document without `id` and `rev`. A deleted document keeps its row, without its body, so that its id is not used again.
-- `bytes` lets a page of a pull be cut without reading what does not fit in it.
create table doc_courses (
  id uuid primary key,
  rev uuid not null,
  course_id uuid,
  owner_id uuid,
  body jsonb not null,
  bytes integer generated always as (octet_length(body::text)) stored,
  deleted boolean not null default false,
  updated_at timestamptz not null default now()
);
create table doc_members (like doc_courses including all);
create table doc_modules (like doc_courses including all);
create table doc_items (like doc_courses including all);
create table doc_progress (like doc_courses including all);
create table doc_drafts (like doc_courses including all);

-- Roles are read at every request.
create index doc_members_owner on doc_members (owner_id);
create index doc_members_course on doc_members (course_id);
create index doc_modules_course on doc_modules (course_id);
create index doc_items_course on doc_items (course_id);
create index doc_progress_course on doc_progress (course_id);

create table scope (
  id bigint generated always as identity primary key,
  name text not null unique check (length(name) <= 100)
);

create sequence feed_seq;

-- The feed: one row per scope and document, moved to the end at each change, so that its size is that of the living documents.
-- The cursor is (xid, seq) and a reader stops at the oldest running transaction: a number alone is taken before the commit and
-- would be passed by readers that saw a later one first.
create table scope_doc (
  scope_id bigint not null references scope,
  coll smallint not null,
  doc_id uuid not null,
  xid xid8 not null default pg_current_xact_id(),
  seq bigint not null default nextval('feed_seq'),
  -- P: put. R: removed from this scope.
  op "char" not null check (op in ('P', 'R')),
  -- When the document first entered the scope; never updated. A person who lost the scope is told only of what was there by then.
  first_xid xid8 not null default pg_current_xact_id(),
  primary key (scope_id, coll, doc_id)
) with (fillfactor = 80);
create index scope_doc_feed on scope_doc (scope_id, coll, xid, seq);

-- What a person receives, and what they received once: the only source of what a pull sends or removes.
create table user_scope (
  user_id uuid not null references person on delete cascade,
  scope_id bigint not null references scope,
  -- The newest grant, and its end.
  from_xid xid8 not null default pg_current_xact_id(),
  to_xid xid8,
  -- What had left the scope before the first grant was never told to this person, and never will be.
  known_xid xid8 not null default pg_snapshot_xmin(pg_current_snapshot()),
  primary key (user_id, scope_id)
);

-- Revisions that devices wrote, so that a repeated push is recognized.
create table applied_rev (
  document uuid not null,
  rev uuid not null,
  user_id uuid not null,
  at timestamptz not null default now(),
  primary key (document, rev)
);
create index applied_rev_at on applied_rev using brin (at);

-- What was refused, kept for 30 days. `body` is JSON as text: it may hold what jsonb cannot.
create table push_reject (
  id bigint generated always as identity primary key,
  user_id uuid not null,
  collection text not null,
  document text not null,
  rev text not null,
  code text not null,
  body text,
  at timestamptz not null default now(),
  unique (user_id, collection, document, rev)
);
create index push_reject_at on push_reject (at);

-- Versions that were replaced.
create table doc_history (
  id bigint generated always as identity primary key,
  coll smallint not null,
  document uuid not null,
  rev uuid not null,
  -- Who replaced it; null: the server.
  replaced_by uuid,
  body jsonb not null,
  at timestamptz not null default now()
);
create index doc_history_document on doc_history (document, id);
create index doc_history_at on doc_history using brin (at);

-- Which history the transaction numbers of the feed belong to. Another cluster counts from elsewhere: then every checkpoint ends.
create table sync_epoch (
  one boolean primary key default true check (one),
  id uuid not null,
  system_identifier text not null,
  last_xid xid8 not null,
  started_at timestamptz not null default now()
);
