import type { Scope } from "@mochila/shared/access/scope.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import type { CourseOffer, JoinRequest, OwnJoins } from "@mochila/shared/courses/entry.ts";
import { type Course, isShown } from "@mochila/shared/courses/schema.ts";
import { isInCourse } from "../access/actor.ts";
import { type AuditActor, writeAudit } from "../audit/audit.ts";
import type { Sql, Transaction } from "../db/database.ts";
import { enrol } from "./enrol.ts";
import { countStudents, type EntryRow, isEntered, lockEntry } from "./entry.ts";
import { hasLeftAlone, noteJoined, readJoined } from "./joined.ts";
import { placeOf, type WaitingParts } from "./waiting.ts";

interface Joinable extends EntryRow {
  readonly title: CourseOffer["title"];
  readonly description: CourseOffer["description"];
  readonly state: Course["state"];
}

/** The same for a wrong, an old and a replaced code, a course that is closed and one that is not there. */
const refused = (): CodedError => new CodedError("forbidden", "This opens no course, or not any more.");

/**
 * The course that somebody may join by this. A code also opens a draft, so that a class can come in before the first lesson is ready; a course that is open to
 * the school is one that is shown. Throws `forbidden`.
 */
async function findJoinable(sql: Sql, request: JoinRequest, now: number): Promise<Joinable> {
  const by =
    "code" in request
      ? sql`entry.code = ${request.code} and (entry.code_ends_at is null or entry.code_ends_at > ${new Date(now)}) and ${isEntered(sql, "course")}`
      : sql`entry.course_id = ${request.courseId} and entry.open and course.body ->> 'state' = 'published'`;
  const [found] = await sql<Joinable[]>`
    select entry.*, course.body -> 'title' as title, course.body -> 'description' as description, course.body ->> 'state' as state
    from course_entry as entry join doc_courses as course on course.id = entry.course_id
    where ${by} and not course.deleted and (entry.place_ends_at is null or entry.place_ends_at > ${new Date(now)})`;
  if (!found) throw refused();
  return found;
}

async function readStanding(sql: Sql, course: Joinable, userId: string): Promise<Pick<CourseOffer, "standing" | "place">> {
  const [mine] = await sql<{ in: boolean }[]>`
    select ${isInCourse(sql, "member")} as in from doc_members as member
    where member.course_id = ${course.course_id} and member.owner_id = ${userId} and not member.deleted and (${isInCourse(sql, "member")} or not ${hasLeftAlone(sql, "member")})`;
  if (mine) return { standing: mine.in ? "in" : "ended", place: null };
  const place = await placeOf(sql, course.course_id, userId);
  if (place !== null) return { standing: "waiting", place };
  const isFull = course.seats !== null && (await countStudents(sql, course.course_id)) >= course.seats;
  return { standing: isFull ? "full" : "free", place: null };
}

async function toOffer(sql: Sql, course: Joinable, userId: string): Promise<CourseOffer> {
  const teachers = await sql<{ name: string }[]>`
    select body ->> 'name' as name from doc_members
    where course_id = ${course.course_id} and not deleted and body ->> 'state' = 'active' and body ->> 'role' = 'instructor' order by 1 limit 10`;
  return {
    courseId: course.course_id, title: course.title, description: course.description, teachers: teachers.map(({ name }) => name),
    placeEndsAt: course.place_ends_at?.getTime() ?? null, shown: isShown(course),
    ...(await readStanding(sql, course, userId)),
  };
}

/** Nobody waits in earnest for more. */
const WAITS_MAX = 20;

/** Where this person waits, whatever way they came: the code may have ended since; and where they are by themselves. */
export async function readOwnJoins(sql: Sql, userId: string): Promise<OwnJoins> {
  const rows = await sql<Joinable[]>`
    select entry.*, course.body -> 'title' as title, course.body -> 'description' as description, course.body ->> 'state' as state
    from course_waiting as waiting join course_entry as entry on entry.course_id = waiting.course_id join doc_courses as course on course.id = waiting.course_id
    where waiting.person_id = ${userId} and ${isEntered(sql, "course")} order by waiting.since, waiting.course_id limit ${WAITS_MAX}`;
  const courses: CourseOffer[] = [];
  for (const row of rows) courses.push(await toOffer(sql, row, userId));
  return { courses, joined: await readJoined(sql, userId) };
}

export interface JoinTry {
  readonly request: JoinRequest;
  readonly userId: string;
}

/** What it is, before anybody joins. Throws `forbidden`. */
export const lookAtOffer = async (sql: Sql, { request, userId }: JoinTry, now: number): Promise<CourseOffer> => toOffer(sql, await findJoinable(sql, request, now), userId);

/**
 * Joins as a student, or waits where no seat is free; again changes nothing, who is in the course in another role keeps it, and who was in it and is no longer stays outside, unless they left by themselves. Seats are counted under the lock
 * of the course's entry. Throws `forbidden`. Returns the scopes to publish after the commit.
 */
export async function join(transaction: Transaction, parts: WaitingParts, { request, userId, by }: JoinTry & { by: AuditActor }): Promise<{ scopes: Scope[]; offer: CourseOffer }> {
  const now = parts.clock.now();
  const { course_id: courseId } = await findJoinable(transaction, request, now);
  await lockEntry(transaction, courseId);
  // Again: the code may have been renewed while this waited for the lock.
  const course = await findJoinable(transaction, request, now);
  const { standing } = await readStanding(transaction, course, userId);
  const audit = (action: "member.join" | "member.wait") =>
    writeAudit(transaction, parts, { by, action, object: { kind: "person", id: userId }, details: { course: courseId, by: "code" in request ? "code" : "catalogue" } });
  let scopes: Scope[] = [];
  if (standing === "free") {
    const [person] = await transaction<{ name: string }[]>`select name from person where id = ${userId}`;
    scopes = await enrol(transaction, { courseId, userId, name: person?.name ?? "", role: "student" });
    await noteJoined(transaction, { courseId, userId });
    await audit("member.join");
  }
  if (standing === "full") {
    await transaction`insert into course_waiting (course_id, person_id, since) values (${courseId}, ${userId}, ${new Date(now)})`;
    await audit("member.wait");
  }
  return { scopes, offer: await toOffer(transaction, course, userId) };
}
