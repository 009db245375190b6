-- Who came into a course by themselves, by its code or from the catalogue, and so may leave it alone. Whom staff put in or took out is not here.
create table course_joined (
  course_id uuid not null references doc_courses on delete cascade,
  person_id uuid not null references person on delete cascade,
  -- They left alone, and may come in again alone.
  left_at timestamptz,
  primary key (course_id, person_id)
);
create index course_joined_person on course_joined (person_id);

insert into course_joined (course_id, person_id)
select member.course_id, member.owner_id from doc_members as member join person on person.id = member.owner_id join doc_courses as course on course.id = member.course_id
where not member.deleted and member.body ->> 'state' = 'active' and exists (
  select 1 from audit_entry as entry
  where entry.object_kind = 'person' and entry.object_id = member.owner_id::text and entry.action in ('member.join', 'member.seat') and entry.details ->> 'course' = member.course_id::text);
