import type { Clock } from "@mochila/shared/kernel/clock.ts";
import type { DirtyRooms } from "../person.ts";
import type { DirtyRoom, LocalDatabase } from "./local.ts";
import type { TitleOf } from "./titles.ts";

/** Of notes that an earlier version of the app left: nobody alive holds them. */
const NOBODY = "";

const holdersOf = ({ holders, bytes }: DirtyRoom): Readonly<Record<string, number>> => holders ?? { [NOBODY]: bytes };

const withHolders = (row: Omit<DirtyRoom, "bytes" | "holders">, holders: Readonly<Record<string, number>>): DirtyRoom => ({
  ...row,
  holders,
  bytes: Object.values(holders).reduce((sum, bytes) => sum + bytes, 0),
});

/**
 * One row a room, so that it counts once, and in it a note of each open document that has something unsent. One tab's acknowledgement says
 * nothing of what another tab typed over a connection that is dead without knowing it: each takes back its own note only.
 */
export const makeRoomNotes = ({ local, clock, titleOf }: { local: LocalDatabase; clock: Clock; titleOf: TitleOf }): DirtyRooms => ({
  mark: async ({ holder, bytes, ...place }) => {
    const title = await titleOf(place);
    await local.transaction("rw", local.rooms, async () => {
      const before = await local.rooms.get(place.room);
      await local.rooms.put(withHolders({ ...place, title: title ?? before?.title ?? null, at: clock.now() }, { ...(before ? holdersOf(before) : {}), [holder]: bytes }));
    });
  },

  clear: (room, holders) =>
    local.transaction("rw", local.rooms, async () => {
      const before = await local.rooms.get(room);
      if (!before) return;
      const left = Object.entries(holdersOf(before)).filter(([holder]) => !holders.includes(holder));
      await (left.length === 0 ? local.rooms.delete(room) : local.rooms.put(withHolders(before, Object.fromEntries(left))));
    }),

  list: async () =>
    (await local.rooms.orderBy("at").toArray()).map((row) => ({ room: row.room, itemId: row.itemId, courseId: row.courseId, bytes: row.bytes, at: row.at, title: row.title ?? null, holders: Object.keys(holdersOf(row)) })),
});
