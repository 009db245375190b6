import * as z from "zod/mini";
import { type Actor, CourseRole, mayTeach } from "@mochila/shared/access/actor.ts";
import type { Scope } from "@mochila/shared/access/scope.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import { assert } from "@mochila/shared/kernel/assert.ts";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import { isUuid, newId } from "@mochila/shared/kernel/ids.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import { Language, LocalizedTitle, Uuid } from "@mochila/shared/kernel/schema.ts";
import { Email } from "@mochila/shared/users/session.ts";
import type { Database, Transaction } from "../db/database.ts";
import { route, type Route } from "../http/route.ts";
import type { Hints } from "../sync/hints.ts";
import { createCourse } from "./create-course.ts";
import { changeRole, unenrol } from "./enrol.ts";
import { personNamed } from "./named.ts";

export interface CourseDeps {
  readonly database: Database;
  readonly hints: Hints;
  readonly clock: Clock;
  readonly random: Random;
}

/** POST /api/courses. `id` is made on the device, so that a repeated request makes no second course. */
const NewCourse = z.strictObject({ id: z.optional(Uuid), title: LocalizedTitle, languages: z.array(Language).check(z.minLength(1), z.maxLength(2)) });
/** POST /api/courses/:id/members. Somebody who is in the course already gets the new role. */
const NewMember = z.strictObject({ email: Email, role: CourseRole });

/** PATCH /api/courses/:id/members/:userId */
const RoleChange = z.strictObject({ role: CourseRole });

interface Person {
  readonly id: string;
  readonly name: string;
}

const forbidden = (): CodedError => new CodedError("forbidden", "Only who teaches the course may change who is in it.");

function actorOf(actor: Actor | null): Actor {
  assert(actor, "the route is for persons");
  return actor;
}

/** Who teaches the course; an administrator too, so that a course whose instructor has gone can be given to another. */
function checkMayManage(actor: Actor, courseId: string): void {
  if (!isUuid(courseId) || (!mayTeach(actor, courseId) && actor.systemRole !== "administrator")) throw forbidden();
}

async function checkCourseExists(transaction: Transaction, courseId: string): Promise<void> {
  const [course] = await transaction`select 1 from doc_courses where id = ${courseId}::uuid and not deleted`;
  if (!course) throw forbidden();
}

/** Runs in one transaction and tells the devices after the commit. */
async function change<Result>({ database, hints }: CourseDeps, work: (transaction: Transaction) => Promise<{ scopes: Scope[]; result: Result }>): Promise<Result> {
  const { scopes, result } = await database.transaction(work);
  hints.publish(scopes);
  return result;
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

function addMember(deps: CourseDeps, { actor, courseId, body }: { actor: Actor; courseId: string; body: z.infer<typeof NewMember> }): Promise<{ userId: string; name: string }> {
  checkMayManage(actor, courseId);
  return change(deps, async (transaction) => {
    await checkCourseExists(transaction, courseId);
    const person = await personNamed(transaction, body.email);
    const scopes = await changeRole(transaction, { courseId, userId: person.id, name: person.name, role: body.role });
    return { scopes, result: { userId: person.id, name: person.name } };
  });
}

/** Only who is in the course now: a person is put into it by their e-mail. */
function giveRole(deps: CourseDeps, { actor, courseId, userId, role }: { actor: Actor; courseId: string; userId: string; role: CourseRole }): Promise<{ userId: string; name: string }> {
  checkMayManage(actor, courseId);
  if (!isUuid(userId)) throw forbidden();
  return change(deps, async (transaction) => {
    const [member] = await transaction<Person[]>`
      select person.id, person.name from doc_members as member join person on person.id = member.owner_id
      where member.course_id = ${courseId}::uuid and member.owner_id = ${userId}::uuid and not member.deleted and member.body ->> 'state' = 'active'`;
    if (!member) throw forbidden();
    const scopes = await changeRole(transaction, { courseId, userId, name: member.name, role });
    return { scopes, result: { userId, name: member.name } };
  });
}

function removeMember(deps: CourseDeps, { actor, courseId, userId }: { actor: Actor; courseId: string; userId: string }): Promise<{ removed: boolean }> {
  checkMayManage(actor, courseId);
  if (!isUuid(userId)) throw forbidden();
  return change(deps, async (transaction) => {
    const scopes = await unenrol(transaction, { courseId, userId });
    return { scopes, result: { removed: scopes.length > 0 } };
  });
}

/** What the feed cannot do: a course begins here, and who is in it is decided here. */
export function courseRoutes(deps: CourseDeps): Route[] {
  return [
    route({ method: "POST", path: "/api/courses", access: "person", summary: "Begin a course, with oneself as its instructor", body: NewCourse, handle: ({ actor, body }) => create(deps, actorOf(actor), body) }),
    route({
      method: "POST",
      path: "/api/courses/:id/members",
      access: "person",
      summary: "Put a person into a course, or give them another role there",
      body: NewMember,
      handle: ({ actor, body, params }) => addMember(deps, { actor: actorOf(actor), courseId: params["id"] ?? "", body }),
    }),
    route({
      method: "PATCH",
      path: "/api/courses/:id/members/:userId",
      access: "person",
      summary: "Give a person another role in a course",
      body: RoleChange,
      handle: ({ actor, body, params }) => giveRole(deps, { actor: actorOf(actor), courseId: params["id"] ?? "", userId: params["userId"] ?? "", role: body.role }),
    }),
    route({
      method: "DELETE",
      path: "/api/courses/:id/members/:userId",
      access: "person",
      summary: "Take a person out of a course",
      handle: ({ actor, params }) => removeMember(deps, { actor: actorOf(actor), courseId: params["id"] ?? "", userId: params["userId"] ?? "" }),
    }),
  ];
}
