import { type Actor, mayTeach } from "@mochila/shared/access/actor.ts";
import type { Scope } from "@mochila/shared/access/scope.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import { assert } from "@mochila/shared/kernel/assert.ts";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import { isUuid } from "@mochila/shared/kernel/ids.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import { auditActorOf } from "../admin/audit-actor.ts";
import type { AuditActor } from "../audit/audit.ts";
import type { Database, Transaction } from "../db/database.ts";
import type { RouteRequest } from "../http/route.ts";
import type { Hints } from "../sync/hints.ts";

export interface CourseDeps {
  readonly database: Database;
  readonly hints: Pick<Hints, "publish">;
  readonly clock: Clock;
  readonly random: Random;
  /** Where links lead. */
  readonly origin: string;
  /** A letter was queued. */
  readonly onLetter: () => void;
}

export const forbidden = (): CodedError => new CodedError("forbidden", "Only who teaches the course may change who is in it.");

export function actorOf(actor: Actor | null): Actor {
  assert(actor, "the route is for persons");
  return actor;
}

/** A course that somebody acts on, and who that is. */
export interface OnCourse {
  readonly courseId: string;
  readonly by: AuditActor;
}

/**
 * For who teaches the course; an administrator too, so that a course whose instructor has gone can be given to another. Throws `forbidden`, the same for a course
 * that is not there.
 */
export function manager(request: RouteRequest<unknown, unknown>): OnCourse {
  const actor = actorOf(request.actor);
  const courseId = request.params["id"] ?? "";
  if (!isUuid(courseId) || (!mayTeach(actor, courseId) && actor.systemRole !== "administrator")) throw forbidden();
  return { courseId, by: auditActorOf(request) };
}

/** Runs in one transaction and tells the devices after the commit. */
export async function change<Result>({ database, hints, onLetter }: CourseDeps, work: (transaction: Transaction) => Promise<{ scopes: Scope[]; result: Result }>): Promise<Result> {
  const { scopes, result } = await database.transaction(work);
  hints.publish(scopes);
  // Whoever was let in from the waiting list gets one; to look once too often costs nothing.
  onLetter();
  return result;
}
