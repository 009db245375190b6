import { type AdminCourse, COURSES_PAGE_MAX, type CourseLine, type CoursePerson, type CoursesPage, type CoursesQuery, type CourseState } from "@mochila/shared/admin/course.ts";
import type { Localized } from "@mochila/shared/kernel/schema.ts";
import type { Sql } from "../db/database.ts";
import { holdsWords } from "../db/search.ts";

interface Row {
  readonly id: string;
  readonly title: Localized<string>;
  readonly state: CourseState;
  readonly instructors: string[];
  readonly students: number;
  readonly updated_at: Date;
}

const toLine = ({ updated_at, ...row }: Row): CourseLine => ({ ...row, changedAt: updated_at.getTime() });

const INSTRUCTORS_SHOWN_MAX = 5;

const columns = (sql: Sql) => sql`
  course.id, course.body -> 'title' as title, course.body ->> 'state' as state, course.updated_at,
  array(select member.body ->> 'name' from doc_members as member where member.course_id = course.id and not member.deleted and member.body ->> 'state' = 'active' and member.body ->> 'role' = 'instructor'
    order by member.body ->> 'name' limit ${INSTRUCTORS_SHOWN_MAX}) as instructors,
  (select count(*)::int from doc_members as member where member.course_id = course.id and not member.deleted and member.body ->> 'state' = 'active' and member.body ->> 'role' = 'student') as students`;

const found = (sql: Sql, search: string | undefined) =>
  sql`not course.deleted and ${holdsWords(sql, sql`course.title_text`, search)}`;

/** Without a state: those that are in use. */
const inState = (sql: Sql, state: CourseState | undefined) => (state === undefined ? sql`course.body ->> 'state' in ('draft', 'published')` : sql`course.body ->> 'state' = ${state}`);

/** A page of courses by title. Its cost is that of the page, and of one walk over the courses for the counts. */
export async function listCourses(sql: Sql, { search, state, after }: CoursesQuery): Promise<CoursesPage> {
  const place = after === undefined ? sql`true` : sql`(course.title_key, course.id) > (select course.title_key, course.id from doc_courses as course where course.id = ${after})`;
  const rows = await sql<Row[]>`
    select ${columns(sql)} from doc_courses as course where ${found(sql, search)} and ${inState(sql, state)} and ${place} order by course.title_key, course.id limit ${COURSES_PAGE_MAX + 1}`;
  const counted = await sql<{ state: CourseState; count: number }[]>`select course.body ->> 'state' as state, count(*)::int as count from doc_courses as course where ${found(sql, search)} group by 1`;
  const counts = { all: 0, draft: 0, published: 0, archived: 0, trashed: 0 };
  for (const { state: of, count } of counted) counts[of] = count;
  counts.all = counts.draft + counts.published;
  return { courses: rows.slice(0, COURSES_PAGE_MAX).map(toLine), more: rows.length > COURSES_PAGE_MAX, counts };
}

const PEOPLE_SHOWN_MAX = 500;

export async function readCourse(sql: Sql, id: string): Promise<AdminCourse | null> {
  const [course] = await sql<Row[]>`select ${columns(sql)} from doc_courses as course where course.id = ${id} and not course.deleted`;
  if (!course) return null;
  const people = await sql<CoursePerson[]>`
    select person.id, person.name, person.email, member.body ->> 'role' as role from doc_members as member join person on person.id = member.owner_id
    where member.course_id = ${id} and not member.deleted and member.body ->> 'state' = 'active'
    order by array_position(array['instructor', 'assistant', 'student', 'observer'], member.body ->> 'role'), person.name_key, person.id limit ${PEOPLE_SHOWN_MAX + 1}`;
  return { course: toLine(course), people: people.slice(0, PEOPLE_SHOWN_MAX), more: people.length > PEOPLE_SHOWN_MAX };
}
