import { ALWAYS, type Declaration, OTHERS, PERSONS, SOMEBODY } from "./declaration.ts";

/** What people may ask for their own data: sync-server/own-data. */
export const ownData: Declaration = {
  "GET /api/me/data-export": { may: { person: ALWAYS } },
  "POST /api/me/data-export": { may: { person: ALWAYS }, send: (_, { password }) => ({ body: { password } }) },
  "DELETE /api/me/data-export": { may: { person: ALWAYS }, answers: 204 },
  "GET /api/me/data-export/file": { may: { person: ALWAYS } },
  "GET /api/me/closure": { may: { person: ALWAYS } },
  "POST /api/me/closure": { may: { person: ALWAYS }, send: (_, { password }) => ({ body: { password } }) },
  "GET /api/admin/people/:id/closure": { may: { administrator: SOMEBODY }, on: PERSONS, send: ({ person }) => ({ params: { id: person.id } }) },
  "POST /api/admin/people/:id/closure": {
    may: { administrator: OTHERS }, on: [...OTHERS, "missing", "malformed"], answers: 204,
    send: ({ person }) => ({ params: { id: person.id }, body: { email: person.email } }),
  },
};
