-- How people get an account, prove their e-mail, and come back when they forgot the password.

-- Null: nobody has proved yet that this e-mail is theirs; they cannot sign in. Who was made by staff before this existed was vouched for.
alter table person add email_verified_at timestamptz default now();
update person set email_verified_at = created_at;
-- Counts the passwords: a link that was made for one opens nothing after the next.
alter table person add password_version integer not null default 0;

-- What the device called itself at its sign-in, in plain words.
alter table session add device text not null default '' check (length(device) <= 100);

-- One-time links that were sent by mail. Only hashes: a copy of the database opens no account.
create table account_link (
  hash bytea primary key check (length(hash) = 32),
  person_id uuid not null references person on delete cascade,
  purpose text not null check (purpose in ('verify', 'reset', 'invitation', 'email')),
  -- Of the person when it was made, or the one that they want; with the password's count it must still be true.
  email text not null,
  password_version integer not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);
create index account_link_person on account_link (person_id);
create index account_link_expires on account_link (expires_at);

-- What an administrator decides for the whole school. A name that is missing has its default.
create table school_setting (
  name text primary key,
  value jsonb not null,
  changed_at timestamptz not null default now(),
  changed_by uuid references person on delete set null
);

-- Token buckets that every instance shares. `full_at`: when it will be full again.
create unlogged table rate_bucket (
  name text primary key,
  full_at timestamptz not null
);
create index rate_bucket_full on rate_bucket (full_at);
