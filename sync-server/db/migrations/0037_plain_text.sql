-- Text as people type it who have no time for accents: by this names and titles are found, and stand in their order. Letters that `lower` leaves as they are
-- in a database of the locale C are named too.
create function plain_text(text) returns text language sql immutable parallel safe
  return translate(lower(normalize($1)), 'áàâäãåçéèêëíìîïñóòôöõúùûüýÁÀÂÄÃÅÇÉÈÊËÍÌÎÏÑÓÒÔÖÕÚÙÛÜÝ', 'aaaaaaceeeeiiiinooooouuuuyaaaaaaceeeeiiiinooooouuuuy');

create index person_plain_name on person (plain_text(name), id) where state <> 'closed';
drop index doc_courses_title;
create index doc_courses_title on doc_courses (plain_text(coalesce(body -> 'title' ->> 'en', body -> 'title' ->> 'es', '')), id) where not deleted;
