import { type Declaration, EXISTING, relations } from "./declaration.ts";

/** Rooms in which pages are written; the sockets themselves are tried in `sockets.pg.test.ts`: sync-server/collab. */
export const collab: Declaration = {
  "POST /api/collab/ticket": { may: { instructor: EXISTING, assistant: EXISTING }, on: relations, send: ({ pageId }) => ({ body: { room: `page:${pageId}:en` } }) },
};
