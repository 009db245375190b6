import { CATALOGUE_PAGE_MAX, type CataloguePage, type CatalogueQuery } from "@mochila/shared/courses/entry.ts";
import { isInCourse } from "../access/actor.ts";
import type { Sql } from "../db/database.ts";
import { holdsWords } from "../db/search.ts";
import { studentsIn } from "./entry.ts";
import { hasLeftAlone } from "./joined.ts";

type Line = CataloguePage["courses"][number];

interface Row extends Pick<Line, "title" | "description" | "teachers" | "standing"> {
  readonly id: string;
}

/** Whether this person is in the course, was in it or waits for it, and else whether a seat is free. */
const standing = (sql: Sql, userId: string) => sql`
  case
    when mine.in then 'in'
    when not mine.in and not mine.left then 'ended'
    when exists (select 1 from course_waiting as waiting where waiting.course_id = course.id and waiting.person_id = ${userId}) then 'waiting'
    when entry.seats <= ${studentsIn(sql, "course.id")} then 'full'
    else 'free'
  end as standing`;

/** A page of what is open to the school, by one title, whatever its language: the order must not change with who reads it, or a page would miss some. It walks over the open courses alone, and counts only for those of the page. */
export async function readCatalogue(sql: Sql, { search, after }: CatalogueQuery, { userId, now }: { userId: string; now: number }): Promise<CataloguePage> {
  const found = holdsWords(sql, sql`course.search_text`, search);
  const place = after === undefined ? sql`true` : sql`(course.title_key, course.id) > (select course.title_key, course.id from doc_courses as course where course.id = ${after})`;
  const rows = await sql<Row[]>`
    select course.id, course.body -> 'title' as title, course.body -> 'description' as description, ${standing(sql, userId)},
      array(select teacher.body ->> 'name' from doc_members as teacher where teacher.course_id = course.id and not teacher.deleted
        and teacher.body ->> 'state' = 'active' and teacher.body ->> 'role' = 'instructor' order by 1 limit 10) as teachers
    from course_entry as entry join doc_courses as course on course.id = entry.course_id
      left join lateral (select ${isInCourse(sql, "member")} as in, ${hasLeftAlone(sql, "member")} as left from doc_members as member where member.course_id = course.id and member.owner_id = ${userId} and not member.deleted) as mine on true
    where entry.open and not course.deleted and course.body ->> 'state' = 'published' and (entry.place_ends_at is null or entry.place_ends_at > ${new Date(now)})
      and ${found} and ${place}
    order by course.title_key, course.id limit ${CATALOGUE_PAGE_MAX + 1}`;
  return { courses: rows.slice(0, CATALOGUE_PAGE_MAX).map(({ id, ...line }) => ({ courseId: id, ...line })), more: rows.length > CATALOGUE_PAGE_MAX };
}
