import { HandedLinks, LINKS_BATCH_MAX, Letters, LinksOfPeople } from "@mochila/shared/admin/links.ts";
import { ChangedPerson, LinkSent, NewAccount, PasswordReset, PeopleFilter, PeoplePage, PeopleQuery, PersonChange, PersonLine } from "@mochila/shared/admin/person.ts";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import * as z from "zod/mini";
import { type Route, route, type RouteRequest } from "../http/route.ts";
import type { Database } from "../db/database.ts";
import { auditActorOf } from "./audit-actor.ts";
import { exportPeople } from "./export-people.ts";
import type { InvitationLinks } from "./invitation-links.ts";
import { listPeople } from "./people.ts";
import type { PersonActions } from "./person-actions.ts";

export interface AdminRoutesParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly people: PersonActions;
  readonly links: Pick<InvitationLinks, "forPeople">;
  /** False: links go through hands. */
  readonly sendsLetters: boolean;
}

const BODY_BYTES_MAX = 8 * 1024;

const Created = z.extend(PersonLine, LinkSent.shape);

/** A walk over all people each. */
const EXPORTS_PER_MINUTE_MAX = 6;
/** Batches: some thousand people one after the other. */
const LINKS_PER_MINUTE_MAX = 60;
/** An id and what stands around it in JSON. */
const ID_BYTES = 40;

export function adminRoutes({ database, clock, people, links, sendsLetters }: AdminRoutesParts): Route[] {
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
      method: "PATCH", path: "/api/admin/people/:id", access: "administrator", summary: "Change a person's name or role, the e-mail of an account that nobody has opened, suspend them or let them in again", body: PersonChange, answer: ChangedPerson, bytesMax: BODY_BYTES_MAX,
      handle: (request) => people.change(auditActorOf(request), idOf(request), request.body),
    }),
    route({
      method: "GET", path: "/api/admin/people.csv", access: "administrator", summary: "The list of people as a CSV file", query: PeopleFilter, perMinuteMax: EXPORTS_PER_MINUTE_MAX,
      handle: (request) => exportPeople({ database, clock }, auditActorOf(request), request.query),
    }),
    route({ method: "GET", path: "/api/admin/letters", access: "administrator", summary: "Whether this school sends letters", answer: Letters, handle: () => Promise.resolve({ sends: sendsLetters }) }),
    route({
      method: "POST", path: "/api/admin/links", access: "administrator", summary: "Links of invitations to hand on, for those of these people who have no password yet", body: LinksOfPeople, answer: HandedLinks,
      bytesMax: LINKS_BATCH_MAX * ID_BYTES + 1024, perMinuteMax: LINKS_PER_MINUTE_MAX, handle: (request) => links.forPeople(auditActorOf(request), request.body.people),
    }),
    route({
      method: "POST", path: "/api/admin/people/:id/invite", access: "administrator", summary: "Invite a person again who has chosen no password yet", answer: LinkSent,
      handle: (request) => people.inviteAgain(auditActorOf(request), idOf(request)),
    }),
    route({
      method: "POST", path: "/api/admin/people/:id/reset", access: "administrator", summary: "Send a person the letter with which they choose a new password, or get its link to hand on", body: PasswordReset, answer: LinkSent, bytesMax: BODY_BYTES_MAX,
      handle: (request) => people.sendReset(auditActorOf(request), idOf(request), request.body.password),
    }),
    route({
      method: "DELETE", path: "/api/admin/people/:id/second-factors", access: "administrator", summary: "Remove the second factors of somebody who lost them", answer: PersonLine,
      handle: (request) => people.removeSecondFactors(auditActorOf(request), idOf(request)),
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
