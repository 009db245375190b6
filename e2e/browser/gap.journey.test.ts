import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Device, signIn, waitForState } from "./device.ts";
import { documentsOnDevice, settingOnDevice } from "./device-stores.ts";
import { PersonOverHttp } from "./person.ts";
import { emailOf, School } from "./school.ts";

/** Below all of our own code, as a fault of a storage would. */
const deleteRow = (page: Page, database: string, { store, key }: { store: string; key: string }): Promise<void> =>
  page.evaluate(
    ({ name, from, row }) =>
      new Promise<void>((resolve, reject) => {
        const opening = indexedDB.open(name);
        opening.onerror = () => reject(new Error(`${name} does not open`));
        opening.onsuccess = () => {
          const work = opening.result.transaction(from, "readwrite");
          work.objectStore(from).delete(row);
          work.onabort = () => reject(new Error(`${name}/${from} is not written`));
          work.oncomplete = () => {
            opening.result.close();
            resolve();
          };
        };
      }),
    { name: database, from: store, row: key },
  );

describe("a document that a device has lost", () => {
  let school: School;
  const device = new Device();
  beforeAll(async () => {
    school = await School.open();
  });
  afterAll(async () => {
    await device.remove();
    await school.close();
  });

  test("comes back by itself within a day, and the server counts that it happened", async () => {
    const page = await device.open(school.url);
    await signIn(page, emailOf("sofia"));
    await waitForState(page, "synced");
    const { userId } = await PersonOverHttp.signIn(school.url, emailOf("sofia"));
    const here = () => documentsOnDevice(page, userId, "items");
    const names = await page.evaluate(() => indexedDB.databases().then((all) => all.map(({ name = "" }) => name)));
    const items = names.find((name) => name.startsWith(`rxdb-dexie-mochila-${userId}--`) && name.endsWith("--items"));
    const before = await here();
    const lost = [...before.values()].find(({ kind }) => kind === "page");
    if (!items || !lost) throw new Error("the device holds pages");
    // A first look finds nothing wrong.
    await expect.poll(() => settingOnDevice(page, userId, "gaps-checked-at"), { timeout: 30_000 }).not.toBeNull();
    expect(school.printed.filter((line) => line.includes("sync_gap"))).toEqual([]);

    await deleteRow(page, items, { store: "docs", key: lost.id });
    await deleteRow(page, `mochila-${userId}-local`, { store: "settings", key: "gaps-checked-at" });
    await page.reload();
    expect((await here()).has(lost.id)).toBe(false);
    await expect.poll(async () => (await here()).get(lost.id), { timeout: 60_000 }).toEqual(lost);
    expect(await here()).toEqual(before);
    expect(school.printed.filter((line) => line.includes("sync_gap"))).toHaveLength(1);
    expect(device.errors).toEqual([]);
  });
});
