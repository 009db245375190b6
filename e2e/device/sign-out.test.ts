import "fake-indexeddb/auto";
import { Dexie } from "dexie";
import { DeviceDatabase } from "@mochila/client/db/device.ts";
import { LocalDatabase } from "@mochila/client/db/local.ts";
import { localName } from "@mochila/client/db/names.ts";
import { openSession } from "@mochila/client/users/session.ts";
import { systemClock as clock } from "@mochila/shared/kernel/clock.ts";
import { newId, newRev } from "@mochila/shared/kernel/ids.ts";
import type { User } from "@mochila/shared/users/session.ts";
import { afterAll, beforeAll, expect, test, vi } from "vitest";

const device = new DeviceDatabase();

/** What of a page a session listens to. Nothing answers: the network is away. */
beforeAll(() => {
  vi.stubGlobal("window", new EventTarget());
  vi.stubGlobal("caches", { delete: () => Promise.resolve(true) });
  vi.stubGlobal("localStorage", { removeItem: () => undefined });
  vi.stubGlobal("document", Object.assign(new EventTarget(), { visibilityState: "visible" }));
});
afterAll(() => {
  device.close();
  vi.unstubAllGlobals();
});

test("a sign-out with work that waits locks it, deletes nothing and says how much it is", async () => {
  const user: User = { id: newId(), email: "sofia@demo.school", name: "Sofia", systemRole: "student", language: "en" };
  const local = new LocalDatabase(user.id);
  const mark = { key: "drafts/1", collection: "drafts", id: "1", rev: newRev(), courseId: null, itemId: null, bytes: 9, at: 1 };
  await local.dirty.put(mark);
  local.close();
  await device.remember(user, 1);

  const session = await openSession({ device, clock });
  expect(session.state()).toMatchObject({ kind: "open", user: { id: user.id } });
  await session.signOut();
  expect(session.state()).toMatchObject({ kind: "signed-out", known: [{ id: user.id, unsent: 1 }] });
  expect(await Dexie.exists(localName(user.id))).toBe(true);
  const kept = new LocalDatabase(user.id);
  expect(await kept.dirty.toArray()).toEqual([mark]);
  kept.close();
});
