import * as z from "zod/mini";
import { type Actor, CourseRole } from "@mochila/shared/access/actor.ts";
import { AddedMember } from "@mochila/shared/courses/added-member.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import { assert } from "@mochila/shared/kernel/assert.ts";
import { isUuid, newId } from "@mochila/shared/kernel/ids.ts";
import { Instant, Language, LocalizedTitle, Uuid } from "@mochila/shared/kernel/schema.ts";
import { type BucketLimit, takeFromBucket } from "../http/rate-bucket.ts";
import { route, type Route, type RouteRequest } from "../http/route.ts";
import { addMember, NewMember } from "./add-member.ts";
import { actorOf, change, type CourseDeps, forbidden, manager } from "./course-deps.ts";
import { createCourse } from "./create-course.ts";
import { changeRole } from "./enrol.ts";
import { lockEntry } from "./entry.ts";
import { entryRoutes } from "./entry-routes.ts";
import { joinRoutes } from "./join-routes.ts";
import { note, type OnMember, roleIn, takeOut } from "./place.ts";
import { fillSeats } from "./waiting.ts";

/** POST /api/courses. `id` is made on the device, so that a repeated request makes no second course. */
const NewCourse = z.strictObject({ id: z.optional(Uuid), title: LocalizedTitle, languages: z.array(Language).check(z.minLength(1), z.maxLength(2)) });
/** Lists of a whole school pass; whoever tries e-mails to learn who has an account is slow. */
const ADDED: BucketLimit = { size: 500, refillMs: 2_000 };

/** PATCH /api/courses/:id/members/:userId */
const MemberChange = z.strictObject({ role: z.optional(CourseRole), endsAt: z.optional(z.nullable(Instant)) });

interface Person {
  readonly id: string;
  readonly name: string;
}

function create(deps: CourseDeps, actor: Actor, body: z.infer<typeof NewCourse>): Promise<{ id: string }> {
  if (actor.systemRole === "student") throw new CodedError("forbidden", "Courses are begun by instructors.");
  const id = body.id ?? newId(deps);
  const languages = [...new Set(body.languages)];
  if (!languages.some((lang) => body.title[lang]?.trim())) throw new CodedError("invalid_input", "A course has a title in one of its languages.", { details: { field: "title" } });
  return change(deps, async (transaction) => {
    const [person] = await transaction<Person[]>`select id, name from person where id = ${actor.userId}::uuid`;
    assert(person, "who acts exists");
    const course = { id, courseId: id, title: body.title, description: {}, languages, state: "draft" as const };
    const scopes = await createCourse(transaction, { course, instructor: { userId: person.id, name: person.name } });
    return { scopes, result: { id } };
  });
}

const memberOf = (request: RouteRequest<unknown, unknown>): OnMember => ({ ...manager(request), userId: request.params["userId"] ?? "" });

/** Only who is in the course now: a person is put into it by their e-mail. Who teaches has no end. */
function changeMember(deps: CourseDeps, { courseId, userId, by }: OnMember, { role: wanted, endsAt }: z.infer<typeof MemberChange>): Promise<{ userId: string; name: string }> {
  if (!isUuid(userId)) throw forbidden();
  if (endsAt !== undefined && endsAt !== null && endsAt <= deps.clock.now()) throw new CodedError("invalid_input", "The day must still come.", { details: { field: "endsAt" } });
  return change(deps, async (transaction) => {
    await lockEntry(transaction, courseId);
    const member = await roleIn(transaction, { courseId, userId });
    if (!member) throw forbidden();
    const role = wanted ?? member.role;
    if (endsAt && role === "instructor") throw new CodedError("invalid_input", "Who teaches has no end; give them another role first.", { details: { field: "endsAt" } });
    const scopes = await changeRole(transaction, { courseId, userId, name: member.name, role, ...(endsAt !== undefined && { endsAt }) });
    if (endsAt !== undefined) await note(transaction, deps, "member.end", { courseId, userId, by, endsAt });
    if (member.role !== role) await note(transaction, deps, "member.role", { courseId, userId, by, from: member.role, role });
    return { scopes: [...scopes, ...(await fillSeats(transaction, deps, courseId))], result: { userId, name: member.name } };
  });
}

function removeMember(deps: CourseDeps, { courseId, userId, by }: OnMember): Promise<{ removed: boolean }> {
  if (!isUuid(userId)) throw forbidden();
  return change<{ removed: boolean }>(deps, async (transaction) => {
    await lockEntry(transaction, courseId);
    const scopes = await takeOut(transaction, deps, { courseId, userId, by });
    if (!scopes) return { scopes: [], result: { removed: false } };
    return { scopes: [...scopes, ...(await fillSeats(transaction, deps, courseId))], result: { removed: true } };
  });
}

/** What the feed cannot do: a course begins here, and who is in it is decided here. */
export function courseRoutes(deps: CourseDeps): Route[] {
  return [
    route({ method: "POST", path: "/api/courses", access: "person", summary: "Begin a course, with oneself as its instructor", body: NewCourse, handle: ({ actor, body }) => create(deps, actorOf(actor), body) }),
    route({
      method: "POST", path: "/api/courses/:id/members", access: "person", summary: "Put a person into a course, or give them another role there", body: NewMember, answer: AddedMember,
      handle: async (request) => {
        const on = manager(request);
        await takeFromBucket(deps.database.sql, `add people ${on.by.userId}`, ADDED, deps.clock.now());
        return addMember(deps, on, request.body);
      },
    }),
    route({
      method: "PATCH", path: "/api/courses/:id/members/:userId", access: "person", summary: "Give a person another role in a course, or an end", body: MemberChange,
      handle: (request) => changeMember(deps, memberOf(request), request.body),
    }),
    route({
      method: "DELETE", path: "/api/courses/:id/members/:userId", access: "person", summary: "Take a person out of a course",
      handle: (request) => removeMember(deps, memberOf(request)),
    }),
    ...entryRoutes(deps),
    ...joinRoutes(deps),
  ];
}
