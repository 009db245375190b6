-- Copies of courses that are being made, part by part: who goes on after a crash finds what is left and under which ids.

create table course_copy (
  -- The course that comes to be. It is made last: until then nobody receives anything of it.
  id uuid primary key,
  source_id uuid not null,
  title jsonb not null,
  by_id uuid references person on delete set null,
  instructor_id uuid not null references person on delete cascade,
  state text not null default 'running' check (state in ('running', 'done', 'failed')),
  created_at timestamptz not null,
  ended_at timestamptz
);
create index course_copy_open on course_copy (created_at) where state = 'running';
create index course_copy_ended on course_copy (ended_at);

create table course_copy_part (
  copy_id uuid not null references course_copy on delete cascade,
  -- Files first, then modules, then pages: each names those before it.
  place integer not null,
  kind text not null check (kind in ('file', 'module', 'page')),
  source_id uuid not null,
  new_id uuid not null,
  done boolean not null default false,
  primary key (copy_id, place)
);

-- The administrator's list of courses, by the title that is shown first.
create index doc_courses_title on doc_courses ((lower(coalesce(body -> 'title' ->> 'en', body -> 'title' ->> 'es', ''))), id) where not deleted;
