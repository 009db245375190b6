import "fake-indexeddb/auto";
import type { LocalDatabase } from "@mochila/client/db/local.ts";
import type { Collections, RescuedWork } from "@mochila/client/person.ts";
import { makeRescuedWork } from "@mochila/client/rescued-work.ts";
import { draftId } from "@mochila/shared/drafts/schema.ts";
import { systemClock as clock } from "@mochila/shared/kernel/clock.ts";
import { newId, newRev, pairId } from "@mochila/shared/kernel/ids.ts";
import type { RxDatabase } from "rxdb/plugins/core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openTestPerson, type TestPerson } from "./test-person.ts";

const [courseId, itemId, moduleId] = [newId(), newId(), newId()];
let person: TestPerson;
let userId: string;
let local: LocalDatabase;
let database: RxDatabase<Collections>;

beforeEach(async () => {
  person = await openTestPerson();
  ({ userId, local, database } = person);
});
afterEach(() => person.close());

const memberAs = (role: "student" | "instructor") =>
  database.collections.members.insert({ id: pairId(userId, courseId), rev: newRev(), courseId, userId, name: "Sofía", role, state: "active" });

const rescue = async (work: Pick<RescuedWork, "collection" | "documentId" | "fields">): Promise<string> => {
  const key = `${work.documentId}/${newRev()}`;
  await local.rescued.put({ key, courseId, itemId, code: "row_forbidden", at: clock.now(), text: "", ...work });
  return key;
};
const rescued = () => makeRescuedWork({ collections: database.collections, local, rooms: {} as never, userId });

describe("N4 what was refused is sent again over what stands on the device", () => {
  test("a note that was there before", async () => {
    await memberAs("student");
    const id = draftId({ userId, itemId, kind: "note" });
    await database.collections.drafts.insert({ id, rev: newRev(), userId, courseId, itemId, kind: "note", body: "before", createdAt: 1 });
    const key = await rescue({ collection: "drafts", documentId: id, fields: { body: "written while I was out" } });
    await rescued().sendAgain(key);
    const note = await database.collections.drafts.findOne(id).exec();
    expect(note?.body).toBe("before\nwritten while I was out");
    expect(await local.rescued.toArray()).toEqual([]);
    expect(await local.dirty.toArray()).toMatchObject([{ collection: "drafts", id, rev: note?.rev }]);
  });

  test("a mark and a bookmark on a page", async () => {
    await memberAs("student");
    const id = pairId(userId, itemId);
    await database.collections.progress.insert({ id, rev: newRev(), userId, courseId, itemId, seenAt: 1 });
    const fields = { done: { value: true, at: 5 }, bookmark: { value: true, at: 6 } };
    await rescued().sendAgain(await rescue({ collection: "progress", documentId: id, fields }));
    expect((await database.collections.progress.findOne(id).exec())?.toJSON()).toMatchObject({ seenAt: 1, ...fields });
  });

  test("the name of a module, once the person may write it; until then the piece stays whole", async () => {
    await memberAs("student");
    await database.collections.modules.insert({ id: moduleId, rev: newRev(), courseId, title: { en: "Now" }, order: "V", state: "draft" });
    const key = await rescue({ collection: "modules", documentId: moduleId, fields: { title: { en: "Mine" } } });
    await expect(rescued().sendAgain(key)).rejects.toMatchObject({ code: "row_removed" });
    expect(await local.rescued.get(key)).toMatchObject({ fields: { title: { en: "Mine" } } });
    await (await database.collections.members.findOne(pairId(userId, courseId)).exec())?.incrementalPatch({ role: "instructor" });
    await rescued().sendAgain(key);
    expect((await database.collections.modules.findOne(moduleId).exec())?.title).toEqual({ en: "Mine" });
  });
});
