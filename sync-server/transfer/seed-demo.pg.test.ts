import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { systemClock } from "@mochila/shared/kernel/clock.ts";
import { systemRandom } from "@mochila/shared/kernel/random.ts";
import { loadActor } from "../access/actor.ts";
import type { Database } from "../db/database.ts";
import { createTestDatabase } from "../db/test-database.ts";
import { FolderBlobStore } from "../files/blob-store.ts";
import { Passwords } from "../users/password.ts";
import { seedDemo, type SeedDeps } from "./seed-demo.ts";

let database: Database;
let drop: () => Promise<void>;
let deps: SeedDeps;
const passwords = new Passwords();

beforeAll(async () => {
  ({ database, drop } = await createTestDatabase());
  const kept = await mkdtemp(join(tmpdir(), "mochila-seed-"));
  const blobs = new FolderBlobStore({ folder: kept, random: systemRandom });
  const folder = join(import.meta.dirname, "../../infra/seed");
  deps = { database, blobs, hints: { publish: () => undefined }, clock: systemClock, random: systemRandom, hashPassword: (password) => passwords.hash(password), production: false, folder };
  return () => rm(kept, { recursive: true });
});
afterAll(() => drop());

const people = async () => database.sql<{ id: string; email: string; password_hash: string }[]>`select id, email, password_hash from person order by email`;

test("never in production", async () => {
  await expect(seedDemo({ ...deps, production: true })).rejects.toThrow(/never/u);
  expect(await people()).toEqual([]);
});

test("two servers that start at once make one school, as the contract has it, in both languages", async () => {
  expect((await Promise.all([seedDemo(deps), seedDemo(deps)])).length).toBe(2);
  const rows = await people();
  expect(rows.map(({ email }) => email.split("@")[0])).toEqual(["admin", "ana", "ben", "luis", "mei", "sofia"]);
  for (const { password_hash } of rows) expect(await passwords.matches("mochila-demo", password_hash)).toBe(true);
  const courses = Object.fromEntries(await Promise.all(rows.map(async ({ id, email }) => [email.split("@")[0], [...(await loadActor(database.sql, id)).courses.values()].join()])));
  expect(courses).toEqual({ admin: "", ana: "instructor,instructor", luis: "instructor,instructor", sofia: "student,student", ben: "student,student", mei: "student" });
  const [count] = await database.sql`
    select (select count(*)::int from doc_courses) as courses, (select count(*)::int from doc_items where body ->> 'kind' = 'page') as pages,
      (select count(*)::int from doc_items where body ->> 'kind' = 'body' and body ->> 'lang' = 'en') as en,
      (select count(*)::int from doc_items where body ->> 'kind' = 'body' and body ->> 'lang' = 'es') as es, (select count(*)::int from file_ref where scope = 'c') as files`;
  expect(count).toEqual({ courses: 2, pages: 13, en: 13, es: 13, files: 4 });
});

test("a database with anyone in it is left alone", async () => {
  const start = systemClock.monotonic();
  expect(await seedDemo(deps)).toBe(false);
  expect(systemClock.monotonic() - start).toBeLessThan(1_000);
  await database.sql`delete from import_course where source_key = 'demo:maps-and-directions'`;
  await database.sql`update person set email = 'someone@else.org' where email = 'mei@demo.school'`;
  expect(await seedDemo(deps)).toBe(false);
  expect(await database.sql`select 1 from doc_courses`).toHaveLength(2);
});
