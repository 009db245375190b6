import * as z from "zod/mini";
import { orOther, TextInLanguages } from "../kernel/answer.ts";
import { Instant, text, Uuid } from "../kernel/schema.ts";
import { TimeZone } from "../users/typed.ts";

/** A school of a small town; a larger one comes in parts, which is also easier to look through. */
export const IMPORT_ROWS_MAX = 5_000;
export const IMPORT_BYTES_MAX = 1024 * 1024;
export const IMPORT_FILE_NAME_CHARACTERS_MAX = 200;

export const ImportColumn = z.enum(["email", "name", "surname", "systemRole", "language", "course", "courseRole", "courseEnd"]);
export type ImportColumn = z.infer<typeof ImportColumn>;

/** Why a whole file is refused; in `details.reason` of an `invalid_input`. */
export const ImportRefusal = z.enum(["workbook", "not-text", "empty", "no-email-column", "column-twice", "quotes", "too-many-rows"]);
export type ImportRefusal = z.infer<typeof ImportRefusal>;

/** What is wrong with one line, and the column that says so. */
const problemColumns = {
  "email-missing": "email",
  "email-wrong": "email",
  "name-missing": "name",
  "name-wrong": "name",
  "name-differs": "name",
  "system-role-unknown": "systemRole",
  "system-role-differs": "systemRole",
  "own-role": "systemRole",
  "last-administrator": "systemRole",
  suspended: "email",
  "language-unknown": "language",
  "course-unknown": "course",
  "course-several": "course",
  "course-in-bin": "course",
  "course-missing": "course",
  "course-role-unknown": "courseRole",
  "course-role-differs": "courseRole",
  "last-instructor": "courseRole",
  "end-wrong": "courseEnd",
  "end-past": "courseEnd",
  "end-of-instructor": "courseEnd",
  "end-differs": "courseEnd",
} as const satisfies Record<string, ImportColumn>;

export type ImportProblem = keyof typeof problemColumns;
export const ImportProblem = z.enum(Object.keys(problemColumns) as [ImportProblem, ...ImportProblem[]]);

/** What a line does, or did. None: everything stands so already. `course-end`: the place ends when the line says, that of somebody new in the course too. */
export const ImportEffect = z.enum(["account", "system-role", "enrolled", "course-role", "course-end"]);
export type ImportEffect = z.infer<typeof ImportEffect>;

/** Why a line was left as it is when the import was taken back: somebody has used or changed what it made, or the school or a course would be left without one who keeps it. */
export const ImportKept = z.enum(["account-used", "place-changed", "role-changed", "last-instructor", "last-administrator", "own-role"]);
export type ImportKept = z.infer<typeof ImportKept>;

/** `checked`: nothing was done yet. `canceled`: some lines were done; it can go on, or be undone. */
export const ImportState = z.enum(["checked", "running", "canceled", "done", "undoing", "undone"]);
export type ImportState = z.infer<typeof ImportState>;

const Count = z.int();

/** In the answer; what else an import does stands line by line. */
export const IMPORT_FULL_COURSES_MAX = 20;
/** A course that has more students than seats by an import, or will have: a note, no problem. `students`: now; `after`: when the lines that are left are done. */
export const FullCourse = z.object({ title: TextInLanguages, seats: Count, students: Count, after: Count });
export type FullCourse = z.infer<typeof FullCourse>;

/** An import as a whole. `handled`: lines behind it, of the `lines` that are no problem; while it is undone, of those that did something. */
export const PeopleImport = z.object({
  id: Uuid,
  fileName: z.string(),
  state: orOther(ImportState),
  by: z.nullable(z.string()),
  at: Instant,
  endedAt: z.nullable(Instant),
  invites: z.boolean(),
  /** Columns of the file that nobody reads, as they are called there. */
  ignored: z.array(z.string()),
  lines: Count,
  toHandle: Count,
  handled: Count,
  problems: Count,
  accounts: Count,
  systemRoles: Count,
  enrolled: Count,
  courseRoles: Count,
  courseEnds: Count,
  same: Count,
  /** Empty once it is taken back. */
  fullCourses: z.array(FullCourse),
  /** Of what was undone: lines that were left as they are, because somebody changed or used what they made. */
  kept: Count,
  /** What was taken back, of what it had put in. `courseEnds`: of those who stay in the course. */
  takenBack: z.object({ accounts: Count, systemRoles: Count, enrolled: Count, courseRoles: Count, courseEnds: Count }),
});
export type PeopleImport = z.infer<typeof PeopleImport>;

export const ImportLine = z.object({
  line: Count,
  email: z.string(),
  name: z.string(),
  course: z.nullable(z.string()),
  /** When the place shall end; null: the line says nothing of it. */
  endsAt: z.nullable(Instant),
  effects: z.array(orOther(ImportEffect)),
  problem: z.nullable(orOther(ImportProblem)),
  /** An earlier line that says something else. */
  otherLine: z.nullable(Count),
  done: z.boolean(),
  undone: z.nullable(orOther(z.enum(["undone", "kept"]))),
  /** Only of a line that was kept. */
  keptWhy: z.nullable(orOther(ImportKept)),
});
export type ImportLine = z.infer<typeof ImportLine>;

export const IMPORT_LINES_PAGE_MAX = 1_000;
/** GET /api/admin/imports/:id/lines. `after`: the line that the page before ended with. */
export const ImportLinesQuery = z.strictObject({
  only: z.optional(z.enum(["problems", "kept"])),
  after: z.optional(z.string().check(z.regex(/^\d{1,7}$/))),
  most: z.optional(z.string().check(z.regex(/^[1-9]\d{0,2}$|^1000$/))),
});
export type ImportLinesQuery = z.infer<typeof ImportLinesQuery>;
export const ImportLines = z.object({ lines: z.array(ImportLine), more: z.boolean() });

/** POST /api/admin/imports: the bytes of the file; its name stands in the address. `timeZone`: where a day of the file ends, UTC if it is not said. */
export const ImportFileQuery = z.strictObject({ name: text(IMPORT_FILE_NAME_CHARACTERS_MAX), timeZone: z.optional(TimeZone) });
export const ImportRun = z.strictObject({ invites: z.boolean() });
export const PeopleImports = z.object({ imports: z.array(PeopleImport) });
