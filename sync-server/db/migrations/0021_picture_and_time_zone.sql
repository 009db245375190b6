-- A person's picture and time zone. The bytes of the picture are in the blob store; each new one has a new id, so that what a device keeps under an id stays true.
alter table person add column picture_id uuid unique;
alter table person add column picture_hash bytea check (length(picture_hash) = 32);
alter table person add column picture_type text;
alter table person add constraint person_picture_whole check (num_nulls(picture_id, picture_hash, picture_type) in (0, 3));
create index person_picture_hash on person (picture_hash) where picture_hash is not null;

-- A name of the IANA list. Null: nobody has said one yet.
alter table person add column time_zone text check (length(time_zone) <= 64);
