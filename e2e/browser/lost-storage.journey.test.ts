import { renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { registry } from "@mochila/shared/registry.ts";
import { Device, signIn, waitForState, words } from "./device.ts";
import { documentsOnDevice } from "./device-stores.ts";
import { PersonOverHttp, type PulledDocument } from "./person.ts";
import { emailOf, School } from "./school.ts";

const ROUNDS = process.env["TEST_LONG"] ? 6 : 1;

const databases = (page: Page): Promise<string[]> => page.evaluate(() => indexedDB.databases().then((all) => all.map(({ name = "" }) => name)));

/** In a page of the same origin that opens none of them. */
const deleteDatabases = (page: Page, names: readonly string[]): Promise<void> =>
  page.evaluate(
    (all) =>
      Promise.all(
        all.map(
          (name) =>
            new Promise<void>((resolve, reject) => {
              const request = indexedDB.deleteDatabase(name);
              request.onsuccess = () => resolve();
              request.onblocked = () => reject(new Error(`${name} is open`));
            }),
        ),
      ).then(() => undefined),
    names,
  );

const lossBanner = (page: Page) => page.locator('[data-trouble="loss"]');

describe("a device whose browser has thrown storage away (D-20, D14)", () => {
  let school: School;
  let person: PersonOverHttp;
  let pages: PulledDocument[];
  const device = new Device();
  let marked = 0;

  beforeAll(async () => {
    school = await School.open();
    person = await PersonOverHttp.signIn(school.url, emailOf("sofia"));
    pages = [...(await person.pullAll("items")).values()].filter(({ kind }) => kind === "page");
    const page = await device.open(school.url);
    await signIn(page, emailOf("sofia"));
    await waitForState(page, "synced");
  });
  afterAll(async () => {
    await device.remove();
    await school.close();
  });

  /** Without a network, so that the server does not have it. */
  const markWithoutNetwork = async (page: Page): Promise<string> => {
    const item = pages[marked % pages.length];
    marked += 1;
    if (!item) throw new Error("the demo has pages");
    await page.goto(`${school.url}/courses/${String(item["courseId"])}/items/${item.id}`);
    const button = page.getByRole("button", { name: words.markDone }).or(page.getByRole("button", { name: words.done })).first();
    await button.waitFor();
    await device.offline(true);
    const before = await button.textContent();
    await button.click();
    await expect.poll(() => button.textContent()).not.toBe(before);
    await waitForState(page, "offline");
    return item.id;
  };
  /** While the app is closed. */
  const lose = async (which: (name: string) => boolean): Promise<void> => {
    const page = await device.open(`${school.url}/icon.svg`);
    const names = (await databases(page)).filter(which);
    expect(names.length).toBeGreaterThan(0);
    await deleteDatabases(page, names);
  };
  const holdsEverything = async (page: Page): Promise<void> => {
    await waitForState(page, "synced");
    for (const { name } of registry) {
      await expect.poll(async () => Object.fromEntries(await documentsOnDevice(page, person.userId, name)), { timeout: 30_000 }).toEqual(Object.fromEntries(await person.pullAll(name)));
    }
    expect(device.errors).toEqual([]);
  };
  const documentsOf = (collection: string) => (name: string) => name.endsWith(`--${collection}`);
  const opened = () => device.open(school.url);

  for (let round = 1; round <= ROUNDS; round += 1) {
    test(`a collection that is gone is fetched again, and the person is told (${round})`, async () => {
      await lose(documentsOf("items"));
      const page = await opened();
      await lossBanner(page).waitFor();
      await holdsEverything(page);
      await lossBanner(page).getByRole("button").click();
      await page.reload();
      await waitForState(page, "synced");
      expect(await lossBanner(page).count()).toBe(0);
    });

    test(`a change that went with its collection before it was sent is counted (${round})`, async () => {
      let page = await opened();
      await waitForState(page, "synced");
      await markWithoutNetwork(page);
      await lose(documentsOf("progress"));
      page = await opened();
      expect(await lossBanner(page).textContent()).toMatch(/\b1 (change|cambio)/);
      await holdsEverything(page);
      await lossBanner(page).getByRole("button").click();
    });

    test(`the books of what waits are gone: what stands in the documents is sent all the same (${round})`, async () => {
      let page = await opened();
      await waitForState(page, "synced");
      const itemId = await markWithoutNetwork(page);
      const stands = async () => [...(await documentsOnDevice(page, person.userId, "progress")).values()].find((one) => one["itemId"] === itemId);
      const written = await stands();
      await lose((name) => name === `mochila-${person.userId}-local` || name.includes("rx-replication-meta"));
      page = await opened();
      expect(await lossBanner(page).textContent()).toMatch(/\b1 (change|cambio)/);
      await holdsEverything(page);
      expect((await person.pullAll("progress")).get(written?.id ?? "")?.["done"]).toEqual(written?.["done"]);
      await lossBanner(page).getByRole("button").click();
    });

    test(`everything is gone: said at the door, and after the sign-in it is as before (${round})`, async () => {
      let page = await opened();
      await waitForState(page, "synced");
      await markWithoutNetwork(page);
      await lose(() => true);
      page = await opened();
      await page.getByRole("button", { name: words.signIn }).waitFor();
      expect(await page.locator(".banner").first().textContent()).toMatch(/removed everything|ha borrado todo/);
      await signIn(page, emailOf("sofia"));
      expect(await lossBanner(page).textContent()).toMatch(/\b1 (change|cambio)/);
      await holdsEverything(page);
      await lossBanner(page).getByRole("button").click();
    });

    test(`IndexedDB does not open: said in plain words, and nothing is lost when it does again (${round})`, async () => {
      await device.shut();
      const folder = join(device.profile, "Default", "IndexedDB", `http_localhost_${school.port}.indexeddb.leveldb`);
      renameSync(folder, `${folder}.away`);
      // Where the browser wants its folder there is a file.
      writeFileSync(folder, "");
      let page = await opened();
      await page.getByText(/gives Mochila no storage|no da espacio|no le da/).waitFor();
      await device.shut();
      rmSync(folder, { recursive: true });
      renameSync(`${folder}.away`, folder);
      page = await opened();
      await holdsEverything(page);
      expect(await lossBanner(page).count()).toBe(0);
    });
  }
});
