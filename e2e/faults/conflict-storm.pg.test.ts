import { newId, newRev } from "@mochila/shared/kernel/ids.ts";
import { createTestDatabase } from "@mochila/sync-server/db/test-database.ts";
import { createTestSchool, TestDevice, type TestSchool } from "@mochila/sync-server/sync/test-school.ts";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { seeded } from "../simulation/seeded.ts";

const long = Boolean(process.env["TEST_LONG"]);
const STORMS = long ? 500 : 20;
const CLIENTS = 6;
const DOCUMENTS = 20;
const ROUNDS = 15;
vi.setConfig({ testTimeout: 60_000 + STORMS * 4_000 });

let store: Awaited<ReturnType<typeof createTestDatabase>>;
let school: TestSchool;
beforeAll(async () => {
  store = await createTestDatabase();
  school = await createTestSchool(store.database);
});
afterAll(() => store.drop());

const FIELDS = ["title", "keyPoints", "order"] as const;
/** What is typed each time, so that one can look for it everywhere; an order key takes letters alone. */
const token = (number: number) => [...String(number)].map((digit) => "ABCDEFGHIJ"[Number(digit)]).join("");

test(`D-12 P6 M4 ${STORMS} storms: ${CLIENTS} clients change the same ${DOCUMENTS} documents at the same moment, from old copies: all end equal, and no change is missing from the history`, async () => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  console.log(`storms of conflicts: seed ${seed}`);
  const random = seeded(seed);
  const people = await Promise.all(Array.from({ length: CLIENTS }, () => school.person("instructor")));
  let [typed, conflicts] = [0, 0];
  for (let storm = 0; storm < STORMS; storm += 1) {
    const courseId = await school.course();
    for (const person of people) await school.enrol(courseId, person, "instructor");
    const ids = await Promise.all(Array.from({ length: DOCUMENTS }, () => school.module(courseId, "draft", newId())));
    const devices = people.map((person) => new TestDevice(school, person, ["modules"]));
    for (const device of devices) await device.pull();
    const changes: { readonly id: string; readonly field: string; readonly text: string }[] = [];
    const write = async (device: TestDevice): Promise<void> => {
      // Often the same few, so that nearly every round has a conflict.
      const id = (random.chance(0.5) ? ids[random.below(3)] : random.pick(ids)) ?? "";
      const held = device.get("modules", id);
      if (!held) throw new Error("the module is not here");
      const { _deleted: _removed, ...base } = held;
      const field = random.pick(FIELDS) ?? "title";
      const text = token((typed += 1));
      const next = { ...base, rev: newRev(), [field]: field === "title" ? { en: text } : field === "keyPoints" ? { en: [text] } : text };
      const answer = await school.push(device.userId, "modules", [{ newDocumentState: next, assumedMasterState: base }]);
      expect(answer.rejected).toEqual([]);
      conflicts += answer.conflicts.length;
      changes.push({ id, field, text });
      device.documents.get("modules")?.set(id, answer.conflicts[0] ?? next);
    };
    for (let round = 0; round < ROUNDS; round += 1) {
      await Promise.all(devices.filter(() => random.chance(0.8)).map(write));
      // Who does not look goes on from an old copy.
      for (const device of devices) if (random.chance(0.15)) await device.pull();
    }
    for (const device of devices) await device.pull();
    const masters = await store.database.sql<{ id: string; rev: string; body: Record<string, unknown> }[]>`select id, rev, body from doc_modules where course_id = ${courseId}`;
    for (const device of devices) {
      const held = masters.map(({ id }) => [id, device.get("modules", id)?.["rev"]] as const);
      expect(held).toEqual(masters.map(({ id, rev }) => [id, rev]));
    }
    const versions = await store.database.sql<{ id: string; body: Record<string, unknown> }[]>`
      select document as id, body from doc_history where document = any(${ids}::uuid[]) union all select id, body from doc_modules where id = any(${ids}::uuid[])`;
    const written = new Set(versions.flatMap(({ id, body }) => FIELDS.map((field) => `${id} ${field} ${JSON.stringify(body[field])}`)));
    const asStored = (field: string, text: string) => JSON.stringify(field === "title" ? { en: text } : field === "keyPoints" ? { en: [text] } : text);
    expect(changes.filter(({ id, field, text }) => !written.has(`${id} ${field} ${asStored(field, text)}`))).toEqual([]);
  }
  console.log(`${typed} changes, ${conflicts} answered with another version`);
  expect(conflicts).toBeGreaterThan(typed / 10);
});
