-- Activity: what devices report, kept here until ClickHouse has counted it. Rules: shared/activity/SPEC.md.

-- One row a device and person: what was accepted, so that every number is taken once.
create table event_stream (
  stream_id uuid primary key,
  user_id uuid not null,
  -- The stream that this one goes on from.
  follows uuid,
  last_seq bigint not null default 0,
  last_event_id uuid,
  created_at timestamptz not null,
  last_received_at timestamptz not null
);
create index event_stream_idle on event_stream (last_received_at);

-- Never updated: a sealed batch is a range of these rows.
create table event_raw (
  xid xid8 not null default pg_current_xact_id(),
  seq bigint generated always as identity,
  event_id uuid not null,
  user_id uuid not null,
  stream_id uuid not null,
  stream_seq bigint not null,
  course_id uuid not null,
  item_id uuid,
  verb text not null,
  lang text,
  visit uuid,
  part integer,
  duration_ms bigint not null,
  -- The device's own word, and below it the estimate that is counted.
  -- Milliseconds since 1970; a wrong clock may stand outside what a timestamp can hold.
  device_at_ms bigint not null,
  happened_at timestamptz not null,
  clock_jump boolean not null,
  received_at timestamptz not null,
  -- A stream begun anew sends its unanswered events once more with their old ids. The person comes first, so that nobody can take
  -- another's id, and a device's new rows lie beside each other.
  primary key (user_id, event_id)
);
create index event_raw_feed on event_raw (xid, seq);

-- A batch is sealed before it is sent, so that a retry has the same rows in the same order under the same token.
create table ch_batch (
  number bigint generated always as identity primary key,
  id uuid not null unique,
  -- The rows with from < (xid, seq) <= to. A batch begins where the one before it ends.
  from_xid xid8 not null,
  from_seq bigint not null,
  to_xid xid8 not null,
  to_seq bigint not null,
  row_count integer not null,
  -- SHA-256 over the event ids in order: a retry with other rows is refused before it is sent.
  hash bytea not null,
  sealed_at timestamptz not null,
  done_at timestamptz
);
create unique index ch_batch_begin on ch_batch (from_xid, from_seq);
