import { ALWAYS, type Declaration, EXISTING, OTHERS, PERSONS, relations, SOMEBODY } from "./declaration.ts";

/** What administrators see and decide: sync-server/admin. That nobody changes their own rights is U7, in `people.pg.test.ts`. */
export const admin: Declaration = {
  "GET /api/admin/people": { may: { administrator: ALWAYS } },
  "POST /api/admin/people": { may: { administrator: ALWAYS }, send: (_, { newEmail }) => ({ body: { email: newEmail(), name: "New", systemRole: "student", language: "en" } }) },
  "GET /api/admin/people.csv": { may: { administrator: ALWAYS } },
  // Everybody here has chosen a password: whoever may invite is told so.
  "POST /api/admin/people/:id/invite": { may: { administrator: SOMEBODY }, on: PERSONS, answers: 400, send: ({ person }) => ({ params: { id: person.id } }) },
  "GET /api/admin/letters": { may: { administrator: ALWAYS } },
  "POST /api/admin/links": { may: { administrator: ALWAYS }, send: ({ freshId }) => ({ body: { people: [freshId] } }) },
  "PATCH /api/admin/people/:id": { may: { administrator: SOMEBODY }, on: PERSONS, send: ({ person }) => ({ params: { id: person.id }, body: { name: "Other" } }) },
  // The same: everybody here has an e-mail that is theirs alone to change.
  "PATCH /api/admin/people/:id (an e-mail)": {
    may: { administrator: SOMEBODY }, on: PERSONS, answers: 400, send: ({ person }, { newEmail }) => ({ params: { id: person.id }, body: { email: newEmail() } }),
  },
  "PATCH /api/admin/people/:id (a role)": {
    may: { administrator: OTHERS }, on: [...OTHERS, "missing"],
    send: ({ person }) => ({ params: { id: person.id }, body: { systemRole: "administrator" } }),
  },
  // No letters are sent here: the link is answered, to who says their own password, and never that of an administrator, themselves included.
  "POST /api/admin/people/:id/reset": { may: { administrator: OTHERS }, on: PERSONS, send: ({ person }, { password }) => ({ params: { id: person.id }, body: { password } }) },
  "POST /api/admin/people/:id/act": {
    may: { administrator: OTHERS }, on: PERSONS, send: ({ person }, { password }) => ({ params: { id: person.id }, body: { reason: "to help", password } }),
  },
  // What passes while somebody acts, and nothing else, is tried in `admin/acting.pg.test.ts`.
  "DELETE /api/acting": { may: {} },
  "DELETE /api/admin/acting/:id": { may: { administrator: ALWAYS }, answers: 204, send: ({ freshId }) => ({ params: { id: freshId } }) },
  "DELETE /api/admin/people/:id/sessions": { may: { administrator: SOMEBODY }, on: PERSONS, answers: 204, send: ({ person }) => ({ params: { id: person.id } }) },
  "DELETE /api/admin/people/:id/picture": { may: { administrator: SOMEBODY }, on: PERSONS, answers: 204, send: ({ person }) => ({ params: { id: person.id } }) },
  "GET /api/admin/courses": { may: { administrator: ALWAYS } },
  "POST /api/admin/courses": {
    may: { administrator: ["peer"] }, on: ["peer"], send: ({ person, freshId }) => ({ body: { id: freshId, title: { en: "New" }, languages: ["en"], instructor: person.email } }),
  },
  "GET /api/admin/courses/:id": { may: { administrator: EXISTING }, on: relations, send: ({ courseId }) => ({ params: { id: courseId } }) },
  "PATCH /api/admin/courses/:id": { may: { administrator: EXISTING }, on: relations, send: ({ courseId }) => ({ params: { id: courseId }, body: { state: "trashed" } }) },
  "GET /api/admin/settings": { may: { administrator: ALWAYS } },
  "PATCH /api/admin/settings": { may: { administrator: ALWAYS }, send: () => ({ body: { signUp: "closed" } }) },
  "GET /api/admin/health": { may: { administrator: ALWAYS } },
  "GET /api/admin/audit": { may: { administrator: ALWAYS } },
  "POST /api/admin/audit/export": { may: { administrator: ALWAYS }, send: () => ({ body: { format: "lines" } }) },
  "POST /api/admin/audit/verify": { may: { administrator: ALWAYS } },
};
