import { join } from "node:path";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import type { Localized } from "@mochila/shared/kernel/schema.ts";
import type { SystemRole } from "@mochila/shared/access/actor.ts";
import { assert } from "@mochila/shared/kernel/assert.ts";
import type { Database } from "../db/database.ts";
import type { BlobStore } from "../files/blob-store.ts";
import type { Hints } from "../sync/hints.ts";
import { createPerson, type NewPerson } from "../users/people.ts";
import { writeSetting } from "../users/school-settings.ts";
import { readCourseFolder } from "./course-folder.ts";
import { type CoursePlan, planCourse } from "./course-plan.ts";
import { importCourse } from "./import-course.ts";

export interface SeedDeps {
  readonly database: Database;
  readonly blobs: BlobStore;
  readonly hints: Pick<Hints, "publish">;
  readonly clock: Clock;
  readonly random: Random;
  /** Of a password, as the sign-in checks it. */
  hashPassword(password: string): Promise<string>;
  readonly production: boolean;
  /** The folder that holds the demo courses, `infra/seed`. */
  readonly folder: string;
}

const PASSWORD = "mochila-demo";
const person = (email: string, name: string, systemRole: SystemRole, language: "en" | "es") => ({ email: `${email}@demo.school`, name, systemRole, language });
const PEOPLE = [
  person("admin", "Admin", "administrator", "en"),
  person("ana", "Ana Torres", "instructor", "es"),
  person("luis", "Luis Ferrer", "instructor", "es"),
  person("sofia", "Sofía Ruiz", "student", "es"),
  person("ben", "Ben Carter", "student", "en"),
  person("mei", "Mei Lin", "student", "en"),
];

interface DemoCourse {
  readonly folder: string;
  readonly title: Localized<string>;
  readonly description: Localized<string>;
  readonly students: readonly string[];
}

const COURSES: readonly DemoCourse[] = [
  {
    folder: "water-where-we-live",
    title: { en: "Water where we live", es: "El agua donde vivimos" },
    description: {
      en: "Where the water in your well or tap comes from, how much a roof collects, and how to make water safe to drink.",
      es: "De dónde viene el agua de tu pozo o de tu grifo, cuánta recoge un techo y cómo hacerla segura para beber.",
    },
    students: ["sofia@demo.school", "ben@demo.school", "mei@demo.school"],
  },
  {
    folder: "maps-and-directions",
    title: { en: "Maps and directions", es: "Mapas y rumbos" },
    description: {
      en: "Read a map, judge a slope before you climb it, keep a direction, and explain a way so that a stranger arrives.",
      es: "Leer un mapa, juzgar una ladera antes de subirla, mantener un rumbo y explicar un camino para que llegue alguien de fuera.",
    },
    students: ["sofia@demo.school", "ben@demo.school"],
  },
];

/** All the people in one transaction, only where nobody is: two servers that start at once make one school. */
function makePeople({ database }: SeedDeps, people: readonly NewPerson[]): Promise<boolean> {
  return database.transaction(async (transaction) => {
    await transaction`select pg_advisory_xact_lock(10)`;
    const [anyone] = await transaction`select 1 from person limit 1`;
    const [course] = await transaction`select 1 from doc_courses limit 1`;
    if (anyone || course) return false;
    for (const one of people) await createPerson(transaction, one);
    // So that whoever tries Mochila can make an account too; a real school decides.
    await writeSetting(transaction, "signUp", "open", null);
    return true;
  });
}

async function hasPeople({ database }: SeedDeps): Promise<boolean> {
  const [anyone] = await database.sql`select 1 from person limit 1`;
  return anyone !== undefined;
}

/** A start that was killed between the people and a course finds its people and goes on. */
async function isUnfinished({ database }: SeedDeps): Promise<boolean> {
  const [row] = await database.sql<{ demo: number; others: number; imported: number }[]>`
    select (select count(*)::int from person where email = any(${PEOPLE.map(({ email }) => email)})) as demo,
      (select count(*)::int from person where email <> all(${PEOPLE.map(({ email }) => email)})) as others,
      (select count(*)::int from import_course where source_key = any(${COURSES.map(({ folder }) => `demo:${folder}`)})) as imported`;
  return row?.demo === PEOPLE.length && row.others === 0 && row.imported < COURSES.length;
}

/**
 * Fills an empty database with the demo school: six people and two courses in both languages. Does nothing where anyone exists.
 * Returns whether it did. The password of the demo is public, so that production is a fault of the caller.
 */
export async function seedDemo(deps: SeedDeps): Promise<boolean> {
  assert(!deps.production, "the demo school is never made in production");
  if ((await hasPeople(deps)) && !(await isUnfinished(deps))) return false;
  // What is slow comes before any transaction.
  const passwordHash = await Promise.all(PEOPLE.map(() => deps.hashPassword(PASSWORD)));
  const plans: CoursePlan[] = [];
  for (const { folder } of COURSES) plans.push(planCourse(await readCourseFolder(join(deps.folder, folder), `demo:${folder}`)));
  const made = await makePeople(deps, PEOPLE.map((one, index) => ({ id: newId(deps), ...one, passwordHash: passwordHash[index] ?? "" })));
  if (!made && !(await isUnfinished(deps))) return false;
  for (const [index, plan] of plans.entries()) {
    const course = COURSES[index];
    assert(course, "a plan for each course");
    const people = { instructors: ["ana@demo.school", "luis@demo.school"], students: course.students };
    await importCourse(deps, plan, { by: { userId: null }, title: course.title, description: course.description, people });
  }
  return true;
}
