import { ALWAYS, type Declaration, type Relation } from "./declaration.ts";

const IMPORTS = ["own", "missing", "malformed"] as const satisfies readonly Relation[];
const forAdministrators = { may: { administrator: ALWAYS }, on: IMPORTS } as const;

/** Imports of people from a file; every administrator sees and goes on with each of them: sync-server/imports. */
export const imports: Declaration = {
  "GET /api/admin/imports": { may: { administrator: ALWAYS } },
  "POST /api/admin/imports": {
    may: { administrator: ALWAYS }, send: () => ({ query: { name: "people.csv" }, headers: { "content-type": "text/csv" }, bytes: new TextEncoder().encode("email,name\nnew@matrix.test,New\n") }),
  },
  "GET /api/admin/imports/:id": { ...forAdministrators, send: ({ importId }) => ({ params: { id: importId } }) },
  "GET /api/admin/imports/:id/lines": { ...forAdministrators, send: ({ importId }) => ({ params: { id: importId } }) },
  "POST /api/admin/imports/:id/run": { ...forAdministrators, send: ({ importId }) => ({ params: { id: importId }, body: { invites: false } }) },
  "POST /api/admin/imports/:id/cancel": { ...forAdministrators, send: ({ importId }) => ({ params: { id: importId } }) },
  "POST /api/admin/imports/:id/links": { ...forAdministrators, send: ({ importId }) => ({ params: { id: importId }, body: {} }) },
  "POST /api/admin/imports/:id/undo": { ...forAdministrators, send: ({ importId }) => ({ params: { id: importId } }) },
};
