import "fake-indexeddb/auto";
import { DeviceDatabase } from "@mochila/client/db/device.ts";
import { seal, waitMsAfter } from "@mochila/client/users/lock/device-lock.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import { systemRandom } from "@mochila/shared/kernel/random.ts";
import type { User } from "@mochila/shared/users/session.ts";
import { afterAll, beforeEach, describe, expect, test } from "vitest";

const device = new DeviceDatabase();
const otherTab = new DeviceDatabase();
const byPassword = { shared: false, byLock: false };
let user: User;

beforeEach(async () => {
  user = { id: newId(), email: "sofia@demo.school", name: "Sofia", systemRole: "student", language: "en" };
  await device.remember(user, 1, byPassword);
  await device.putLock(user.id, await seal({ kind: "pin", entered: "4711", key: "the key" }, systemRandom));
});
afterAll(() => {
  device.close();
  otherTab.close();
});

const isTried = async (at: number, from = device): Promise<boolean> => typeof (await from.tryLock(user.id, at, waitMsAfter)) === "object";

describe("DL2 tries at a lock", () => {
  test("are counted before anybody knows how they end, in all tabs together", async () => {
    const tried = await Promise.all(Array.from({ length: 40 }, (_, index) => isTried(1_000, index % 2 === 0 ? device : otherTab)));
    expect(tried.filter(Boolean)).toHaveLength(3);
    expect(await isTried(1_000 + 9_999)).toBe(false);
    expect(await isTried(1_000 + 10_000)).toBe(true);
    expect(await isTried(1_000 + 10_000 + 29_999)).toBe(false);
  });

  test("a clock that was put back makes nobody wait longer than the tries do", async () => {
    for (let time = 0; time < 3; time += 1) await isTried(1e12);
    expect(await device.tryLock(user.id, 1_000, waitMsAfter)).toBe(10_000);
  });

  test("begin anew after the right one", async () => {
    for (let time = 0; time < 2; time += 1) await isTried(1_000);
    const lock = await device.tryLock(user.id, 1_000, waitMsAfter);
    if (typeof lock === "number") throw new Error("the third try does not wait");
    expect(await device.reopen(user.id, lock, 2_000)).toMatchObject({ id: user.id });
    for (let time = 0; time < 3; time += 1) expect(await isTried(2_000)).toBe(true);
  });
});

describe("DL5 a lock", () => {
  test("stays while its person comes in by it, and while the server renews their session", async () => {
    await device.remember(user, 2, { shared: false, byLock: true });
    await device.renew(user, 3);
    await device.leave("lock");
    expect(await device.owed()).toBe("lock");
    expect(await device.hereOf(user.id)).toEqual({ shared: false, lock: "pin", over: false });
  });

  test("hides on where the school has ended what its key hangs on, until the password is used", async () => {
    await device.putOver(user.id, true);
    expect(await device.hereOf(user.id)).toEqual({ shared: false, lock: "pin", over: true });
    const lock = await device.tryLock(user.id, 1_000, waitMsAfter);
    if (typeof lock === "number") throw new Error("the first try does not wait");
    expect(await device.reopen(user.id, lock, 2_000)).toMatchObject({ id: user.id });
    expect((await device.hereOf(user.id)).over).toBe(true);
    await device.remember(user, 3, byPassword);
    expect(await device.hereOf(user.id)).toEqual({ shared: false, lock: null, over: false });
  });

  test("ends with a sign-out, and where the password was used", async () => {
    await device.remember(user, 2, byPassword);
    expect((await device.hereOf(user.id)).lock).toBeNull();
    await device.putLock(user.id, await seal({ kind: "pictures", entered: "sun cat fish", key: "the key" }, systemRandom));
    await device.leave("sign-out");
    expect((await device.hereOf(user.id)).lock).toBeNull();
    expect(await device.owed()).toBe("sign-out");
  });
});
