// A school in which every relation of `declaration.ts` is there: people, courses, pages, private documents; and places as a caller sees them.
import { assert } from "@mochila/shared/kernel/assert.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import { systemRandom } from "@mochila/shared/kernel/random.ts";
import { registry } from "@mochila/shared/registry.ts";
import { createCourse } from "../courses/create-course.ts";
import { enrol, unenrol } from "../courses/enrol.ts";
import { newCode } from "../courses/entry.ts";
import type { Transaction } from "../db/database.ts";
import { Passwords } from "../users/password.ts";
import { writeSetting } from "../users/school-settings.ts";
import { createPerson } from "../users/people.ts";
import { EXISTING, type Place, type Relation, type SchoolFacts, type Standing } from "./declaration.ts";
import { openApplication, ORIGIN, type TestApplication } from "./test-application.ts";
import { type Caller, makeCallers } from "./test-callers.ts";
import { type CourseName, courseStates, coursesOf, factsOf, type PersonName, personNames, roleIn } from "./test-people.ts";
import { type MadeSpot, makeSpot, spots } from "./test-places.ts";

const PASSWORD = "the password of everybody";
const emailOf = (name: PersonName): string => `${name.toLowerCase()}@matrix.test`;

export interface School {
  readonly application: TestApplication;
  readonly callers: readonly Caller[];
  readonly facts: SchoolFacts;
  placeOf(caller: Caller, relation: Relation): Place;
  standingsOf(caller: Caller, relation: Relation): ReadonlySet<Standing>;
}

export async function openSchool(): Promise<School> {
  const application = await openApplication();
  const { database, blobs } = application;
  const passwordHash = await new Passwords().hash(PASSWORD);
  const personIds = new Map(personNames.map((name) => [name, newId()]));
  const courseIds = new Map((Object.keys(courseStates) as CourseName[]).map((name) => [name, newId()]));
  const copyIds = new Map(personNames.map((name) => [name, newId()]));
  const pictureIds = new Map(personNames.map((name) => [name, newId()]));
  const face = await blobs.put(Buffer.from("a face"));
  const made = await database.transaction(async (transaction) => {
    for (const [name, id] of personIds) await createPerson(transaction, { id, email: emailOf(name), name, systemRole: factsOf(name).systemRole, language: "en", passwordHash });
    for (const course of courseIds.keys()) await makeCourse(transaction, course, { personIds, courseIds });
    for (const id of personIds.values()) await makeOwnCopy(transaction, id);
    for (const [name, id] of copyIds) await makeCourseCopy(transaction, id, { by: personIds.get(name) ?? "", of: courseIds.get("main") ?? "" });
    for (const [name, id] of pictureIds) await transaction`update person set picture_id = ${id}, picture_hash = ${face}, picture_type = 'image/png' where id = ${personIds.get(name) ?? ""}`;
    await writeSetting(transaction, "signUp", "open", null);
    const courseCodes = await openCourses(transaction, courseIds, personIds.get("waiting") ?? "");
    const madeSpots = new Map<Relation, MadeSpot>();
    for (const relation of EXISTING) madeSpots.set(relation, await makeSpot({ transaction, personIds, courseIds, courseCodes, put: (bytes) => blobs.put(bytes) }, relation));
    return madeSpots;
  });
  const { callers, sessionIds, colleagueHeaders, pendingToken } = await makeCallers(application, { personIds, password: PASSWORD, emailOf });
  const { factorIds, importId } = await database.transaction((transaction) => makeFactors(transaction, personIds));
  const staffCheckpoints = await checkpointsOf(application, colleagueHeaders);
  return {
    application, callers, standingsOf,
    facts: {
      password: PASSWORD, pendingToken, staffCheckpoint: (collection) => staffCheckpoints.get(collection) ?? "", newId: () => newId(), newEmail: () => `${newId()}@matrix.test`,
    },
    placeOf: (caller, relation) => {
      if (relation === "missing" || relation === "malformed") return nowhere(relation);
      const spot = made.get(relation);
      assert(spot, `something stands at ${relation}`);
      const { uploads, streams, ...ids } = spot;
      const about = spots[relation].person ?? caller.self;
      const owner = spots[relation].owner ?? caller.self;
      return {
        ...ids, relation, ownerId: personIds.get(owner) ?? "", uploadId: uploads.get(owner) ?? "", streamId: streams.get(owner) ?? "",
        waitingId: personIds.get("waiting") ?? "", freshId: newId(), importId,
        person: { id: personIds.get(about) ?? "", email: emailOf(about), sessionId: sessionIds.get(about) ?? newId(), factorId: factorIds.get(about) ?? newId(), copyId: copyIds.get(about) ?? newId(), pictureId: pictureIds.get(about) ?? newId() },
      };
    },
  };
}

/** Half-way through the first pull of each collection, as a device of who is signed in has it. */
async function checkpointsOf({ app }: TestApplication, signedIn: Readonly<Record<string, string>>): Promise<Map<string, string>> {
  const pulls = registry.map(({ name, version }) => ({ collection: name, checkpoint: null, limit: 1, version }));
  const headers = { host: new URL(ORIGIN).host, "content-type": "application/json", ...signedIn };
  const answer = await app.hono.request(`${ORIGIN}/api/sync/pull`, { method: "POST", headers, body: JSON.stringify({ pulls }) });
  const { results } = (await answer.json()) as { results: { collection: string; checkpoint?: string | null }[] };
  return new Map(results.map(({ collection, checkpoint }) => [collection, checkpoint ?? ""]));
}

