import type { Scope } from "@mochila/shared/access/scope.ts";
import type { Course } from "@mochila/shared/courses/schema.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import { type AuditActor, writeAudit } from "../audit/audit.ts";
import type { Transaction } from "../db/database.ts";
import { readDocuments, writeDocuments } from "../sync/write-documents.ts";
import { enrol } from "./enrol.ts";

/**
 * Makes a course and its first instructor, in one transaction: a course without one could be written by nobody. Returns the scopes to
 * publish after the commit. Again by the same person with the same id it changes nothing. Throws `forbidden` if the id is another's.
 */
export async function createCourse(
  transaction: Transaction,
  { course, instructor }: { course: Omit<Course, "rev">; instructor: { userId: string; name: string } },
): Promise<Scope[]> {
  await transaction`select pg_advisory_xact_lock(8, hashtext(${course.id}))`;
  const existing = (await readDocuments(transaction, "courses", [course.id])).get(course.id);
  if (existing) {
    const [mine] = await transaction`
      select 1 from doc_members where course_id = ${course.id}::uuid and owner_id = ${instructor.userId}::uuid and not deleted
        and body ->> 'state' = 'active' and body ->> 'role' = 'instructor'`;
    if (!mine) throw new CodedError("forbidden", "This id stands for something else already.");
    return [];
  }
  const written = await writeDocuments(transaction, [{ collection: "courses", document: course }]);
  return [...written, ...(await enrol(transaction, { courseId: course.id, ...instructor, role: "instructor" }))];
}

/** The same for somebody else, which stands in the log. */
export async function createCourseFor(transaction: Transaction, parts: { readonly clock: Clock }, by: AuditActor, made: Parameters<typeof createCourse>[1]): Promise<Scope[]> {
  const scopes = await createCourse(transaction, made);
  if (scopes.length > 0) await writeAudit(transaction, parts, { by, action: "course.create", object: { kind: "course", id: made.course.id }, details: { instructor: made.instructor.userId } });
  return scopes;
}
