import type { Scope } from "@mochila/shared/access/scope.ts";
import { courseScope } from "@mochila/shared/access/scope.ts";
import { type Course, isShown } from "@mochila/shared/courses/schema.ts";
import { grantToAll, revokeFromAll } from "../access/grants.ts";
import type { Transaction } from "../db/database.ts";
import type { ServerRule } from "../sync/documents.ts";

/**
 * A course that its students may not see gives them nothing: neither itself nor what is published in it. Documents know only their own
 * state, so it is the students' grants that follow the course. Their own work stays on their devices, and what they do offline meanwhile
 * is still taken.
 */
export const courseStanding: ServerRule = {
  collections: ["courses"],
  async afterWrite(transaction, changes) {
    const scopes: Scope[] = [];
    for (const { before, after } of changes) scopes.push(...(await followStanding(transaction, before as Course | null, after as Course | null)));
    return scopes;
  },
};

/** The same for who changes a course on the server. */
export async function followStanding(transaction: Transaction, was: Course | null, is: Course | null): Promise<readonly Scope[]> {
  if (!is || !was || isShown(was) === isShown(is)) return [];
  const students = await studentsOf(transaction, is.id);
  return (isShown(is) ? grantToAll : revokeFromAll)(transaction, students, [courseScope(is.id)]);
}

/** Who is in the course and not of its staff. */
async function studentsOf(transaction: Transaction, courseId: string): Promise<string[]> {
  const rows = await transaction<{ owner: string }[]>`
    select owner_id::text as owner from doc_members
    where course_id = ${courseId}::uuid and not deleted and body ->> 'state' = 'active' and body ->> 'role' not in ('instructor', 'assistant')`;
  return rows.map(({ owner }) => owner);
}
