import type { Member } from "@mochila/shared/courses/member.ts";
import type { Sql, Transaction } from "../db/database.ts";

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

/** Whoever is put in may not leave alone because of an earlier time, and whoever is taken out may not come in again alone. */
export const forgetJoined = (transaction: Transaction, places: readonly (PlaceOf & Pick<Member, "state">)[]): Promise<unknown> =>
  transaction`
    delete from course_joined as joined
    using unnest(${places.map(({ courseId }) => courseId)}::uuid[], ${places.map(({ userId }) => userId)}::uuid[], ${places.map(({ state }) => state)}::text[]) as place (course_id, person_id, state)
    where joined.course_id = place.course_id and joined.person_id = place.person_id and (place.state = 'left' or joined.left_at is not null)`;

/** That whose row of members this is left the course by themselves, and may come in again. */
export const hasLeftAlone = (sql: Sql, member: string) => sql`
  exists (select 1 from course_joined as joined where joined.course_id = ${sql(member)}.course_id and joined.person_id = ${sql(member)}.owner_id and joined.left_at is not null)`;

/** That somebody may leave a course alone. */
export async function isJoined(sql: Sql, { courseId, userId }: PlaceOf): Promise<boolean> {
  return (await sql`select 1 from course_joined where course_id = ${courseId} and person_id = ${userId} and left_at is null`).length > 0;
}

/** The courses that somebody may leave alone. */
export async function readJoined(sql: Sql, userId: string): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`select course_id as id from course_joined where person_id = ${userId} and left_at is null order by course_id limit ${JOINED_MAX}`;
  return rows.map(({ id }) => id);
}
