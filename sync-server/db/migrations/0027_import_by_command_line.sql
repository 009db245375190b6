-- Nobody in `by_id` may be the command line or somebody whose account was closed since; the work of the second must not go on. An import that is open now
-- and is nobody's ends as canceled, and can be begun again.
alter table people_import add column by_command_line boolean not null default false;
