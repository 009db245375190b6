import { HandedLinks, LinksOfImport } from "@mochila/shared/admin/links.ts";
import { IMPORT_BYTES_MAX, ImportFileQuery, ImportLines, ImportLinesQuery, ImportRun, PeopleImport, PeopleImports as Listed } from "@mochila/shared/admin/people-import.ts";
import { auditActorOf } from "../admin/audit-actor.ts";
import type { InvitationLinks } from "../admin/invitation-links.ts";
import type { Database } from "../db/database.ts";
import { readBytes } from "../http/request-body.ts";
import { type Route, route, type RouteRequest } from "../http/route.ts";
import { readLines } from "./import-rows.ts";
import { listImports } from "./import-summary.ts";
import type { PeopleImports } from "./people-imports.ts";

export interface ImportRoutesParts {
  readonly database: Database;
  readonly imports: PeopleImports;
  readonly links: Pick<InvitationLinks, "forImport">;
}

/** A file of some thousand lines is looked through in a second of the server. */
const CHECKS_PER_MINUTE_MAX = 20;
const BODY_BYTES_MAX = 1024;
/** Batches of an import of 5,000 lines, and again. */
const LINKS_PER_MINUTE_MAX = 60;

/** Imports of people, for administrators: any of them sees and goes on with what another began. */
export function importRoutes({ database, imports, links }: ImportRoutesParts): Route[] {
  const idOf = (request: RouteRequest<unknown, unknown>): string => request.params["id"] ?? "";
  return [
    route({ method: "GET", path: "/api/admin/imports", access: "administrator", summary: "The last imports of people", answer: Listed, handle: async () => ({ imports: await listImports(database.sql) }) }),
    route({
      method: "POST", path: "/api/admin/imports", access: "administrator", summary: "Look a CSV file of people through: what each line would do", query: ImportFileQuery, answer: PeopleImport,
      reads: "raw", bytesMax: IMPORT_BYTES_MAX, perMinuteMax: CHECKS_PER_MINUTE_MAX,
      handle: async (request) => imports.check(auditActorOf(request), { name: request.query.name, timeZone: request.query.timeZone ?? "UTC", bytes: await readBytes(request.context.req.raw, IMPORT_BYTES_MAX) }),
    }),
    route({ method: "GET", path: "/api/admin/imports/:id", access: "administrator", summary: "An import: its counts and how far it is", answer: PeopleImport, handle: (request) => imports.read(idOf(request)) }),
    route({
      method: "GET", path: "/api/admin/imports/:id/lines", access: "administrator", summary: "An import line by line", query: ImportLinesQuery, answer: ImportLines,
      handle: async (request) => readLines(database.sql, (await imports.read(idOf(request))).id, request.query),
    }),
    route({
      method: "POST", path: "/api/admin/imports/:id/run", access: "administrator", summary: "Do what the lines of an import ask, or go on with it", body: ImportRun, answer: PeopleImport, bytesMax: BODY_BYTES_MAX,
      handle: (request) => imports.run(auditActorOf(request), idOf(request), request.body),
    }),
    route({ method: "POST", path: "/api/admin/imports/:id/cancel", access: "administrator", summary: "Stop an import", answer: PeopleImport, handle: (request) => imports.cancel(auditActorOf(request), idOf(request)) }),
    route({
      method: "POST", path: "/api/admin/imports/:id/links", access: "administrator", summary: "Links of invitations to hand on, for those whom an import brought and who have no password yet", body: LinksOfImport, answer: HandedLinks,
      bytesMax: BODY_BYTES_MAX, perMinuteMax: LINKS_PER_MINUTE_MAX, handle: (request) => links.forImport(auditActorOf(request), idOf(request), request.body.after ?? 0),
    }),
    route({ method: "POST", path: "/api/admin/imports/:id/undo", access: "administrator", summary: "Take an import back", answer: PeopleImport, handle: (request) => imports.undo(auditActorOf(request), idOf(request)) }),
  ];
}
