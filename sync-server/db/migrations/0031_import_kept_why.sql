-- Why a line of an import was left as it is when the rest was taken back; null: of an undoing before this was noted.
alter table people_import_row add column kept_why text check (length(kept_why) <= 40);
