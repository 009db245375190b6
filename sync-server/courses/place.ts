import type { AuditAction } from "@mochila/shared/admin/audit-actions.ts";
import type { CourseRole } from "@mochila/shared/access/actor.ts";
import type { Scope } from "@mochila/shared/access/scope.ts";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import { isInCourse } from "../access/actor.ts";
import { writeAudit } from "../audit/audit.ts";
import type { Transaction } from "../db/database.ts";
import type { OnCourse } from "./course-deps.ts";
import { changeRole, unenrol } from "./enrol.ts";
import { keepOut } from "./joined.ts";

// A place in a course as somebody gives, takes or leaves it, in the app, on the command line or as time goes by, with what stands in the log of it. Under `lockEntry`.

/** A person in a course, and who acts on it. */
export interface OnMember extends OnCourse {
  readonly userId: string;
}

interface Parts {
  readonly clock: Clock;
}

export const note = (transaction: Transaction, parts: Parts, action: AuditAction, { courseId, userId, by, ...details }: OnMember & { role?: CourseRole; from?: CourseRole; endsAt?: number | null }): Promise<void> =>
  writeAudit(transaction, parts, { by, action, object: { kind: "person", id: userId }, details: { course: courseId, ...details } });

/** As what somebody is in the course now; null: not at all. */
export async function roleIn(transaction: Transaction, { courseId, userId }: Pick<OnMember, "courseId" | "userId">): Promise<{ name: string; role: CourseRole } | null> {
  const [member] = await transaction<{ name: string; role: CourseRole }[]>`
    select person.name, member.body ->> 'role' as role from doc_members as member join person on person.id = member.owner_id
    where member.course_id = ${courseId}::uuid and member.owner_id = ${userId}::uuid and ${isInCourse(transaction, "member")}`;
  return member ?? null;
}

/** Puts somebody into the course, or gives them another role there. Null: they have it already. As `changeRole` it refuses to take the last instructor's. */
export async function place(transaction: Transaction, parts: Parts, { courseId, userId, by, name, role }: OnMember & { readonly name: string; readonly role: CourseRole }): Promise<Scope[] | null> {
  const before = await roleIn(transaction, { courseId, userId });
  if (before?.role === role) return null;
  const scopes = await changeRole(transaction, { courseId, userId, name, role });
  if (before) await note(transaction, parts, "member.role", { courseId, userId, by, from: before.role, role });
  else await note(transaction, parts, "member.add", { courseId, userId, by, role });
  return scopes;
}

/**
 * Takes somebody out of the course, for one of its reasons. Null: they were not in it. Whom staff take out stays out, also where they had left by themselves a moment
 * before. As `unenrol` it refuses for the last instructor.
 */
export async function takeOut(transaction: Transaction, parts: Parts, { courseId, userId, by }: OnMember, why: "member.remove" | "member.leave" | "member.ended" = "member.remove"): Promise<Scope[] | null> {
  const scopes = await unenrol(transaction, { courseId, userId });
  const isOut = scopes.length > 0 || (why === "member.remove" && (await keepOut(transaction, { courseId, userId })));
  if (!isOut) return null;
  await note(transaction, parts, why, { courseId, userId, by });
  return scopes;
}
