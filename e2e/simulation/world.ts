import type { CourseRole } from "@mochila/shared/access/actor.ts";
import { isShown } from "@mochila/shared/courses/schema.ts";
import type { IdSource } from "@mochila/shared/kernel/ids.ts";
import { enrol, unenrol } from "@mochila/sync-server/courses/enrol.ts";
import type { Database } from "@mochila/sync-server/db/database.ts";
import { BEFORE, TODAY } from "./apps.ts";
import { Backup } from "./backup.ts";
import { SimulatedDevice } from "./simulated-device.ts";
import { enrolled, makeSchool, type Person, type School } from "./school.ts";

export type { Person };
import type { Kind } from "./operations.ts";
import { Schedule } from "./schedule.ts";
import type { Seeded } from "./seeded.ts";
import type { Tally } from "./tally.ts";
import type { Server } from "./server.ts";

/** One school of one seed: two courses that people come into and leave, one that only Ana is ever in, and what everybody did. */
export interface World extends School {
  readonly server: Server;
  readonly database: Database;
  readonly schedule: Schedule;
  readonly ids: IdSource;
  readonly random: Seeded;
  readonly tally: Tally;
  readonly devices: readonly SimulatedDevice[];
  /** Of `course/person` now; absent: not in it. */
  readonly roles: Map<string, CourseRole>;
  /** `user/course` of everybody who was ever in it, and ever as staff. */
  readonly everIn: Set<string>;
  readonly everStaff: Set<string>;
  readonly leaks: string[];
  /** What reached the server, in order. */
  readonly trace: readonly string[];
  /** Errors that are no answer. */
  readonly faults: string[];
  readonly backup: Backup;
  /** Texts, and ids of scores, that a restore took for good. */
  readonly excused: Set<string>;
  /** Write transactions that are open: how to end each without its commit. */
  readonly open: Set<() => Promise<void>>;
  enrol(course: string, person: Person, role: CourseRole): Promise<void>;
  leave(course: string, person: Person): Promise<void>;
  /** A text that exists once, to be found again. */
  token(): string;
}

const DEVICES: readonly Person[] = ["ana", "luis", "sofia", "sofia", "ben"];

/** Of devices, where they are updated. */
const OLD = 0.7;

/** Branches of a seed's randomness. Operations have the numbers from 0 on, so that one that is left out changes no other. */
const [IDS, NETWORK, PREPARATION, APPS] = [-1, -2, -3, -4];

export async function createWorld(server: Server, seed: Seeded, { tally, kind }: { tally: Tally; kind: Kind }): Promise<World> {
  const { database } = server;
  const sync = await server.start();
  const schedule = new Schedule();
  const ids = { clock: schedule.clock, random: seed.branch(IDS) };
  let tokens = 0;
  const token = () => `t${seed.seed}-${(tokens += 1)}`;
  const school = await makeSchool(database, { ids, random: seed.branch(PREPARATION), token });
  const { people } = school;
  const [everIn, everStaff] = [new Set<string>(), new Set<string>()];
  const roles = new Map<string, CourseRole>();
  const note = (course: string, person: Person, role: CourseRole) => {
    roles.set(`${course}/${person}`, role);
    everIn.add(`${people[person]}/${course}`);
    if (role === "instructor") everStaff.add(`${people[person]}/${course}`);
  };
  for (const { course, person, role } of enrolled(school)) note(course, person, role);
  const leaks: string[] = [];
  const watch = (userId: string) => (collection: string, document: Record<string, unknown>) => {
    const problem = leakOf({ userId, collection, document, everIn, everStaff });
    if (problem) leaks.push(problem);
  };
  const [trace, faults]: [string[], string[]] = [[], []];
  const backup = new Backup(database, school, roles);
  const network = seed.branch(NETWORK);
  const apps = seed.branch(APPS);
  const anyApp = () => (kind.updates && apps.chance(OLD) ? BEFORE : TODAY);
  const devices: SimulatedDevice[] = [];
  for (const [index, person] of DEVICES.entries()) {
    const userId = people[person];
    devices.push(await SimulatedDevice.open({ name: `device ${index}`, userId, app: anyApp(), sync, schedule, random: network.branch(index), tally, trace, faults, incarnation: () => backup.restores, watch: watch(userId) }));
  }
  return {
    ...school, server, database, schedule, ids, random: seed, tally, devices, roles, everIn, everStaff, leaks, trace, faults, backup, excused: new Set(), open: new Set(), token,
    enrol: async (course, person, role) => {
      note(course, person, role);
      await database.transaction((transaction) => enrol(transaction, { courseId: course, userId: people[person], name: "Somebody", role }));
    },
    leave: async (course, person) => {
      roles.delete(`${course}/${person}`);
      await database.transaction((transaction) => unenrol(transaction, { courseId: course, userId: people[person] }));
    },
  };
}

/** I4: what this document would tell somebody who was never allowed to know it. */
function leakOf({ userId, collection, document, everIn, everStaff }: { userId: string; collection: string; document: Record<string, unknown>; everIn: ReadonlySet<string>; everStaff: ReadonlySet<string> }): string | null {
  // Removals name ids; their secrecy is the business of G4 and A1 of the engine's own tests.
  if (document["_deleted"] === true) return null;
  const place = `${userId}/${String(document["courseId"])}`;
  const told = `${collection} ${String(document["id"])} to ${userId}`;
  if (!everIn.has(place)) return `of a course they were never in: ${told}`;
  if ((collection === "progress" || collection === "drafts") && document["userId"] !== userId) return `of another person: ${told}`;
  const hidden = (collection === "modules" && document["state"] !== "published") || (collection === "courses" && !isShown(document as never));
  return hidden && !everStaff.has(place) ? `not published: ${told}` : null;
}
