-- How many students a course has more by a line of an import: 1, 0 or -1. What the file does to its seats is told before it is done.
alter table people_import_row add column students smallint not null default 0 check (students between -1 and 1);
