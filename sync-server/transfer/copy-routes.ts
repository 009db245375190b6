import { type Actor, isInstructor } from "@mochila/shared/access/actor.ts";
import { CopyRequest, CourseCopy } from "@mochila/shared/courses/copy.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import { assert } from "@mochila/shared/kernel/assert.ts";
import { isUuid } from "@mochila/shared/kernel/ids.ts";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import { actorOf } from "../courses/course-deps.ts";
import { personNamed } from "../courses/named.ts";
import type { Database } from "../db/database.ts";
import { type Route, route } from "../http/route.ts";
import { addCopy, readCopy } from "./copy-job.ts";

export interface CopyRoutesParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly onWork: () => void;
}

const BODY_BYTES_MAX = 8 * 1024;
/** Each copy is minutes of work for a large course. */
const COPIES_PER_MINUTE_MAX = 5;

const noCopy = (): CodedError => new CodedError("forbidden", "There is no such copy.");

async function show(database: Database, id: string): Promise<CourseCopy> {
  const copy = await readCopy(database.sql, id);
  assert(copy, "it was just asked for");
  return { id: copy.id, state: copy.state, done: copy.done, total: copy.total };
}

async function ask(parts: CopyRoutesParts, { actor, courseId, body }: { actor: Actor; courseId: string; body: CopyRequest }): Promise<CourseCopy> {
  const { database, onWork } = parts;
  if (!isUuid(courseId) || (!isInstructor(actor, courseId) && actor.systemRole !== "administrator")) throw noCopy();
  if (actor.systemRole === "student") throw new CodedError("forbidden", "Courses are begun by instructors.");
  if (body.instructor !== undefined && actor.systemRole !== "administrator") throw new CodedError("forbidden", "Only an administrator gives a course to somebody else.");
  if (!Object.values(body.title).some((title) => title?.trim())) throw new CodedError("invalid_input", "A course has a title in one of its languages.", { details: { field: "title" } });
  await database.transaction(async (transaction) => {
    const [source] = await transaction`select 1 from doc_courses where id = ${courseId} and not deleted for share`;
    const [taken] = await transaction`select 1 from doc_courses where id = ${body.id}`;
    if (!source) throw noCopy();
    const instructorId = body.instructor === undefined ? actor.userId : (await personNamed(transaction, body.instructor)).id;
    const isNew = await addCopy(transaction, parts, { id: body.id, source_id: courseId, title: body.title, by_id: actor.userId, instructor_id: instructorId });
    const known = isNew ? null : await readCopy(transaction, body.id);
    if (isNew ? taken : known?.by !== actor.userId || known.source !== courseId) throw new CodedError("forbidden", "This id stands for something else already.");
  });
  onWork();
  return show(database, body.id);
}

/** Copies of courses, for who teaches them and administrators. */
export function copyRoutes(parts: CopyRoutesParts): Route[] {
  return [
    route({
      method: "POST", path: "/api/courses/:id/copy", access: "person", summary: "Copy a course: its modules, pages and texts, as a draft, without its people", body: CopyRequest, answer: CourseCopy,
      bytesMax: BODY_BYTES_MAX, perMinuteMax: COPIES_PER_MINUTE_MAX,
      handle: (request) => ask(parts, { actor: actorOf(request.actor), courseId: request.params["id"] ?? "", body: request.body }),
    }),
    route({
      method: "GET", path: "/api/course-copies/:id", access: "person", summary: "How far a copy of a course is", answer: CourseCopy,
      handle: async ({ actor, params }) => {
        const id = params["id"] ?? "";
        const copy = isUuid(id) ? await readCopy(parts.database.sql, id) : null;
        if (!copy || (copy.by !== actor?.userId && actor?.systemRole !== "administrator")) throw noCopy();
        return show(parts.database, id);
      },
    }),
  ];
}
