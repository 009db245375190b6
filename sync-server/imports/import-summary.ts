import { type FullCourse, IMPORT_FULL_COURSES_MAX, type ImportState, type PeopleImport } from "@mochila/shared/admin/people-import.ts";
import { studentsIn } from "../courses/entry.ts";
import type { Sql } from "../db/database.ts";

interface Row {
  readonly id: string;
  readonly file_name: string;
  readonly state: ImportState;
  readonly by: string | null;
  readonly at: Date;
  readonly ended_at: Date | null;
  readonly invites: boolean;
  readonly ignored: string[];
  readonly lines: number;
  readonly problems: number;
  readonly accounts: number;
  readonly system_roles: number;
  readonly enrolled: number;
  readonly course_roles: number;
  readonly course_ends: number;
  readonly same: number;
  readonly to_handle: number;
  readonly handled: number;
  readonly kept: number;
  readonly back_accounts: number;
  readonly back_system_roles: number;
  readonly back_enrolled: number;
  readonly back_course_roles: number;
  readonly back_course_ends: number;
  readonly full_courses: FullCourse[];
}

const toImport = ({ id, file_name, state, by, at, ended_at, invites, ignored, lines, problems, accounts, system_roles, enrolled, course_roles, course_ends, same, to_handle, handled, kept, full_courses, ...back }: Row): PeopleImport => ({
  id, state, by, invites, ignored, lines, problems, accounts, enrolled, same, handled, kept,
  fileName: file_name, at: at.getTime(), endedAt: ended_at?.getTime() ?? null, systemRoles: system_roles, courseRoles: course_roles, courseEnds: course_ends, toHandle: to_handle, fullCourses: full_courses,
  takenBack: { accounts: back.back_accounts, systemRoles: back.back_system_roles, enrolled: back.back_enrolled, courseRoles: back.back_course_roles, courseEnds: back.back_course_ends },
});

/** Of `import`: courses to which it brings students, where these are or will be more than seats. Lines that were refused bring nobody. */
const fullCourses = (sql: Sql) => sql`
  select jsonb_agg(jsonb_build_object('title', title, 'seats', seats, 'students', students, 'after', students + ahead) order by students + ahead - seats desc, id) as list
  from (select * from (
    select course.id, course.body -> 'title' as title, entry.seats, ${studentsIn(sql, "course.id")} as students, touched.ahead
    from (
      select course_id, (coalesce(sum(students) filter (where not done), 0))::int as ahead from people_import_row
      where import_id = import.id and course_id is not null and problem is null group by course_id having max(students) > 0) as touched
    join course_entry as entry on entry.course_id = touched.course_id and entry.seats is not null
    join doc_courses as course on course.id = touched.course_id and not course.deleted) as limited
  where students + ahead > seats order by students + ahead - seats desc, id limit ${IMPORT_FULL_COURSES_MAX}) as fullest`;

/** Imports that `wanted` selects, newest first, with what their lines add up to: at most some thousand rows each, in the order of the primary key. */
async function read(sql: Sql, wanted: ReturnType<typeof whichOne>): Promise<PeopleImport[]> {
  const rows = await sql<Row[]>`
    select import.id, import.file_name, import.state, person.name as by, coalesce(import.started_at, import.created_at) as at, import.ended_at, import.invites, import.ignored,
      counts.*, coalesce(full_courses.list, '[]') as full_courses, case when import.state in ('undoing', 'undone') then counts.did else counts.lines - counts.wrong_before end as to_handle,
      case when import.state in ('undoing', 'undone') then counts.taken_back else counts.done_lines end as handled
    from (${wanted}) as import left join person on person.id = import.by_id
    cross join lateral (
      select count(*)::int as lines, (count(*) filter (where problem is not null))::int as problems, (count(*) filter (where problem is not null and not done))::int as wrong_before,
        (count(*) filter (where 'account' = any(effects)))::int as accounts, (count(*) filter (where 'system-role' = any(effects)))::int as system_roles,
        (count(*) filter (where 'enrolled' = any(effects)))::int as enrolled, (count(*) filter (where 'course-role' = any(effects)))::int as course_roles,
        (count(*) filter (where 'course-end' = any(effects)))::int as course_ends,
        (count(*) filter (where effects = '{}' and problem is null))::int as same, (count(*) filter (where done))::int as done_lines,
        (count(*) filter (where done and effects <> '{}'))::int as did, (count(*) filter (where undone is not null))::int as taken_back, (count(*) filter (where undone = 'kept'))::int as kept,
        (count(*) filter (where undone = 'undone' and 'account' = any(effects)))::int as back_accounts, (count(*) filter (where undone = 'undone' and 'system-role' = any(effects)))::int as back_system_roles,
        (count(*) filter (where place_back and 'enrolled' = any(effects)))::int as back_enrolled, (count(*) filter (where place_back and 'course-role' = any(effects)))::int as back_course_roles,
        (count(*) filter (where place_back and 'course-end' = any(effects) and not 'enrolled' = any(effects)))::int as back_course_ends
      from (select *, undone = 'undone' or kept_why not in ('place-changed', 'last-instructor') as place_back from people_import_row) as row where row.import_id = import.id) as counts
    left join lateral (${fullCourses(sql)}) as full_courses on import.state not in ('undoing', 'undone')
    order by at desc, import.id`;
  return rows.map(toImport);
}

const whichOne = (sql: Sql, id: string) => sql`select * from people_import where id = ${id}`;

export async function readImport(sql: Sql, id: string): Promise<PeopleImport | null> {
  const [one] = await read(sql, whichOne(sql, id));
  return one ?? null;
}

const LISTED_MAX = 20;

/** Those that did something; a file that was only looked through is nobody's history. */
export const listImports = (sql: Sql): Promise<PeopleImport[]> => read(sql, sql`select * from people_import where state <> 'checked' order by started_at desc limit ${LISTED_MAX}`);

/** They name people. Long enough to take an import back after a term; a file that was only looked through is gone the next day. */
const KEPT_MS = 180 * 24 * 3_600_000;
const CHECKED_MS = 24 * 3_600_000;

export const sweepImports = (sql: Sql, now: number) => sql`
  delete from people_import where created_at < ${new Date(now - KEPT_MS)} and state not in ('running', 'undoing') or (state = 'checked' and created_at < ${new Date(now - CHECKED_MS)})`;