const LEFT_AT = new Date(Date.UTC(2026, 9, 1));

async function makeCourse(transaction: Transaction, course: CourseName, { personIds, courseIds }: { personIds: ReadonlyMap<PersonName, string>; courseIds: ReadonlyMap<CourseName, string> }): Promise<void> {
  const id = courseIds.get(course) ?? "";
  const members = personNames.filter((name) => coursesOf(factsOf(name)).includes(course)).map((name) => ({ courseId: id, userId: personIds.get(name) ?? "", name, role: factsOf(name).role }));
  const instructor = members.find(({ role }) => role === "instructor");
  assert(instructor, "a course has an instructor");
  await createCourse(transaction, { course: { id, courseId: id, title: { en: course }, description: {}, languages: ["en"], state: courseStates[course] }, instructor });
  for (const member of members) await enrol(transaction, member);
  for (const { name, userId } of members) if (factsOf(name).became === "unenrolled") await unenrol(transaction, { courseId: id, userId });
  // Before the day on which the matrix asks: what they did while they were in still counts (E-13).
  await transaction`update doc_history set at = ${LEFT_AT} where body ->> 'courseId' = ${id} and document in (select id from doc_members where course_id = ${id} and body ->> 'state' = 'left')`;
}

/** A copy of somebody's data that waits to be fetched. */
async function makeOwnCopy(transaction: Transaction, personId: string): Promise<void> {
  const id = newId();
  await transaction`insert into data_export (id, person_id, asked_at, next_try_at, ready_at, expires_at, bytes) values (${id}, ${personId}, now(), now(), now(), now() + interval '1 day', 1)`;
  await transaction`insert into data_export_part (export_id, number, bytes) values (${id}, 0, '\\x00')`;
}

/** A copy of a course that somebody asked for. */
const makeCourseCopy = (transaction: Transaction, id: string, { by, of }: { by: string; of: string }) => transaction`
  insert into course_copy (id, source_id, title, by_id, instructor_id, state, created_at, ended_at) values (${id}, ${of}, ${transaction.json({ en: "Copy" })}, ${by}, ${by}, 'done', now(), now())`;

/** After everybody has signed in without one: a second factor of each; and an import that was stopped. */
async function makeFactors(transaction: Transaction, personIds: ReadonlyMap<PersonName, string>): Promise<{ factorIds: Map<PersonName, string>; importId: string }> {
  const factorIds = new Map(personNames.map((name) => [name, newId()]));
  const importId = newId();
  for (const [name, id] of factorIds) {
    if (name === "halfway") continue;
    await transaction`insert into second_factor (id, person_id, kind, name, created_at, sealed_secret, last_step) values (${id}, ${personIds.get(name) ?? ""}, 'totp', '', now(), '\\x00', 0)`;
  }
  await transaction`insert into people_import (id, file_name, state, created_at) values (${importId}, 'people.csv', 'canceled', now())`;
  return { factorIds, importId };
}

/** A code for each course, and somebody who waits. */
async function openCourses(transaction: Transaction, courseIds: ReadonlyMap<CourseName, string>, waiting: string): Promise<Map<CourseName, string>> {
  const codes = new Map<CourseName, string>();
  for (const [name, id] of courseIds) {
    const code = newCode(systemRandom);
    codes.set(name, code);
    // One seat, which is taken: else who waits would be let in by the sweeper in the middle of the matrix.
    await transaction`insert into course_entry (course_id, code, seats) values (${id}, ${code}, 1) on conflict (course_id) do update set code = excluded.code, seats = excluded.seats`;
    await transaction`insert into course_waiting (course_id, person_id, since) values (${id}, ${waiting}, now())`;
  }
  return codes;
}

/** Ids that nothing has; the e-mail of somebody who is there, so that it is the object that is missing. */
function nowhere(relation: "missing" | "malformed"): Place {
  const id = (): string => (relation === "missing" ? newId() : "no-id");
  const person = { id: id(), email: emailOf("peer"), sessionId: id(), factorId: id(), copyId: id(), pictureId: id() };
  return { relation, courseId: id(), moduleId: id(), pageId: id(), groupId: id(), fileId: id(), hash: "0".repeat(64), person, ownerId: id(), uploadId: id(), streamId: id(), waitingId: id(), importId: id(), freshId: newId(), courseCode: newCode(systemRandom) };
}

function standingsOf(caller: Caller, relation: Relation): ReadonlySet<Standing> {
  const standings = new Set<Standing>(["anyone"]);
  if (caller.self === "halfway") standings.add("halfway");
  if (caller.isOperator) standings.add("operator");
  if (!caller.signedIn) return standings;
  const { systemRole } = factsOf(caller.self);
  standings.add("person");
  if (systemRole !== "student") standings.add("author");
  if (systemRole === "administrator") standings.add("administrator");
  if (relation === "missing" || relation === "malformed") return standings;
  const { course, owner } = spots[relation];
  const role = roleIn(caller.self, course);
  const owns = owner === null || owner === caller.self;
  if (owns) standings.add("owner");
  if (role !== null) standings.add(role);
  if (owns && role !== null) standings.add("owningMember");
  if (owns && role === "instructor") standings.add("teachingOwner");
  return standings;
}
