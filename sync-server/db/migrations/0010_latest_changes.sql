-- What has changed since a moment, in all scopes: each process follows it, and looks into a scope only where something has
-- (`latest-changes.ts`). The condition is always true and makes the index serve only who names it: PostgreSQL took it for the last entry of a
-- list, too, and read all entries of all scopes where the list has none.
create index scope_doc_latest on scope_doc (xid) where seq > 0;
