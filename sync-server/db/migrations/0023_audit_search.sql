-- The log is looked through by what was done, and by when.
create index audit_entry_action on audit_entry (action, id);
create index audit_entry_at on audit_entry (at);
create index audit_entry_real_actor on audit_entry (real_actor_id, id) where real_actor_id is not null;
