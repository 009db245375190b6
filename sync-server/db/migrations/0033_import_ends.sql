-- When the place in the course shall end that a line of an import gives; null: the line says nothing of it.
alter table people_import_row add column ends_at timestamptz;
