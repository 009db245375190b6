import type { CourseRole, SystemRole } from "@mochila/shared/access/actor.ts";
import type { ImportColumn, ImportProblem } from "@mochila/shared/admin/people-import.ts";
import type { Language } from "@mochila/shared/kernel/schema.ts";
import { endOfDayIn } from "@mochila/shared/kernel/day.ts";
import { EMAIL_CHARACTERS_MAX, NAME_CHARACTERS_MAX, TITLE_CHARACTERS_MAX } from "@mochila/shared/limits.ts";
import { Email, PersonName } from "@mochila/shared/users/typed.ts";
import * as z from "zod/mini";
import { readColumn, readCourseRole, readLanguage, readSystemRole } from "./column-words.ts";
import { readTable, refuse, type TableLine } from "./read-table.ts";

/** What one line of the file asks. Null: it says nothing of this. */
export interface AskedRow {
  readonly line: number;
  readonly email: string;
  readonly name: string;
  readonly systemRole: SystemRole | null;
  readonly language: Language | null;
  /** As it was typed: a title or an id. */
  readonly course: string | null;
  readonly courseRole: CourseRole | null;
  /** When the place in the course shall end, milliseconds since 1970. */
  readonly endsAt: number | null;
  readonly problem: ImportProblem | null;
}

type Columns = ReadonlyMap<ImportColumn, number>;

function columnsOf({ cells }: TableLine): { columns: Columns; ignored: string[] } {
  const columns = new Map<ImportColumn, number>();
  const ignored: string[] = [];
  for (const [index, head] of cells.entries()) {
    const column = readColumn(head);
    if (column === null) {
      if (head !== "") ignored.push(head.slice(0, 100));
    } else if (columns.has(column)) throw refuse("column-twice", `Two columns of the file mean the same: “${head.slice(0, 100)}”.`, { column });
    else columns.set(column, index);
  }
  if (!columns.has("email")) throw refuse("no-email-column", "The first line names the columns, and none of them is the e-mail.");
  return { columns, ignored: ignored.slice(0, 50) };
}

/** The meaning of a cell, where it has one; `problem` where nobody knows the word. */
function wordOf<Meaning>(cell: string, read: (text: string) => Meaning | null, problem: ImportProblem): { value: Meaning | null; problem: ImportProblem | null } {
  const value = cell === "" ? null : read(cell);
  return { value, problem: cell !== "" && value === null ? problem : null };
}

/** With its seconds or without. An hour counts only with its zone: without one it would be another hour to each who reads the file. */
const DateTime = z.union([z.iso.datetime({ offset: true }), z.iso.datetime({ offset: true, precision: -1 })]);

/** When a cell says that a place ends: a day, to its last moment there, or a moment; null: it is neither. */
function endReader(timeZone: string): (cell: string) => number | null {
  const endOf = endOfDayIn(timeZone);
  return (cell) => endOf(cell) ?? (z.safeParse(DateTime, cell).success ? Date.parse(cell) : null);
}

const isName = (name: string): boolean => z.safeParse(PersonName, name).success;

function readRow({ line, cells }: TableLine, columns: Columns, readEnd: (cell: string) => number | null): AskedRow {
  const cell = (column: ImportColumn): string => (cells[columns.get(column) ?? -1] ?? "").trim();
  const email = z.safeParse(Email, cell("email"));
  const name = [cell("name"), cell("surname")].filter((part) => part !== "").join(" ");
  const systemRole = wordOf(cell("systemRole"), readSystemRole, "system-role-unknown");
  const language = wordOf(cell("language"), readLanguage, "language-unknown");
  const courseRole = wordOf(cell("courseRole"), readCourseRole, "course-role-unknown");
  const courseEnd = wordOf(cell("courseEnd"), readEnd, "end-wrong");
  const course = cell("course").slice(0, TITLE_CHARACTERS_MAX);
  const problems: (ImportProblem | null)[] = [
    cell("email") === "" ? "email-missing" : email.success ? null : "email-wrong",
    name === "" || isName(name) ? null : "name-wrong",
    systemRole.problem, language.problem, courseRole.problem, courseEnd.problem,
    (courseRole.value !== null || courseEnd.value !== null) && course === "" ? "course-missing" : null,
  ];
  return {
    line,
    email: email.success ? email.data : cell("email").slice(0, EMAIL_CHARACTERS_MAX),
    name: name.slice(0, NAME_CHARACTERS_MAX),
    systemRole: systemRole.value, language: language.value, course: course === "" ? null : course, courseRole: courseRole.value, endsAt: courseEnd.value,
    problem: problems.find((problem) => problem !== null) ?? null,
  };
}

/** Reads what a file asks, line by line. `timeZone`: where its days end. Throws CodedError for what is no such file; a line that is wrong says so itself. */
export function readRows(bytes: Uint8Array, timeZone: string): { rows: AskedRow[]; ignored: string[] } {
  const [head, ...lines] = readTable(bytes);
  const { columns, ignored } = columnsOf(head ?? { line: 1, cells: [] });
  const readEnd = endReader(timeZone);
  return { rows: lines.map((line) => readRow(line, columns, readEnd)), ignored };
}
