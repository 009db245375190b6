import "fake-indexeddb/auto";
import { countUnsent, LocalDatabase } from "@mochila/client/db/local.ts";
import { makeRoomNotes } from "@mochila/client/db/room-notes.ts";
import type { DirtyRooms } from "@mochila/client/person.ts";
import { noteRoomAgain, rescueOfRooms } from "@mochila/client/rescued-rooms.ts";
import { pageRoom } from "@mochila/shared/collab/room.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const clock = { now: () => 1_700_000_000_000, monotonic: () => 0 };
const [itemId, courseId] = [newId(), newId()];
const room = pageRoom(itemId, "en");
let local: LocalDatabase;
let rooms: DirtyRooms;

beforeEach(() => {
  local = new LocalDatabase(newId());
  rooms = makeRoomNotes({ local, clock, titleOf: () => Promise.resolve(null) });
});
afterEach(() => local.close());

const mark = (holder: string, bytes: number) => rooms.mark({ room, itemId, courseId, bytes, holder });

describe("CL-1 notes of unsent text", () => {
  test("one tab's acknowledgement leaves what another tab noted, and the room counts once", async () => {
    await mark("a", 10);
    await mark("b", 5);
    expect(await countUnsent(local)).toBe(1);
    await rooms.clear(room, ["b"]);
    expect(await rooms.list()).toMatchObject([{ room, bytes: 10, holders: ["a"] }]);
    await rooms.clear(room, ["a", "b"]);
    expect(await countUnsent(local)).toBe(0);
  });

  test("a note of an earlier version belongs to nobody alive and can be taken back", async () => {
    await local.rooms.put({ room, itemId, courseId, bytes: 7, at: 1 });
    const [old] = await rooms.list();
    expect(old?.holders).toHaveLength(1);
    await mark("a", 3);
    await rooms.clear(room, old?.holders ?? []);
    expect(await rooms.list()).toMatchObject([{ bytes: 3, holders: ["a"] }]);
  });
});

describe("CL-2 text that a room does not take", () => {
  test("a page that is full: its words are kept for the person, also for an instructor, and may be sent again", async () => {
    // Whose page it is does not matter here, so no document is looked at.
    const rescue = rescueOfRooms({ collections: {} as never, local, userId: newId(), now: clock.now });
    expect(await rescue({ room, itemId, courseId, title: { en: "Rain" }, writtenAt: 5, text: "too much", reason: "too-large" })).toBe(true);
    expect(await local.rescued.toArray()).toMatchObject([{ key: room, code: "too_large", text: "too much", itemId, courseId, title: { en: "Rain" }, writtenAt: 5 }]);
    const [work] = await local.rescued.toArray();
    expect(work && (await noteRoomAgain(rooms, work))).toBe(true);
    expect((await rooms.list()).map((one) => one.room)).toEqual([room]);
  });
});
