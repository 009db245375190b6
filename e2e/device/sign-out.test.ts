import "fake-indexeddb/auto";
import { Dexie } from "dexie";
import { DeviceDatabase } from "@mochila/client/db/device.ts";
import { LocalDatabase } from "@mochila/client/db/local.ts";
import { localName } from "@mochila/client/db/names.ts";
import { openSession } from "@mochila/client/users/session.ts";
import { systemClock as clock } from "@mochila/shared/kernel/clock.ts";
import { systemRandom as random } from "@mochila/shared/kernel/random.ts";
import { newId, newRev } from "@mochila/shared/kernel/ids.ts";
import type { User } from "@mochila/shared/users/session.ts";
import { afterAll, beforeAll, expect, test, vi } from "vitest";

const device = new DeviceDatabase();

/** One after the other, as the browser's; of this process alone. */
let held: Promise<unknown> = Promise.resolve();
const locks = {
  request: (_name: string, work: () => Promise<unknown>) => {
    const turn = held.then(work);
    held = turn.catch(() => undefined);
    return turn;
  },
};

/** What of a page a session listens to. Nothing answers: the network is away. */
beforeAll(() => {
  vi.stubGlobal("navigator", { locks });
  vi.stubGlobal("window", new EventTarget());
  vi.stubGlobal("caches", { delete: () => Promise.resolve(true) });
  vi.stubGlobal("localStorage", { removeItem: () => undefined });
  vi.stubGlobal("sessionStorage", { clear: () => undefined });
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
  await device.remember(user, 1, { shared: false, byLock: false });

  const session = await openSession({ device, clock, random });
  expect(session.state()).toMatchObject({ kind: "open", user: { id: user.id } });
  await session.signOut();
  expect(session.state()).toMatchObject({ kind: "signed-out", known: [{ id: user.id, unsent: 1 }] });
  expect(await Dexie.exists(localName(user.id))).toBe(true);
  const kept = new LocalDatabase(user.id);
  expect(await kept.dirty.toArray()).toEqual([mark]);
  kept.close();
});

test("the server hears of a sign-out without network at the first contact after it, once", async () => {
  // Of a page of its own: the one before listens too.
  vi.stubGlobal("window", new EventTarget());
  const paths: string[] = [];
  let answer: () => Promise<Response> = () => Promise.reject(new TypeError("the network is away"));
  vi.stubGlobal("fetch", (path: string) => {
    paths.push(path);
    return answer();
  });
  await device.remember({ id: newId(), email: "ben@demo.school", name: "Ben", systemRole: "student", language: "en" }, 1, { shared: false, byLock: false });
  const session = await openSession({ device, clock, random });
  await session.signOut();
  await expect.poll(() => paths).toEqual(["/api/auth/logout"]);
  await held;
  expect(await device.owed()).toBe("sign-out");

  window.dispatchEvent(new Event("online"));
  await expect.poll(() => paths).toHaveLength(2);
  answer = () => Promise.resolve(new Response(null, { status: 204 }));
  window.dispatchEvent(new Event("online"));
  await expect.poll(() => device.owed()).toBeNull();
  window.dispatchEvent(new Event("online"));
  await held;
  expect(new Set(paths)).toEqual(new Set(["/api/auth/logout"]));
  expect(paths).toHaveLength(3);
});
