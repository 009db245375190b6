import { AdminCourse, CourseForSomebody, CoursesPage, CoursesQuery, CourseStateChange, type CourseState } from "@mochila/shared/admin/course.ts";
import type { Scope } from "@mochila/shared/access/scope.ts";
import type { Course } from "@mochila/shared/courses/schema.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import { isUuid } from "@mochila/shared/kernel/ids.ts";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import { type AuditActor, writeAudit } from "../audit/audit.ts";
import { followStanding } from "../courses/course-standing.ts";
import { createCourseFor } from "../courses/create-course.ts";
import { personNamed } from "../courses/named.ts";
import type { Database } from "../db/database.ts";
import { type Route, route, type RouteRequest } from "../http/route.ts";
import type { Hints } from "../sync/hints.ts";
import { readDocuments, writeDocuments } from "../sync/write-documents.ts";
import { auditActorOf } from "./audit-actor.ts";
import { listCourses, readCourse } from "./courses.ts";

export interface AdminCourseParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly hints: Pick<Hints, "publish">;
}

const BODY_BYTES_MAX = 8 * 1024;

const noCourse = (): CodedError => new CodedError("forbidden", "There is no such course.");

async function show({ database }: AdminCourseParts, id: string): Promise<AdminCourse> {
  const course = isUuid(id) ? await readCourse(database.sql, id) : null;
  if (!course) throw noCourse();
  return course;
}

async function begin(parts: AdminCourseParts, by: AuditActor, { id, title, languages, instructor: email }: CourseForSomebody): Promise<AdminCourse> {
  const { database, hints } = parts;
  const inUse = [...new Set(languages)];
  if (!inUse.some((lang) => title[lang]?.trim())) throw new CodedError("invalid_input", "A course has a title in one of its languages.", { details: { field: "title" } });
  const scopes = await database.transaction(async (transaction) => {
    const instructor = await personNamed(transaction, email);
    const course = { id, courseId: id, title, description: {}, languages: inUse, state: "draft" as const };
    return createCourseFor(transaction, parts, by, { course, instructor: { userId: instructor.id, name: instructor.name } });
  });
  hints.publish(scopes);
  return show(parts, id);
}

/** Archived, put into the bin, or back from there; the grants of its students follow. */
async function setState(parts: AdminCourseParts, by: AuditActor, { id, state }: { id: string; state: CourseState }): Promise<AdminCourse> {
  const { database, hints } = parts;
  if (!isUuid(id)) throw noCourse();
  const scopes = await database.transaction(async (transaction): Promise<readonly Scope[]> => {
    // Before the state is read: of two who decide at once the second sees what the first decided.
    await transaction`select 1 from doc_courses where id = ${id} for update`;
    const before = (await readDocuments(transaction, "courses", [id])).get(id) as Course | undefined;
    if (!before) throw noCourse();
    if (before.state === state) return [];
    // An archived course is read by everybody in it: what was never shown to them does not become so by being put away.
    if (state === "archived" && before.state !== "published") throw new CodedError("invalid_input", "Only a course that its students see is archived.", { details: { field: "state" } });
    const after: Course = { ...before, state };
    const written = await writeDocuments(transaction, [{ collection: "courses", document: after }]);
    await writeAudit(transaction, parts, { by, action: "course.state", object: { kind: "course", id }, details: { from: before.state, to: state } });
    return [...written, ...(await followStanding(transaction, before, after))];
  });
  hints.publish(scopes);
  return show(parts, id);
}

/** What an administrator does with courses; who is in one is changed by the routes of the course. */
export function adminCourseRoutes(parts: AdminCourseParts): Route[] {
  const idOf = (request: RouteRequest<unknown, unknown>): string => request.params["id"] ?? "";
  return [
    route({ method: "GET", path: "/api/admin/courses", access: "administrator", summary: "Courses by title, searched and filtered", query: CoursesQuery, answer: CoursesPage, handle: ({ query }) => listCourses(parts.database.sql, query) }),
    route({
      method: "POST", path: "/api/admin/courses", access: "administrator", summary: "Begin a course for somebody who teaches it", body: CourseForSomebody, answer: AdminCourse, bytesMax: BODY_BYTES_MAX,
      handle: (request) => begin(parts, auditActorOf(request), request.body),
    }),
    route({ method: "GET", path: "/api/admin/courses/:id", access: "administrator", summary: "A course and who is in it", answer: AdminCourse, handle: (request) => show(parts, idOf(request)) }),
    route({
      method: "PATCH", path: "/api/admin/courses/:id", access: "administrator", summary: "Archive a course, put it into the bin, or bring it back", body: CourseStateChange, answer: AdminCourse, bytesMax: BODY_BYTES_MAX,
      handle: (request) => setState(parts, auditActorOf(request), { id: idOf(request), state: request.body.state }),
    }),
  ];
}
