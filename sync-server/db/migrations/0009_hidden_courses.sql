-- Students of courses that they may not see lose the grant that they got at their enrolment; it comes back when the course is shown.
update user_scope set to_xid = pg_current_xact_id()
from scope, doc_courses as course, doc_members as member
where user_scope.to_xid is null and scope.id = user_scope.scope_id and scope.name = 'c:' || course.id
  and not course.deleted and course.body ->> 'state' in ('draft', 'trashed')
  and member.course_id = course.id and member.owner_id = user_scope.user_id and not member.deleted
  and member.body ->> 'role' not in ('instructor', 'assistant');
