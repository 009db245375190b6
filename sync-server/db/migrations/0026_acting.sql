-- An administrator looks at the school as a person: a session of that person without a refresh token, which hangs on a session of the
-- administrator and changes nothing (infra/decisions/0446-acting-as-somebody.md).
alter table session
  add column acting_by uuid references person on delete cascade,
  add column acting_session uuid references session on delete cascade,
  add column acting_until timestamptz,
  -- Its end stands in the audit log.
  add column acting_told boolean not null default false,
  add constraint session_acting check ((acting_by is null) = (acting_session is null) and (acting_by is null) = (acting_until is null) and acting_by is distinct from person_id);
create index session_acting_by on session (acting_by) where acting_by is not null;
create index session_acting_session on session (acting_session) where acting_session is not null;
create index session_acting_untold on session (id) where acting_by is not null and not acting_told;

-- Who may go on: what every request, stream and socket asks of its session. That of an administrator who acts goes on while their own
-- does, while they are one, and while the person is none. How long an access token lives stands in the token.
create view open_session as
select session.id, session.person_id, session.confirmed_number, session.acting_by
from session
join person on person.id = session.person_id
left join session as own on own.id = session.acting_session
left join person as administrator on administrator.id = session.acting_by
where session.ended_at is null and person.state = 'active'
  and (session.acting_by is null
    or (own.ended_at is null and own.person_id = session.acting_by and administrator.state = 'active' and administrator.system_role = 'administrator' and person.system_role <> 'administrator'));
