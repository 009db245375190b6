import { isInCourse } from "../access/actor.ts";
import type { Sql, Transaction } from "../db/database.ts";

// Places that somebody took by themselves, and that staff have not touched since: only such a one is left alone, and taken again alone.

/** Nobody joins more. */
const JOINED_MAX = 1_000;

interface PlaceOf {
  readonly courseId: string;
  readonly userId: string;
}

/** Somebody came into a course by themselves. */
export const noteJoined = (transaction: Transaction, { courseId, userId }: PlaceOf): Promise<unknown> =>
  transaction`insert into course_joined (course_id, person_id) values (${courseId}, ${userId}) on conflict (course_id, person_id) do update set left_at = null`;

/** Somebody left a course by themselves. */
export const noteLeft = (transaction: Transaction, { courseId, userId }: PlaceOf, now: number): Promise<unknown> =>
  transaction`insert into course_joined (course_id, person_id, left_at) values (${courseId}, ${userId}, ${new Date(now)})`;

/** Staff decide of these places: who is in them stays until staff take them out, and who is out of them comes in by staff. */
export const forgetJoined = (transaction: Transaction, places: readonly PlaceOf[]): Promise<unknown> =>
  transaction`
    delete from course_joined as joined using unnest(${places.map(({ courseId }) => courseId)}::uuid[], ${places.map(({ userId }) => userId)}::uuid[]) as place (course_id, person_id)
    where joined.course_id = place.course_id and joined.person_id = place.person_id`;

/** Whoever left alone comes in again by staff, and by no waiting list either. False: they have not left alone. */
export async function keepOut(transaction: Transaction, { courseId, userId }: PlaceOf): Promise<boolean> {
  const gone = await transaction`delete from course_joined where course_id = ${courseId} and person_id = ${userId} and left_at is not null returning 1`;
  if (gone.length === 0) return false;
  await transaction`delete from course_waiting where course_id = ${courseId} and person_id = ${userId}`;
  return true;
}

/** That whose row of members this is left the course by themselves, and may come in again. */
export const hasLeftAlone = (sql: Sql, member: string) => sql`
  exists (select 1 from course_joined as joined where joined.course_id = ${sql(member)}.course_id and joined.person_id = ${sql(member)}.owner_id and joined.left_at is not null)`;

/** The places of somebody that they may leave alone: a place that is over is left by nobody, also where it was not taken away yet. */
const ownPlaces = (sql: Sql, userId: string) => sql`
  course_joined as joined join doc_members as member on member.course_id = joined.course_id and member.owner_id = joined.person_id
  where joined.person_id = ${userId} and joined.left_at is null and ${isInCourse(sql, "member")}`;

/** That somebody may leave a course alone. */
export async function isJoined(sql: Sql, { courseId, userId }: PlaceOf): Promise<boolean> {
  return (await sql`select 1 from ${ownPlaces(sql, userId)} and joined.course_id = ${courseId}`).length > 0;
}

/** The courses that somebody may leave alone. */
export async function readJoined(sql: Sql, userId: string): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`select joined.course_id as id from ${ownPlaces(sql, userId)} order by joined.course_id limit ${JOINED_MAX}`;
  return rows.map(({ id }) => id);
}
