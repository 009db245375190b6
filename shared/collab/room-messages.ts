/** W1, RO-2. */
export const version = 1;

/**
 * A room is one document that several people write at once. The y-websocket protocol, update format 1 only, with one more
 * message from the server. Clients that do not know a type ignore it.
 */
export const messageTypes = {
  sync: 0,
  awareness: 1,
  auth: 2,
  queryAwareness: 3,
  /** Server to client: varuint count of this socket's updates that are durably logged (DECISIONS 21). */
  durable: 4,
} as const;

/** 4400–4499: permanent for y-websocket; the client renews its ticket or stops. */
export const closeCodes = {
  /** Hostile or malformed messages, three times. */
  malformed: 4400,
  /** The ticket or the session ended: ask for a new ticket. */
  ticketEnded: 4401,
  /** No longer allowed here. */
  forbidden: 4403,
  tooLarge: 4413,
  /** The server is stopping: come back. */
  goingAway: 1001,
} as const;
