-- What a device keeps under the PIN or the pictures of a person, to come in again without the password: it hangs on the session that it opened
-- last, and ends with it (infra/decisions/0447-a-pin-of-a-device.md).
create table device_key (
  hash bytea primary key check (length(hash) = 32),
  session_id uuid not null unique references session on delete cascade,
  made_at timestamptz not null
);
