import { isInCourse } from "../access/actor.ts";
import type { Sql } from "../db/database.ts";

/** Of a row of `person`: whether they see other people's work, by their role at the school or because they teach a course. */
export const worksAsStaff = (sql: Sql) => sql`
  (person.system_role <> 'student' or exists (
    select 1 from doc_members as taught where taught.owner_id = person.id and taught.body ->> 'role' = 'instructor' and ${isInCourse(sql, "taught")}))`;
