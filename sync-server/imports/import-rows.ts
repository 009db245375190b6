import type { CourseRole, SystemRole } from "@mochila/shared/access/actor.ts";
import { type ImportEffect, type ImportKept, type ImportLine, type ImportLinesQuery, IMPORT_LINES_PAGE_MAX, type ImportProblem } from "@mochila/shared/admin/people-import.ts";
import type { Language } from "@mochila/shared/kernel/schema.ts";
import type { Sql, Transaction } from "../db/database.ts";
import type { PlannedRow, Standing } from "./plan.ts";
import type { AskedRow } from "./read-rows.ts";

/** A row of the table `people_import_row`. */
export interface ImportRow {
  readonly line: number;
  readonly email: string;
  readonly name: string;
  readonly system_role: SystemRole | null;
  readonly language: Language | null;
  readonly course: string | null;
  readonly course_id: string | null;
  readonly course_role: CourseRole | null;
  readonly ends_at: Date | null;
  readonly problem: ImportProblem | null;
  readonly other_line: number | null;
  readonly effects: readonly ImportEffect[];
  readonly person_id: string | null;
  readonly before: Standing | null;
  readonly after: Standing | null;
  readonly done: boolean;
  readonly undone: "undone" | "kept" | null;
  readonly kept_why: ImportKept | null;
}

/** As it was asked; the course by the id that its name meant when the file was looked through. */
export const toAsked = ({ line, email, name, system_role, language, course, course_id, course_role, ends_at }: ImportRow): AskedRow => ({
  line, email, name, systemRole: system_role, language, course: course_id ?? course, courseRole: course_role, endsAt: ends_at?.getTime() ?? null, problem: null,
});

export async function insertRows(transaction: Transaction, importId: string, rows: readonly PlannedRow[]): Promise<void> {
  const values = rows.map(({ asked, problem, otherLine, effects, courseId, students }) => ({
    line: asked.line, email: asked.email, name: asked.name, system_role: asked.systemRole, language: asked.language, course: asked.course, course_id: courseId, course_role: asked.courseRole,
    ends_at: asked.endsAt === null ? null : new Date(asked.endsAt).toISOString(), problem, other_line: otherLine, effects, students,
  }));
  await transaction`
    insert into people_import_row (import_id, line, email, name, system_role, language, course, course_id, course_role, ends_at, problem, other_line, effects, students)
    select ${importId}, line, email, name, system_role, language, course, course_id, course_role, ends_at, problem, other_line, effects, students
    from jsonb_to_recordset(${transaction.json(values)}) as row (line integer, email text, name text, system_role text, language text, course text, course_id uuid, course_role text,
      ends_at timestamptz, problem text, other_line integer, effects text[], students integer)`;
}

/** The next lines to be done, in the order of the file. */
export const rowsToDo = (transaction: Transaction, importId: string, most: number) =>
  transaction<ImportRow[]>`select * from people_import_row where import_id = ${importId} and not done and problem is null order by line limit ${most}`;

/** The next lines to be taken back: the last first, so that an account goes after the places that it was given. */
export const rowsToUndo = (transaction: Transaction, importId: string, most: number) =>
  transaction<ImportRow[]>`select * from people_import_row where import_id = ${importId} and done and effects <> '{}' and undone is null order by line desc limit ${most}`;

/** What was done, or found wrong meanwhile, with what stood before and after. */
export async function noteDone(transaction: Transaction, importId: string, rows: readonly PlannedRow[]): Promise<void> {
  const values = rows.map(({ asked, problem, effects, person, before, after }) => ({ line: asked.line, problem, effects, person_id: person?.id ?? null, before, after }));
  await transaction`
    update people_import_row as row set done = true, problem = next.problem, effects = next.effects, person_id = next.person_id, before = next.before, after = next.after
    from jsonb_to_recordset(${transaction.json(values as never)}) as next (line integer, problem text, effects text[], person_id uuid, before jsonb, after jsonb)
    where row.import_id = ${importId} and row.line = next.line`;
}

/** `kept`: lines that were left as they are, and why. */
export async function noteUndone(transaction: Transaction, importId: string, lines: readonly number[], kept: ReadonlyMap<number, ImportKept>): Promise<void> {
  const whys = lines.map((line) => kept.get(line) ?? null);
  await transaction`
    update people_import_row as row set undone = case when next.why is null then 'undone' else 'kept' end, kept_why = next.why
    from unnest(${[...lines]}::integer[], ${whys}::text[]) as next (line, why) where row.import_id = ${importId} and row.line = next.line`;
}

export async function readLines(sql: Sql, importId: string, { only, after = "0", most }: ImportLinesQuery): Promise<{ lines: ImportLine[]; more: boolean }> {
  const limit = most === undefined ? IMPORT_LINES_PAGE_MAX : Number(most);
  const wanted = only === "problems" ? sql`problem is not null` : only === "kept" ? sql`undone = 'kept'` : sql`true`;
  const rows = await sql<ImportRow[]>`
    select * from people_import_row where import_id = ${importId} and line > ${Number(after)} and ${wanted} order by line limit ${limit + 1}`;
  const lines = rows.slice(0, limit).map(({ line, email, name, course, ends_at, effects, problem, other_line, done, undone, kept_why }) => ({ line, email, name, course, endsAt: ends_at?.getTime() ?? null, effects: [...effects], problem, otherLine: other_line, done, undone, keptWhy: kept_why }));
  return { lines, more: rows.length > limit };
}
