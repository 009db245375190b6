-- Text as people type it who have no time for accents: by this names and titles are found, and stand in their order.
create function plain_text(text) returns text language sql immutable parallel safe
  return lower(regexp_replace(normalize($1, NFD), '[\u0300-\u036f]', '', 'g'));

-- What is searched and put into order is made once, when it is written: made at each search, fifty thousand names kept a connection for seconds. A table of
-- documents that is made after this one is made like doc_members.
alter table person
  add name_key text generated always as (plain_text(name)) stored,
  add search_text text generated always as (plain_text(name || ' ' || email)) stored;
alter table doc_courses
  add title_key text generated always as (plain_text(coalesce(body -> 'title' ->> 'en', body -> 'title' ->> 'es', ''))) stored,
  add title_text text generated always as (plain_text(coalesce(body -> 'title' ->> 'en', '') || ' ' || coalesce(body -> 'title' ->> 'es', ''))) stored,
  add search_text text generated always as (plain_text(coalesce(body -> 'title' ->> 'en', '') || ' ' || coalesce(body -> 'title' ->> 'es', '') || ' ' ||
    coalesce(body -> 'description' ->> 'en', '') || ' ' || coalesce(body -> 'description' ->> 'es', ''))) stored;

create index person_name on person (name_key, id) where state <> 'closed';
drop index doc_courses_title;
create index doc_courses_title on doc_courses (title_key, id) where not deleted;
