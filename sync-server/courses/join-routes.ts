import * as z from "zod/mini";
import { CataloguePage, CatalogueQuery, CourseOffer, JoinRequest, OwnJoins } from "@mochila/shared/courses/entry.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import { isUuid } from "@mochila/shared/kernel/ids.ts";
import { auditActorOf } from "../admin/audit-actor.ts";
import { type BucketLimit, takeFromBucket } from "../http/rate-bucket.ts";
import { networkOf, remoteAddress } from "../http/remote-address.ts";
import { type Route, route, type RouteRequest } from "../http/route.ts";
import { readCatalogue } from "./catalogue.ts";
import type { OnMember } from "./place.ts";
import { change, type CourseDeps } from "./course-deps.ts";
import { join, lookAtOffer, readOwnJoins } from "./join.ts";
import { leave } from "./leave.ts";

const BODY_BYTES_MAX = 1_024;
/** Codes have 43 bits; a class that comes in at once, out of one address, is not held up. */
const TRIES: BucketLimit = { size: 20, refillMs: 30_000 };
const TRIES_OF_NETWORK: BucketLimit = { size: 300, refillMs: 1_000 };
/** Nobody changes their mind more often; each time is written into everybody's list of members, the log and, where somebody waits, a letter. */
const MOVES: BucketLimit = { size: 20, refillMs: 30_000 };

const actorOf = ({ actor }: RouteRequest<unknown, unknown>): string => {
  if (!actor) throw new CodedError("not_signed_in", "Sign in first.");
  return actor.userId;
};

async function undoJoin(deps: CourseDeps, on: OnMember): Promise<{ waited: boolean; left: boolean }> {
  if (!isUuid(on.courseId)) return { waited: false, left: false };
  const gone = await deps.database.sql`delete from course_waiting where course_id = ${on.courseId} and person_id = ${on.userId} returning 1`;
  const left = await change(deps, async (transaction) => {
    const scopes = await leave(transaction, deps, on);
    return { scopes, result: scopes.length > 0 };
  });
  return { waited: gone.length > 0, left };
}

/** How somebody comes into a course by themselves, and out of it. */
export function joinRoutes(deps: CourseDeps): Route[] {
  const { database, hints, clock, random, origin } = deps;
  const mayTry = async (request: RouteRequest<JoinRequest, unknown>) => {
    if (!("code" in request.body)) return;
    await takeFromBucket(database.sql, `join ${actorOf(request)}`, TRIES, clock.now());
    await takeFromBucket(database.sql, `join network ${networkOf(remoteAddress(request.context))}`, TRIES_OF_NETWORK, clock.now());
  };
  const mayMove = (request: RouteRequest<unknown, unknown>) => takeFromBucket(database.sql, `in and out ${actorOf(request)}`, MOVES, clock.now());
  return [
    route({
      method: "GET", path: "/api/catalogue", access: "person", acting: "allowed", summary: "Courses that are open to the school, by title", query: CatalogueQuery, answer: CataloguePage,
      handle: (request) => readCatalogue(database.sql, request.query, { userId: actorOf(request), now: clock.now() }),
    }),
    route({ method: "GET", path: "/api/join", access: "person", acting: "allowed", summary: "Where I wait for a seat, and which courses I joined by myself", answer: OwnJoins, handle: (request) => readOwnJoins(database.sql, actorOf(request)) }),
    route({
      method: "POST", path: "/api/join/look", access: "person", summary: "The course that a code opens, or that is open to the school", body: JoinRequest, answer: CourseOffer, bytesMax: BODY_BYTES_MAX,
      handle: async (request) => {
        await mayTry(request);
        return lookAtOffer(database.sql, { request: request.body, userId: actorOf(request) }, clock.now());
      },
    }),
    route({
      method: "POST", path: "/api/join", access: "person", summary: "Join a course, or wait for a seat", body: JoinRequest, answer: CourseOffer, bytesMax: BODY_BYTES_MAX,
      handle: async (request) => {
        await mayTry(request);
        await mayMove(request);
        const { scopes, offer } = await database.transaction((transaction) =>
          join(transaction, { clock, random, origin }, { request: request.body, userId: actorOf(request), by: auditActorOf(request) }),
        );
        hints.publish(scopes);
        return offer;
      },
    }),
    route({
      method: "DELETE", path: "/api/join/:courseId", access: "person", summary: "Wait for a seat no longer, or leave a course that I joined by myself", answer: z.object({ waited: z.boolean(), left: z.boolean() }),
      handle: async (request) => {
        await mayMove(request);
        return undoJoin(deps, { courseId: request.params["courseId"] ?? "", userId: actorOf(request), by: auditActorOf(request) });
      },
    }),
  ];
}
