import { setTimeout as pause } from "node:timers/promises";
import { createTestDatabase } from "@mochila/sync-server/db/test-database.ts";
import { feedHorizonAge } from "@mochila/sync-server/sync/horizon-age.ts";
import { createTestSchool, draftOf, TestDevice, type TestSchool } from "@mochila/sync-server/sync/test-school.ts";
import { writeDocuments } from "@mochila/sync-server/sync/write-documents.ts";
import { newId, newRev } from "@mochila/shared/kernel/ids.ts";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type Seeded, seeded } from "../simulation/seeded.ts";

const long = Boolean(process.env["TEST_LONG"]);
const CASES = long ? 5_000 : 100;
const LONG_TRANSACTIONS = long ? 20 : 1;
vi.setConfig({ testTimeout: long ? 900_000 : 60_000 });

let store: Awaited<ReturnType<typeof createTestDatabase>>;
let school: TestSchool;

beforeAll(async () => {
  store = await createTestDatabase();
  school = await createTestSchool(store.database);
});
afterAll(() => store.drop());

const COLLECTIONS = ["courses", "members", "modules", "drafts"];
const moduleOf = (id: string, courseId: string, random: Seeded) => ({ id, courseId, title: { en: `m${random.below(1_000)}` }, order: "V", state: random.chance(0.7) ? ("published" as const) : ("draft" as const) });
const feedRows = async (): Promise<number> => Number((await store.database.sql`select count(*) from scope_doc`)[0]?.["count"]);
const heldBy = (device: TestDevice) => COLLECTIONS.map((collection) => [...(device.documents.get(collection)?.values() ?? [])].map(({ id, rev }) => `${collection} ${id} ${String(rev)}`).sort());

/** Something that moves a row of the feed to its end, makes one, takes one away, or leaves a gap in its numbers. */
async function stir(random: Seeded, { courseId, teacher, student, ids }: { courseId: string; teacher: string; student: string; ids: string[] }): Promise<void> {
  const some = random.pick(ids) ?? newId();
  switch (random.below(7)) {
    case 0: {
      const id = newId();
      ids.push(id);
      await store.database.transaction((transaction) => writeDocuments(transaction, [{ collection: "modules", document: moduleOf(id, courseId, random) }]));
      return;
    }
    case 1:
    case 2:
      await store.database.transaction((transaction) => writeDocuments(transaction, [{ collection: "modules", document: moduleOf(some, courseId, random) }]));
      return;
    case 3:
      await store.database
        .transaction(async (transaction) => {
          await writeDocuments(transaction, [{ collection: "modules", document: moduleOf(some, courseId, random) }]);
          throw new Error("rolled back");
        })
        .catch((error: Error) => expect(error.message).toBe("rolled back"));
      return;
    case 4:
      await store.database.sql`select nextval('feed_seq') from generate_series(1, ${1 + random.below(50)})`;
      return;
    case 5:
      await school.push(student, "drafts", [{ newDocumentState: draftOf(student, courseId) }]);
      return;
    default:
      if (random.chance(0.5)) await school.leave(courseId, student);
      await school.enrol(courseId, student, random.chance(0.8) ? "student" : "assistant");
      await school.enrol(courseId, teacher, "instructor");
  }
}

test(`D-22 F1 F4 ${CASES} walks in small pages while rows of the feed move, appear, go and leave gaps: nothing is missed and every walk ends`, async () => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  console.log(`a moving feed: seed ${seed}`);
  const random = seeded(seed);
  const teacher = await school.person("instructor");
  let place = { courseId: "", teacher, student: await school.person(), ids: [] as string[] };
  let device = new TestDevice(school, place.student, COLLECTIONS);
  for (let walk = 0; walk < CASES; walk += 1) {
    // Another person now and then: each walk is compared with one from the beginning, whose length is all that the person ever held.
    if (walk % 100 === 0) place = { ...place, student: await school.person() };
    if (walk % 25 === 0) {
      place = { ...place, courseId: await school.course(), ids: [] };
      await school.enrol(place.courseId, teacher, "instructor");
      await school.enrol(place.courseId, place.student, "student");
      if (walk % 100 === 0 || random.chance(0.5)) device = new TestDevice(school, place.student, COLLECTIONS);
    }
    for (let count = random.below(6); count > 0; count -= 1) await stir(random, place);
    const limit = 1 + random.below(4);
    let pages = 0;
    const rows = await feedRows();
    for (let more = true; more; pages += 1) {
      ({ more } = await device.pullOnce(limit));
      // While people write without end a walk may be long, but they pause: then it must end, after each row of the feed once.
      if (pages < 6 && random.chance(0.5)) await stir(random, place);
      expect(pages).toBeLessThan(rows + 100);
    }
    await device.pull(limit);
    const fresh = new TestDevice(school, place.student, COLLECTIONS);
    await fresh.pull();
    expect(heldBy(device)).toEqual(heldBy(fresh));
    expect((await device.pullOnce()).sent).toEqual([]);
  }
});

test(`D-03 F5 ${LONG_TRANSACTIONS} long write transactions: the feed of others waits and misses nothing, the gauge tells of it, and PostgreSQL ends who forgot theirs`, async () => {
  const [teacher, student, courseId] = [await school.person("instructor"), await school.person(), await school.course()];
  await school.enrol(courseId, teacher, "instructor");
  await school.enrol(courseId, student, "student");
  const device = new TestDevice(school, student, ["drafts"]);
  await device.pull();
  const age = () => feedHorizonAge(store.database.sql).read();
  for (let round = 0; round < LONG_TRANSACTIONS; round += 1) {
    const forgotten = await store.database.sql.reserve();
    await forgotten`begin`;
    await forgotten`insert into scope (name) values (${`forgotten ${newId()}`})`;
    const begun = performance.now();
    const mine = draftOf(student, courseId);
    await school.push(student, "drafts", [{ newDocumentState: mine }]);
    await school.push(student, "drafts", [{ newDocumentState: { ...mine, rev: newRev(), body: "later" }, assumedMasterState: mine }]);
    await pause(1_000);
    expect((await device.pullOnce()).sent).toEqual([]);
    expect(await age()).toBeGreaterThan(0.9);
    // Nobody ends it: the bound of 5 s for a transaction in which nothing happens does.
    await vi.waitFor(async () => expect((await device.pullOnce()).sent.map(({ id }) => id)).toEqual([mine.id]), { timeout: 12_000, interval: 200 });
    expect(performance.now() - begun).toBeGreaterThan(3_500);
    expect(device.get("drafts", mine.id)?.["body"]).toBe("later");
    await expect(Promise.resolve(forgotten`select 1`)).rejects.toMatchObject({ code: expect.stringMatching(/25P03|CONNECTION/) as string });
    forgotten.release();
  }
  expect(await age()).toBeLessThan(1);
});

test.runIf(long)("D-03 a transaction that works without a pause is ended after 15 s", async () => {
  const busy = store.database.transaction(async (transaction) => {
    await transaction`insert into scope (name) values (${`busy ${newId()}`})`;
    for (;;) await transaction`select pg_sleep(0.5)`;
  });
  const begun = performance.now();
  await expect(busy).rejects.toMatchObject({ code: expect.stringMatching(/25P04|CONNECTION/) as string });
  expect(performance.now() - begun).toBeLessThan(17_000);
});
