-- What a sign-in asks for besides the password, and the tries that all instances count together.

-- Wrong tries by account, by browser, by who owes a code. Keys are hashes: the table names nobody. What a crash forgets only favours the caller.
create unlogged table sign_in_tries (
  key bytea primary key check (length(key) = 32),
  wrong integer not null,
  at timestamptz not null,
  -- The next try is looked at from then on.
  open_at timestamptz not null
);
create index sign_in_tries_at on sign_in_tries (at);

create table second_factor (
  id uuid primary key,
  person_id uuid not null references person on delete cascade,
  kind text not null check (kind in ('totp', 'passkey')),
  name text not null check (length(name) <= 100),
  created_at timestamptz not null,
  used_at timestamptz,
  -- Of an authenticator app: its key, sealed with a secret of the server, and the newest step of 30 s that was used.
  sealed_secret bytea,
  last_step bigint,
  -- Of a passkey.
  credential_id text unique,
  public_key bytea,
  counter bigint,
  transports text[],
  check ((kind = 'totp') = (sealed_secret is not null and last_step is not null)),
  check ((kind = 'passkey') = (credential_id is not null and public_key is not null and counter is not null and transports is not null))
);
create index second_factor_person on second_factor (person_id);

-- Shown once; only keyed hashes are kept.
create table recovery_code (
  person_id uuid not null references person on delete cascade,
  hash bytea not null check (length(hash) = 32),
  used_at timestamptz,
  primary key (person_id, hash)
);

-- The password was right, the second factor is awaited. Opens nothing but the second step, once, in the browser that began.
create table pending_sign_in (
  hash bytea primary key check (length(hash) = 32),
  browser_hash bytea not null check (length(browser_hash) = 32),
  person_id uuid not null references person on delete cascade,
  -- A new password in between ends it.
  password_version integer not null,
  tries integer not null default 0,
  -- The first factor of somebody who must have one was set up in this sign-in.
  proved boolean not null default false,
  expires_at timestamptz not null
);
create index pending_sign_in_expires on pending_sign_in (expires_at);

-- A half of something that has two: an app's key before its first code, a passkey's question before its answer.
create table factor_step (
  hash bytea primary key check (length(hash) = 32),
  purpose text not null check (purpose in ('app', 'passkey', 'prove', 'sign-in')),
  -- Null: whoever answers says who they are.
  person_id uuid references person on delete cascade,
  -- The session or the pending sign-in that began it.
  holder text not null,
  sealed_secret bytea,
  expires_at timestamptz not null
);
create index factor_step_expires on factor_step (expires_at);
