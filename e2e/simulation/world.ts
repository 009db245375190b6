import type { CourseRole } from "@mochila/shared/access/actor.ts";
import { type IdSource, newId } from "@mochila/shared/kernel/ids.ts";
import type { SyncedDocument } from "@mochila/shared/sync/collection.ts";
import { createTestSchool, type TestSchool } from "@mochila/sync-server/sync/test-school.ts";
import { writeDocuments } from "@mochila/sync-server/sync/write-documents.ts";
import type { Database } from "@mochila/sync-server/db/database.ts";
import type { Tally } from "./faulty-link.ts";
import { withGates } from "./held-pull.ts";
import { Schedule } from "./schedule.ts";
import type { Seeded } from "./seeded.ts";
import { SimulatedDevice } from "./simulated-device.ts";

export type Person = "ana" | "luis" | "sofia" | "ben";

/** One school of one seed: two courses that people come into and leave, one that only Ana is ever in, and what everybody did. */
export interface World {
  readonly school: TestSchool;
  readonly schedule: Schedule;
  readonly ids: IdSource;
  readonly random: Seeded;
  readonly tally: Tally;
  readonly people: Record<Person, string>;
  readonly courses: readonly string[];
  /** Only Ana's: nothing of it may reach anybody else. */
  readonly closed: string;
  readonly devices: readonly SimulatedDevice[];
  /** `user/course` of everybody who was ever in it, and ever as staff. */
  readonly everIn: Set<string>;
  readonly everStaff: Set<string>;
  readonly leaks: string[];
  /** What reached the server, in order. */
  readonly trace: readonly string[];
  /** Errors of the server that are no answer. */
  readonly faults: readonly string[];
  enrol(course: string, person: Person, role: CourseRole): Promise<void>;
  /** A text that exists once, to be found again. */
  token(): string;
}

const DEVICES: readonly Person[] = ["ana", "luis", "sofia", "sofia", "ben"];

/** Branches of a seed's randomness. Operations have the numbers from 0 on, so that one that is left out changes no other. */
const [IDS, NETWORK, PREPARATION] = [-1, -2, -3];

export async function createWorld(database: Database, seed: Seeded, tally: Tally): Promise<World> {
  const schedule = new Schedule();
  const random = seed.branch(PREPARATION);
  const ids = { clock: schedule.clock, random: seed.branch(IDS) };
  const school = await createTestSchool(withGates(database), { ids });
  const people = { ana: await school.person("instructor"), luis: await school.person("instructor"), sofia: await school.person(), ben: await school.person() };
  const [everIn, everStaff] = [new Set<string>(), new Set<string>()];
  const courses = [await school.course(), await school.course()];
  const closed = await school.course();
  const enrol = async (course: string, person: Person, role: CourseRole) => {
    everIn.add(`${people[person]}/${course}`);
    if (role === "instructor") everStaff.add(`${people[person]}/${course}`);
    await school.enrol(course, people[person], role);
  };
  await enrol(closed, "ana", "instructor");
  for (const course of courses) for (const person of ["ana", "luis", "sofia", "ben"] as const) if (person !== "ben" || course === courses[0]) await enrol(course, person, person === "sofia" || person === "ben" ? "student" : "instructor");
  const leaks: string[] = [];
  let tokens = 0;
  const token = () => `t${seed.seed}-${(tokens += 1)}`;
  const module = (courseId: string) => ({ id: newId(ids), courseId, title: { en: token() }, order: "V", state: random.chance(0.6) ? "published" : "draft" });
  const modules = [...courses, closed].flatMap((courseId) => Array.from({ length: 3 }, () => ({ collection: "modules", document: module(courseId) })));
  await database.transaction((transaction) => writeDocuments(transaction, modules));
  const watch = (userId: string) => (collection: string, document: Record<string, unknown>) => {
    const problem = leakOf({ userId, collection, document, everIn, everStaff });
    if (problem) leaks.push(problem);
  };
  const network = seed.branch(NETWORK);
  const devices: SimulatedDevice[] = [];
  const trace: string[] = [];
  const faults: string[] = [];
  for (const [index, person] of DEVICES.entries()) {
    devices.push(await SimulatedDevice.open({ name: `device ${index}`, userId: people[person], school, schedule, random: network.branch(index), tally, trace, faults, watch: watch(people[person]) }));
  }
  return { school, schedule, ids, random, tally, people, courses, closed, devices, everIn, everStaff, leaks, trace, faults, enrol, token };
}

/** I4: what this document would tell somebody who was never allowed to know it. */
function leakOf({ userId, collection, document, everIn, everStaff }: { userId: string; collection: string; document: Record<string, unknown>; everIn: ReadonlySet<string>; everStaff: ReadonlySet<string> }): string | null {
  // Removals name ids; their secrecy is the business of G4 and A1 of the engine's own tests.
  if (document["_deleted"] === true) return null;
  const place = `${userId}/${String(document["courseId"])}`;
  const told = `${collection} ${String(document["id"])} to ${userId}`;
  if (!everIn.has(place)) return `of a course they were never in: ${told}`;
  if ((collection === "progress" || collection === "drafts") && document["userId"] !== userId) return `of another person: ${told}`;
  if ((collection === "modules" || collection === "courses") && document["state"] !== "published" && !everStaff.has(place)) return `not published: ${told}`;
  return null;
}

/**
 * The oracle: what a person sees, from the documents and who is in which course alone. It knows nothing of scopes, grants or feeds,
 * so that they cannot be wrong together.
 */
export async function visibleTo(database: Database, userId: string): Promise<Map<string, SyncedDocument[]>> {
  const role = database.sql`select course_id, body ->> 'role' as role from doc_members where owner_id = ${userId} and not deleted and body ->> 'state' = 'active'`;
  const read = async (collection: string, rows: PromiseLike<readonly { id: string; rev: string; body: Record<string, unknown> }[]>) =>
    [collection, (await rows).map(({ id, rev, body }) => ({ id, ...body, rev }))] as const;
  const { sql } = database;
  const ofCourse = (table: string) => sql<{ id: string; rev: string; body: Record<string, unknown> }[]>`
    with mine as (${role}) select id, rev, body from ${sql(table)} as doc join mine on mine.course_id = doc.course_id
    where not doc.deleted and (${table} = 'doc_members' or doc.body ->> 'state' = 'published' or mine.role in ('instructor', 'assistant'))`;
  const own = (table: string) => sql<{ id: string; rev: string; body: Record<string, unknown> }[]>`select id, rev, body from ${sql(table)} where owner_id = ${userId} and not deleted`;
  return new Map(
    await Promise.all([
      ...["courses", "members", "modules", "items"].map((name) => read(name, ofCourse(`doc_${name}`))),
      ...["progress", "drafts"].map((name) => read(name, own(`doc_${name}`))),
    ]),
  );
}
