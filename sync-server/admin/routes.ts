import { LinkSent, NewAccount, PeoplePage, PeopleQuery, PersonChange, PersonLine } from "@mochila/shared/admin/person.ts";
import * as z from "zod/mini";
import { type Route, route, type RouteRequest } from "../http/route.ts";
import type { Database } from "../db/database.ts";
import { auditActorOf } from "./audit-actor.ts";
import { listPeople } from "./people.ts";
import type { PersonActions } from "./person-actions.ts";

export interface AdminRoutesParts {
  readonly database: Database;
  readonly people: PersonActions;
}

const BODY_BYTES_MAX = 8 * 1024;

const Created = z.extend(PersonLine, { sentTo: LinkSent.shape.sentTo, link: LinkSent.shape.link });

export function adminRoutes({ database, people }: AdminRoutesParts): Route[] {
  const idOf = (request: RouteRequest<unknown, unknown>): string => request.params["id"] ?? "";
  return [
    route({
      method: "GET", path: "/api/admin/people", access: "administrator", summary: "People by name, searched and filtered", query: PeopleQuery, answer: PeoplePage,
      handle: ({ query }) => listPeople(database.sql, query),
    }),
    route({
      method: "POST", path: "/api/admin/people", access: "administrator", summary: "Make an account and invite its person", body: NewAccount, answer: Created, bytesMax: BODY_BYTES_MAX,
      handle: (request) => people.create(auditActorOf(request), request.body),
    }),
    route({
      method: "PATCH", path: "/api/admin/people/:id", access: "administrator", summary: "Change a person's name or role, suspend them or let them in again", body: PersonChange, answer: PersonLine, bytesMax: BODY_BYTES_MAX,
      handle: (request) => people.change(auditActorOf(request), idOf(request), request.body),
    }),
    route({
      method: "POST", path: "/api/admin/people/:id/reset", access: "administrator", summary: "Send a person the letter with which they choose a new password", answer: LinkSent,
      handle: (request) => people.sendReset(auditActorOf(request), idOf(request)),
    }),
    route({
      method: "DELETE", path: "/api/admin/people/:id/sessions", access: "administrator", summary: "Sign a person out everywhere",
      handle: async (request) => {
        await people.endSessions(auditActorOf(request), idOf(request));
        return new Response(null, { status: 204 });
      },
    }),
  ];
}
