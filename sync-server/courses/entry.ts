import { CODE_LENGTH, CODE_LETTERS, type CourseEntry, type EntryChange } from "@mochila/shared/courses/entry.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import type { Sql, Transaction } from "../db/database.ts";
import { forbidden } from "./course-deps.ts";

// The ways into a course, as they stand in the database.

export interface EntryRow {
  readonly course_id: string;
  readonly code: string | null;
  readonly code_ends_at: Date | null;
  readonly open: boolean;
  readonly seats: number | null;
  readonly place_ends_at: Date | null;
}

/** A byte above this would make some letters likelier than others. */
const FAIR_BYTES = 256 - (256 % CODE_LETTERS.length);

export function newCode(random: Random): string {
  let code = "";
  while (code.length < CODE_LENGTH) for (const byte of random.bytes(CODE_LENGTH)) if (byte < FAIR_BYTES && code.length < CODE_LENGTH) code += CODE_LETTERS[byte % CODE_LETTERS.length];
  return code;
}

/**
 * Whoever counts the seats of a course holds this until the end of the transaction, so that of two who come or go at once the second counts what the
 * first has done. Taken before the rows of members. Throws `forbidden` for a course that is not there.
 */
export async function lockEntry(transaction: Transaction, courseId: string): Promise<EntryRow> {
  await transaction`insert into course_entry (course_id) select id from doc_courses where id = ${courseId} and not deleted on conflict do nothing`;
  const [entry] = await transaction<EntryRow[]>`select * from course_entry where course_id = ${courseId} for update`;
  if (!entry) throw forbidden();
  return entry;
}

/** Within a statement: that people come into the course by themselves, by a code or out of the waiting list. Into one that is archived or in the bin nobody does. */
export const isEntered = (sql: Sql, course: string) => sql`not ${sql(course)}.deleted and ${sql(course)}.body ->> 'state' in ('draft', 'published')`;

/** Within a statement: how many seats of the course are taken that `column` names. */
export const studentsIn = (sql: Sql, column: string) => sql`
  (select count(*)::int from doc_members as student where student.course_id = ${sql(column)} and not student.deleted and student.body ->> 'state' = 'active' and student.body ->> 'role' = 'student')`;

export async function countStudents(sql: Sql, courseId: string): Promise<number> {
  const [row] = await sql<{ count: number }[]>`select ${studentsIn(sql, "course.id")} as count from doc_courses as course where course.id = ${courseId}`;
  return row?.count ?? 0;
}

/** The seats of a course and how many study in it, where these are more; null: they are not, or there is no limit. */
export async function readOverfull(sql: Sql, courseId: string): Promise<{ readonly seats: number; readonly students: number } | null> {
  const [entry] = await sql<{ seats: number; students: number }[]>`select seats, ${studentsIn(sql, "entry.course_id")} as students from course_entry as entry where course_id = ${courseId} and seats is not null`;
  return entry && entry.students > entry.seats ? entry : null;
}

/** More are not shown at once; they come in all the same. */
const WAITING_SHOWN_MAX = 500;

/** Throws `forbidden` for a course that is not there. */
export async function readEntry(sql: Sql, courseId: string): Promise<CourseEntry> {
  const [entry] = await sql<Partial<EntryRow>[]>`select entry.* from doc_courses as course left join course_entry as entry on entry.course_id = course.id where course.id = ${courseId} and not course.deleted`;
  if (!entry) throw forbidden();
  const waiting = await sql<{ id: string; name: string; since: Date }[]>`
    select person.id, person.name, waiting.since from course_waiting as waiting join person on person.id = waiting.person_id
    where waiting.course_id = ${courseId} order by waiting.place limit ${WAITING_SHOWN_MAX}`;
  return {
    code: entry.code ?? null, codeEndsAt: entry.code_ends_at?.getTime() ?? null, open: entry.open ?? false, seats: entry.seats ?? null,
    placeEndsAt: entry.place_ends_at?.getTime() ?? null, students: await countStudents(sql, courseId),
    waiting: waiting.map(({ id, name, since }) => ({ userId: id, name, since: since.getTime() })),
  };
}

const dateOf = (instant: number | null): Date | null => (instant === null ? null : new Date(instant));

/** Under `lockEntry`. */
export async function writeEntry(transaction: Transaction, before: EntryRow, change: EntryChange, { random }: { random: Random }): Promise<void> {
  const code = change.code === undefined ? before.code : change.code === "new" ? newCode(random) : null;
  const codeEndsAt = code === null ? null : change.codeEndsAt === undefined ? (change.code === "new" ? null : before.code_ends_at) : dateOf(change.codeEndsAt);
  await transaction`
    update course_entry set
      code = ${code}, code_ends_at = ${codeEndsAt}, open = ${change.open ?? before.open},
      seats = ${change.seats === undefined ? before.seats : change.seats},
      place_ends_at = ${change.placeEndsAt === undefined ? before.place_ends_at : dateOf(change.placeEndsAt)}
    where course_id = ${before.course_id}`;
}
