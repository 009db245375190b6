import type { CourseRole } from "@mochila/shared/access/actor.ts";
import { courseScope, type Scope, staffScope } from "@mochila/shared/access/scope.ts";
import { type Course, isShown } from "@mochila/shared/courses/schema.ts";
import type { Member } from "@mochila/shared/courses/member.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import { pairId } from "@mochila/shared/kernel/ids.ts";
import type { Transaction } from "../db/database.ts";
import { grantScopes, revokeScopes } from "../access/grants.ts";
import { readDocuments, writeDocuments } from "../sync/write-documents.ts";
import { forgetJoined } from "./joined.ts";
import { type Enrolment, lockPeople, memberRow, readAround } from "./member-row.ts";

const isStaffRole = (role: CourseRole): boolean => role === "instructor" || role === "assistant";

/** One row for a person in a course, for ever: who left and comes back finds it again. */
const memberId = (courseId: string, userId: string): string => pairId(courseId, userId);

const memberOf = async (transaction: Transaction, courseId: string, userId: string): Promise<Member | undefined> => {
  const id = memberId(courseId, userId);
  return (await readDocuments(transaction, "members", [id])).get(id) as Member | undefined;
};

/**
 * Puts a person into a course, or gives them another role there: the row that everybody sees and the grant that brings the course to
 * their devices, in one transaction. Returns the scopes to publish after the commit. Again with the same changes nothing.
 */
export async function enrol(transaction: Transaction, { courseId, userId, name, role, endsAt }: Enrolment): Promise<Scope[]> {
  const enrolment = { courseId, userId, name, role, endsAt, state: "active" as const };
  const member = memberRow(enrolment, await readAround(transaction, [enrolment]));
  const written = await writeDocuments(transaction, [{ collection: "members", document: member }]);
  // Who is in does not wait.
  await transaction`delete from course_waiting where course_id = ${courseId} and person_id = ${userId}`;
  await forgetJoined(transaction, [enrolment]);
  const staff = staffScope(courseId);
  const held = [...(isStaffRole(role) || (await isShownNow(transaction, courseId)) ? [courseScope(courseId)] : []), ...(isStaffRole(role) ? [staff] : [])];
  const granted = await grantScopes(transaction, userId, held);
  const revoked = await revokeScopes(transaction, userId, [courseScope(courseId), staff].filter((scope) => !held.includes(scope)));
  return [...written, ...granted, ...revoked];
}

/** Locks the course, so that it is not shown or hidden at the same moment: the grant would not follow. */
async function isShownNow(transaction: Transaction, courseId: string): Promise<boolean> {
  const [course] = await transaction<{ state: Course["state"] }[]>`select body ->> 'state' as state from doc_courses where id = ${courseId}::uuid and not deleted for share`;
  return course !== undefined && isShown(course);
}

/** The same as `enrol`, and refuses with `invalid_input` to take the role of the last instructor: nobody could teach the course then. */
export async function changeRole(transaction: Transaction, enrolment: Enrolment): Promise<Scope[]> {
  await lockPeople(transaction, [enrolment.userId]);
  const before = await memberOf(transaction, enrolment.courseId, enrolment.userId);
  if (before?.state === "active" && before.role === "instructor" && enrolment.role !== "instructor") await checkNotLast(transaction, enrolment.courseId, enrolment.userId);
  return enrol(transaction, enrolment);
}

/**
 * Takes a person out of a course: their devices remove it, their own work stays theirs. Returns the scopes to publish after the commit.
 * Throws `invalid_input` for the last instructor: nobody could teach the course then.
 */
export async function unenrol(transaction: Transaction, { courseId, userId }: Pick<Enrolment, "courseId" | "userId">): Promise<Scope[]> {
  await lockPeople(transaction, [userId]);
  const member = await memberOf(transaction, courseId, userId);
  if (!member || member.state === "left") return [];
  if (member.role === "instructor") await checkNotLast(transaction, courseId, userId);
  const left = { ...member, state: "left" as const };
  const written = await writeDocuments(transaction, [{ collection: "members", document: memberRow(left, await readAround(transaction, [member])) }]);
  await forgetJoined(transaction, [{ courseId, userId }]);
  const revoked = await revokeScopes(transaction, userId, [courseScope(courseId), staffScope(courseId)]);
  return [...written, ...revoked];
}

/** Refuses a change after which nobody would teach; whose account will be closed does not count. Locks, so that two instructors who leave at once do not both find the other. */
async function checkNotLast(transaction: Transaction, courseId: string, userId: string): Promise<void> {
  const instructors = await transaction<{ owner_id: string }[]>`
    select member.owner_id from doc_members as member join person on person.id = member.owner_id and person.closing_at is null
    where member.course_id = ${courseId}::uuid and not member.deleted and member.body ->> 'state' = 'active' and member.body ->> 'role' = 'instructor' order by member.id for update of member`;
  if (instructors.every(({ owner_id }) => owner_id === userId)) {
    throw new CodedError("invalid_input", "The course needs an instructor; add another one first.", { details: { field: "role" } });
  }
}
