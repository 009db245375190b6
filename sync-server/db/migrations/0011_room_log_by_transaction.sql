-- Another process reads a room's log on from a horizon of transactions, many times a second; whoever opens or merges it reads all of it and sorts.
CREATE INDEX ydoc_update_since ON ydoc_update (room, xid);
DROP INDEX ydoc_update_room;
