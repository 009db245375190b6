-- Rooms: documents that several people write at once (Yjs, update format 1). `room` is the name, `page:<item>:<language>`.

-- Every update that was acknowledged and is in no snapshot yet. Written before anyone else sees it (SYNC.md B.5).
CREATE TABLE ydoc_update (
  id bigserial PRIMARY KEY,
  room text NOT NULL CHECK (length(room) <= 100),
  -- Who wrote it: the signed-in person, never what the document claims. Null: the server itself (import).
  actor uuid,
  -- The process that logged it, which need not read it again.
  instance uuid NOT NULL,
  upd bytea NOT NULL CHECK (length(upd) <= 6291456),
  -- Readers go on from a horizon of transactions: ids are given out before they are committed.
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ydoc_update_room ON ydoc_update (room, id);

CREATE TABLE ydoc_snapshot (
  room text PRIMARY KEY CHECK (length(room) <= 100),
  state bytea NOT NULL,
  -- Counts compactions: a writer that saw another generation starts again.
  gen bigint NOT NULL,
  at timestamptz NOT NULL DEFAULT now()
);

-- What a room held when its content last came from outside (course import), as a Yjs snapshot: equal means nobody has written since.
CREATE TABLE ydoc_import (
  room text PRIMARY KEY CHECK (length(room) <= 100),
  snapshot bytea NOT NULL,
  at timestamptz NOT NULL DEFAULT now()
);

-- One-use tickets for sockets. Any instance takes them; the hash is stored, the ticket is not.
CREATE TABLE collab_ticket (
  hash bytea PRIMARY KEY,
  user_id uuid NOT NULL,
  session_id text NOT NULL,
  room text NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE INDEX collab_ticket_expiry ON collab_ticket (expires_at);

-- Wishes to publish that wait for their text. One a page, the newest.
CREATE TABLE publish_wish (
  item_id uuid PRIMARY KEY,
  wish_rev uuid NOT NULL,
  state jsonb NOT NULL,
  at timestamptz NOT NULL DEFAULT now()
);
