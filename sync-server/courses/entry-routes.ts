import { CodedError } from "@mochila/shared/errors.ts";
import { CourseEntry, EntryChange } from "@mochila/shared/courses/entry.ts";
import { isUuid } from "@mochila/shared/kernel/ids.ts";
import { writeAudit } from "../audit/audit.ts";
import type { Transaction } from "../db/database.ts";
import { type Route, route } from "../http/route.ts";
import { change, type CourseDeps, forbidden, manager, type OnCourse } from "./course-deps.ts";
import { enrol } from "./enrol.ts";
import { lockEntry, readEntry, writeEntry } from "./entry.ts";
import { noteJoined } from "./joined.ts";
import { fillSeats, tellOfSeat } from "./waiting.ts";

const BODY_BYTES_MAX = 1_024;

function decide(deps: CourseDeps, { courseId, by }: OnCourse, entry: EntryChange): Promise<CourseEntry> {
  // Places that are over before anybody has one would make every way in say that it is wrong.
  if (typeof entry.placeEndsAt === "number" && entry.placeEndsAt <= deps.clock.now()) throw new CodedError("invalid_input", "The end of the places must still come.", { details: { field: "placeEndsAt" } });
  return change(deps, async (transaction) => {
    await writeEntry(transaction, await lockEntry(transaction, courseId), entry, deps);
    // What was decided, never the code.
    await writeAudit(transaction, deps, { by, action: "course.entry", object: { kind: "course", id: courseId }, details: Object.fromEntries(Object.entries(entry).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))) });
    const scopes = await fillSeats(transaction, deps, courseId);
    return { scopes, result: await readEntry(transaction, courseId) };
  });
}

interface Waiting {
  readonly name: string;
  readonly email: string;
  readonly language: "en" | "es";
}

/** Takes somebody from the list. Throws `forbidden` for who does not wait. */
async function takeFromList(transaction: Transaction, courseId: string, userId: string): Promise<Waiting> {
  const [person] = isUuid(userId)
    ? await transaction<Waiting[]>`
        delete from course_waiting as waiting using person where person.id = waiting.person_id and waiting.course_id = ${courseId} and waiting.person_id = ${userId}
        returning person.name, person.email, person.language`
    : [];
  if (!person) throw forbidden();
  return person;
}

/** Before their turn, and also where no seat is free: who teaches decides that there is room. */
function letInNow(deps: CourseDeps, { courseId, by }: OnCourse, userId: string): Promise<CourseEntry> {
  return change(deps, async (transaction) => {
    await lockEntry(transaction, courseId);
    const person = await takeFromList(transaction, courseId, userId);
    const scopes = await enrol(transaction, { courseId, userId, name: person.name, role: "student" });
    await noteJoined(transaction, { courseId, userId });
    await writeAudit(transaction, deps, { by, action: "member.seat", object: { kind: "person", id: userId }, details: { course: courseId } });
    await tellOfSeat(transaction, deps, courseId, person);
    return { scopes, result: await readEntry(transaction, courseId) };
  });
}

function sendAway(deps: CourseDeps, { courseId, by }: OnCourse, userId: string): Promise<CourseEntry> {
  return change(deps, async (transaction) => {
    await takeFromList(transaction, courseId, userId);
    await writeAudit(transaction, deps, { by, action: "member.unwait", object: { kind: "person", id: userId }, details: { course: courseId } });
    return { scopes: [], result: await readEntry(transaction, courseId) };
  });
}

/** The ways into a course, for who teaches it. */
export function entryRoutes(deps: CourseDeps): Route[] {
  return [
    route({
      method: "GET", path: "/api/courses/:id/entry", access: "person", summary: "The ways into a course, and who waits", answer: CourseEntry,
      handle: async (request) => readEntry(deps.database.sql, manager(request).courseId),
    }),
    route({
      method: "PATCH", path: "/api/courses/:id/entry", access: "person", summary: "Make, renew or end a course code; open the course to the school; seats", body: EntryChange, answer: CourseEntry, bytesMax: BODY_BYTES_MAX,
      handle: (request) => decide(deps, manager(request), request.body),
    }),
    route({
      method: "POST", path: "/api/courses/:id/waiting/:userId", access: "person", summary: "Let somebody who waits into the course now", answer: CourseEntry,
      handle: (request) => letInNow(deps, manager(request), request.params["userId"] ?? ""),
    }),
    route({
      method: "DELETE", path: "/api/courses/:id/waiting/:userId", access: "person", summary: "Take somebody from the waiting list", answer: CourseEntry,
      handle: (request) => sendAway(deps, manager(request), request.params["userId"] ?? ""),
    }),
  ];
}
