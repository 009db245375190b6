-- Whose role or end staff changed after they had come in by themselves: their place is the staff's now, and is neither left nor taken again alone.
delete from course_joined as joined
where exists (
  select 1 from audit_entry as decided
  where decided.object_kind = 'person' and decided.object_id = joined.person_id::text and decided.action in ('member.role', 'member.end')
    and decided.details ->> 'course' = joined.course_id::text
    and decided.id > coalesce((
      select max(entry.id) from audit_entry as entry
      where entry.object_kind = 'person' and entry.object_id = joined.person_id::text and entry.action in ('member.join', 'member.seat')
        and entry.details ->> 'course' = joined.course_id::text), 0));
