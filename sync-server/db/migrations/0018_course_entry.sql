-- How people come into a course by themselves: a code, a course that is open to the school, and who waits for a seat.

create table course_entry (
  course_id uuid primary key references doc_courses on delete cascade,
  -- As it is said in a classroom: who teaches must be able to show it again, so it is no hash. Null: there is none.
  code text unique check (code ~ '^[B-DF-HJ-KM-NP-TV-Z]{10}$'),
  -- After this the code opens nothing.
  code_ends_at timestamptz,
  -- Everybody at the school finds the course and may join it.
  open boolean not null default false,
  -- How many students it takes; null: as many as come.
  seats integer check (seats between 1 and 100000),
  -- When a place ends for who comes in from now on; null: never.
  place_ends_at timestamptz
);
create index course_entry_open on course_entry (course_id) where open;

-- Who waits, in the order in which they came.
create table course_waiting (
  course_id uuid not null references doc_courses on delete cascade,
  person_id uuid not null references person on delete cascade,
  place bigint generated always as identity,
  since timestamptz not null,
  primary key (course_id, person_id)
);
create index course_waiting_place on course_waiting (course_id, place);
create index course_waiting_person on course_waiting (person_id);
