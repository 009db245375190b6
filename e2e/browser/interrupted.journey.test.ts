import { setTimeout as pause } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { Page, Request } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { registry } from "@mochila/shared/registry.ts";
import { openPostgres, type Postgres } from "@mochila/sync-server/stores.ts";
import { TcpProxy } from "../faults/tcp-proxy.ts";
import { seeded } from "../simulation/seeded.ts";
import { type Acknowledged, collectAcknowledged } from "./acknowledged.ts";
import { Device, signIn, waitForState, words } from "./device.ts";
import { documentsOnDevice, eventsOnDevice } from "./device-stores.ts";
import { PersonOverHttp } from "./person.ts";
import { emailOf, password, School } from "./school.ts";

const long = Boolean(process.env["TEST_LONG"]);
const ENDS = long ? 300 : 8;
/** Of so many ends one is of the whole browser, the others of the tab. */
const BROWSER_EVERY = 4;
/** From before the write on the device until after the answer to its push, on this line. */
const ALIVE_MS_MAX = 500;
const LINE = { delayMs: 60 };
const FREEZES = long ? 60 : 1;
const TAKES_OVER_MS_MAX = 30_000;
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

const area = (page: Page) => page.locator(".note-fold textarea");
const toggle = (page: Page) => page.getByRole("button", { name: words.markDone }).or(page.getByRole("button", { name: words.done })).first();
const isDone = async (page: Page): Promise<boolean> => words.done.test((await toggle(page).textContent())?.trim() ?? "");

