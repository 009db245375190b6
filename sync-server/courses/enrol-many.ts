import { courseScope, type Scope, staffScope } from "@mochila/shared/access/scope.ts";
import type { Member } from "@mochila/shared/courses/member.ts";
import { type Course, isShown } from "@mochila/shared/courses/schema.ts";
import { type Grant, grantEach, revokeEach } from "../access/grants.ts";
import type { Transaction } from "../db/database.ts";
import { writeDocuments } from "../sync/write-documents.ts";
import { forgetJoined } from "./joined.ts";
import { type Enrolment, memberRow, readAround } from "./member-row.ts";

/** A place in a course as it shall stand. */
export interface Place extends Enrolment {
  readonly state: Member["state"];
  /** Nobody was there before: then there is nothing to take away. */
  readonly isNew: boolean;
}

/** Which of these courses their students see. Locks them, so that none is shown or hidden at the same moment: the grants would not follow. */
async function shownOf(transaction: Transaction, courseIds: readonly string[]): Promise<Set<string>> {
  const rows = await transaction<{ id: string; state: Course["state"] }[]>`
    select id, body ->> 'state' as state from doc_courses where id = any(${[...new Set(courseIds)]}::uuid[]) and not deleted order by id for share`;
  return new Set(rows.filter(isShown).map(({ id }) => id));
}

/**
 * What `enrol` and `unenrol` do to one place, for many at once in a fixed number of statements: the rows that everybody sees and the grants that bring the courses to
 * devices. Whether a course keeps an instructor was decided by the caller, under lock. Returns the scopes to publish after the commit.
 */
export async function setPlaces(transaction: Transaction, places: readonly Place[]): Promise<Scope[]> {
  if (places.length === 0) return [];
  const around = await readAround(transaction, places);
  const written = await writeDocuments(transaction, places.map((place) => ({ collection: "members", document: memberRow(place, around) })));
  // Who is in does not wait.
  const active = places.filter(({ state }) => state === "active");
  await transaction`
    delete from course_waiting as waiting using unnest(${active.map(({ courseId }) => courseId)}::uuid[], ${active.map(({ userId }) => userId)}::uuid[]) as place (course_id, person_id)
    where waiting.course_id = place.course_id and waiting.person_id = place.person_id`;
  await forgetJoined(transaction, places);
  const shown = await shownOf(transaction, places.map(({ courseId }) => courseId));
  const held: Grant[] = [];
  const lost: Grant[] = [];
  for (const { courseId, userId, role, state, isNew } of places) {
    const isStaff = role === "instructor" || role === "assistant";
    const pairs: [Scope, boolean][] = [[courseScope(courseId), isStaff || shown.has(courseId)], [staffScope(courseId), isStaff]];
    for (const [scope, holds] of pairs) {
      if (state === "active" && holds) held.push({ userId, scope });
      else if (!isNew) lost.push({ userId, scope });
    }
  }
  return [...written, ...(await grantEach(transaction, held)), ...(await revokeEach(transaction, lost))];
}
