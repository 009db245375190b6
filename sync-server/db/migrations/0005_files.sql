-- Files by reference. The bytes are in the blob store under their SHA-256; a hash opens nothing, a reference does.

create table file_ref (
  -- Made on the device, so that a page can show the picture before it is sent.
  id uuid primary key,
  course_id uuid not null,
  -- Who brought it. Null: an import.
  owner_id uuid references person on delete set null,
  -- c: everyone in the course. cs: its staff, until a published page shows it.
  scope text not null check (scope in ('c', 'cs')),
  hash bytea not null check (length(hash) = 32),
  name text not null check (length(name) <= 200),
  -- Decided by the server from the bytes.
  type text not null,
  bytes integer not null check (bytes > 0),
  -- How many bytes the device sent: a cleaned SVG is shorter, and a device that asks again counts its own.
  sent_bytes integer not null check (sent_bytes > 0),
  created_at timestamptz not null default now()
);
create index file_ref_course on file_ref (course_id);
create index file_ref_hash on file_ref (hash);

-- An upload that is not complete. Its parts are rows, so that any instance goes on with it and a part is there whole or not at all.
create table upload (
  id uuid primary key,
  course_id uuid not null,
  owner_id uuid not null references person on delete cascade,
  name text not null,
  type text not null,
  -- What the device says the whole file hashes to.
  sha256 bytea not null check (length(sha256) = 32),
  bytes integer not null check (bytes > 0),
  received integer not null default 0 check (received <= bytes),
  expires_at timestamptz not null
);
create index upload_owner on upload (owner_id);
create index upload_expiry on upload (expires_at);

create table upload_part (
  upload_id uuid not null references upload on delete cascade,
  at integer not null,
  bytes bytea not null,
  primary key (upload_id, at)
);

-- Courses that came from a folder: what each part held when it came, so that a second run updates instead of doubling.
create table import_course (
  source_key text primary key check (length(source_key) <= 200),
  course_id uuid not null unique,
  at timestamptz not null default now()
);

create table import_part (
  source_key text not null references import_course on delete cascade,
  -- course, module:<episode>, page:<episode>:<section>, file:<path>
  part text not null check (length(part) <= 400),
  document_id uuid not null,
  -- Of the document as the import left it; another one now means that somebody edited it since. Null for a file.
  rev uuid,
  -- Of what the folder held.
  hash bytea not null,
  primary key (source_key, part)
);
