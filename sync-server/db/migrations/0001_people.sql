-- People, their sessions, and the secrets that sessions need. Facts of the server alone: ordinary tables with foreign keys.

create table person (
  id uuid primary key,
  email text not null unique check (email = lower(email)),
  name text not null,
  system_role text not null check (system_role in ('administrator', 'instructor', 'student')),
  language text not null default 'en' check (language in ('en', 'es')),
  -- Null: cannot sign in with a password.
  password_hash text,
  state text not null default 'active' check (state in ('active', 'suspended')),
  created_at timestamptz not null default now()
);

-- One sign-in on one device: the family of its refresh tokens, and the `sid` of its access tokens.
create table session (
  id uuid primary key,
  person_id uuid not null references person on delete cascade,
  created_at timestamptz not null,
  -- Number of the newest refresh token, when it was made, and the newest number of which we know that its answer arrived.
  token_number integer not null,
  rotated_at timestamptz not null,
  confirmed_number integer not null,
  ended_at timestamptz,
  end_reason text
);
create index session_by_person on session (person_id);

-- The current token and the older ones, to recognize reuse. Only hashes: a copy of the database opens no session.
create table refresh_token (
  hash bytea primary key check (length(hash) = 32),
  session_id uuid not null references session on delete cascade,
  number integer not null,
  unique (session_id, number)
);

-- Key pairs of the access tokens, here so that a restart keeps every session and instances share them.
create table signing_key (
  kid text primary key,
  private_jwk jsonb not null,
  created_at timestamptz not null
);

create table server_secret (
  name text primary key,
  secret bytea not null check (length(secret) = 32)
);

-- At most one open link: the newest.
create table set_up_link (
  one boolean primary key default true check (one),
  token_hash bytea not null check (length(token_hash) = 32),
  created_at timestamptz not null
);
