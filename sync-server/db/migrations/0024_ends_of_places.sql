-- Whose place in a course ends, by when: found without a look at everybody.
create index doc_members_ends on doc_members (((body ->> 'endsAt')::bigint)) where body ->> 'state' = 'active' and body ->> 'endsAt' is not null;