describe("a person whose app ends at any moment", () => {
  let school: School;
  let line: TcpProxy;
  let url = "";
  let path = "";
  let person: PersonOverHttp;
  let postgres: Postgres;
  const device = new Device();
  const acknowledged: Acknowledged[] = [];
  let asked = 0;

  beforeAll(async () => {
    const target = { host: "127.0.0.1", port: 0 };
    line = new TcpProxy(target, LINE);
    url = `http://localhost:${await line.open()}`;
    school = await School.open({ PUBLIC_URL: url });
    target.port = school.port;
    person = await PersonOverHttp.signIn(url, emailOf("sofia"));
    const item = [...(await person.pullAll("items")).values()].find(({ kind }) => kind === "page");
    path = `/courses/${String(item?.["courseId"])}/items/${String(item?.id)}`;
    postgres = await openPostgres({ databaseUrl: null, dataDir: school.dataDir }, { log: silent, exclusive: false });
  });
  afterAll(async () => {
    await device.remove();
    await postgres?.stop();
    await line?.close();
    await school.close();
  });

  const openPage = async (page: Page): Promise<Page> => {
    collectAcknowledged(page, acknowledged);
    page.setDefaultTimeout(30_000);
    await page.goto(url + path);
    await toggle(page).waitFor();
    await page.locator(".note-fold").evaluate((element: HTMLDetailsElement) => (element.open = true));
    return page;
  };
  /** A browser that was killed may have forgotten the newest cookie of the session: then the school asks for the password once. */
  const reachSchool = async (page: Page): Promise<void> => {
    const again = page.locator(".top-banner").getByRole("button", { name: words.signIn });
    await page.locator('[data-sync-state="synced"]').first().or(again).first().waitFor();
    if (!(await again.isVisible())) return;
    asked += 1;
    await again.click();
    await page.getByLabel(words.password).fill(password);
    await page.getByRole("dialog").getByRole("button", { name: words.signIn }).click();
    await waitForState(page, "synced");
  };
  const isAsOnServer = async (page: Page): Promise<void> => {
    for (const { name } of registry) {
      const equal = async () => isDeepStrictEqual(await documentsOnDevice(page, person.userId, name), await person.pullAll(name));
      await expect.poll(async () => (await equal()) || name, { timeout: 40_000, interval: 300 }).toBe(true);
    }
  };
  const eventsOnServer = async (): Promise<string[]> => (await postgres.database.sql`select event_id::text as id from event_raw where user_id = ${person.userId}`).map((row) => String(row["id"])).sort();

  test(`of ${ENDS} ends of the tab or the browser (kill -9) none takes what was shown as kept or was acknowledged (D-16, I1, I2)`, async () => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    const random = seeded(seed);
    let page = await device.open(url);
    await signIn(page, emailOf("sofia"));
    await waitForState(page, "synced");
    page = await openPage(page);
    const kept: string[] = [];
    let shown: boolean | null = null;
    let inPush = 0;
    for (let end = 1; end <= ENDS; end += 1) {
      const word = `w${end}`;
      let pushing = 0;
      const isPush = (request: Request): number => Number(request.url().endsWith("/api/sync/push"));
      page.on("request", (request) => (pushing += isPush(request)));
      page.on("requestfinished", (request) => (pushing -= isPush(request)));
      await area(page).press("Control+End");
      await area(page).pressSequentially(`${word} `);
      await toggle(page).click();
      await pause(random.fraction() * ALIVE_MS_MAX);
      // The word stands in the sentence only when all that was typed is on the device.
      const note = await page.locator("#note-kept").textContent();
      if (/ at | a las /.test(note ?? "")) kept.push(word);
      shown = await isDone(page);
      inPush += Number(pushing > 0);
      if (end % BROWSER_EVERY === 0) {
        await device.kill();
        page = await openPage(await device.open("about:blank"));
        await reachSchool(page);
      } else {
        // Beside it, so that the browser does not end with its last tab.
        const next = await device.context.newPage();
        await page.close();
        page = await openPage(next);
      }
      expect(await isDone(page), `seed ${seed}, end ${end}`).toBe(shown);
      const text = await area(page).inputValue();
      expect(kept.filter((one) => !text.includes(`${one} `)), `seed ${seed}, end ${end}: ${text}`).toEqual([]);
    }
    await reachSchool(page);
    console.log(`seed ${seed}: ${ENDS} ends, ${inPush} with a push on its way, ${kept.length} words shown as kept, ${acknowledged.length} writes acknowledged, ${asked} times asked for the password`);
    expect(kept.length).toBeGreaterThan(ENDS / 4);
    expect(acknowledged.length).toBeGreaterThan(ENDS / 4);
    await isAsOnServer(page);
    const { sql } = postgres.database;
    const known = new Set<string>();
    for (const { name } of registry) for (const row of await sql`select id::text || rev::text as key from ${sql(`doc_${name}`)}`) known.add(String(row["key"]));
    for (const row of await sql`select document::text || rev::text as key from applied_rev`) known.add(String(row["key"]));
    expect(acknowledged.filter(({ id, rev }) => !known.has(id + rev))).toEqual([]);
    expect(device.errors).toEqual([]);
  }, 60_000 + ENDS * 10_000);

  test(`${FREEZES} times the tab that syncs is frozen: another one takes over ≤ 30 s, and nothing is done twice (D-17)`, async () => {
    let [leader] = device.context.pages();
    if (!leader) throw new Error("the tab is open");
    const waits: number[] = [];
    for (let freeze = 1; freeze <= FREEZES; freeze += 1) {
      const session = await device.context.newCDPSession(leader);
      await session.send("Page.setWebLifecycleState", { state: "frozen" });
      const before: number = acknowledged.length;
      const other: Page = await openPage(await device.context.newPage());
      await toggle(other).click();
      const shown = await isDone(other);
      const from = performance.now();
      await expect.poll(() => acknowledged.length, { timeout: TAKES_OVER_MS_MAX, interval: 100 }).toBeGreaterThan(before);
      await waitForState(other, "synced", TAKES_OVER_MS_MAX);
      waits.push(Math.round(performance.now() - from));
      await session.send("Page.setWebLifecycleState", { state: "active" });
      // It thaws with what it believed, and sees what the other did.
      await expect.poll(() => isDone(leader as Page), { timeout: 10_000 }).toBe(shown);
      await leader.close();
      leader = other;
    }
    console.log(`taken over after ${waits.join(", ")} ms`);
    await leader.goto(`${url}/outbox`);
    await waitForState(leader, "synced");
    await isAsOnServer(leader);
    // Each event once, whichever tab sent it.
    const mine = (await eventsOnDevice(leader, person.userId)).sort();
    await expect.poll(eventsOnServer, { timeout: 30_000 }).toEqual(mine);
    expect(device.errors).toEqual([]);
  }, 60_000 + FREEZES * 60_000);
});
