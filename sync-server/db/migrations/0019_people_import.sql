-- Imports of people and enrolments: what was asked line by line, how far it went, and what stood before, so that it can be taken back.

create table people_import (
  id uuid primary key,
  file_name text not null check (length(file_name) <= 200),
  state text not null check (state in ('checked', 'running', 'canceled', 'done', 'undoing', 'undone')),
  -- Null: the command line, or somebody who is gone.
  by_id uuid references person on delete set null,
  invites boolean not null default false,
  ignored text[] not null default '{}',
  created_at timestamptz not null,
  started_at timestamptz,
  ended_at timestamptz
);
create index people_import_created on people_import (created_at);
create index people_import_open on people_import (started_at) where state in ('running', 'undoing');

-- One line of the file. What is done to it stands in the transaction that does it: who goes on after a crash finds the next one.
create table people_import_row (
  import_id uuid not null references people_import on delete cascade,
  line integer not null,
  email text not null,
  name text not null,
  system_role text,
  language text,
  -- As it was typed, and what it means.
  course text,
  course_id uuid,
  course_role text,
  problem text,
  other_line integer,
  -- What it would do; once it is done, what it did.
  effects text[] not null default '{}',
  person_id uuid,
  -- What stood before and what stands since, of what it changed: a line is only taken back where the second still stands.
  before jsonb,
  after jsonb,
  done boolean not null default false,
  undone text check (undone in ('undone', 'kept')),
  primary key (import_id, line)
);
create index people_import_row_person on people_import_row (person_id) where person_id is not null;
