-- Letters to people, queued with the change that they tell of, so that neither exists without the other.

create table mail (
  -- Also the Message-ID, so that a letter that was sent twice is one letter to the receiver's program.
  id uuid primary key,
  recipient text not null check (length(recipient) <= 320),
  language text not null check (language in ('en', 'es')),
  letter text not null,
  -- What the letter says beside its fixed words, links included. Taken away when it was sent or given up: then no copy of the database holds a link.
  words jsonb,
  state text not null default 'waiting' check (state in ('waiting', 'sent', 'refused', 'given-up')),
  created_at timestamptz not null,
  -- After this its links open nothing.
  useless_at timestamptz not null,
  next_try_at timestamptz not null,
  tries integer not null default 0,
  ended_at timestamptz,
  problem text
);
create index mail_waiting on mail (next_try_at) where state = 'waiting';
create index mail_ended on mail (ended_at) where state <> 'waiting';
