import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Page } from "playwright-core";
import { registry } from "@mochila/shared/registry.ts";
import { openPostgres, type Postgres } from "@mochila/sync-server/stores.ts";
import { seeded } from "../simulation/seeded.ts";
import { type Acknowledged, collectAcknowledged } from "./acknowledged.ts";
import { desktop, Device, phone, signIn, waitForState, words } from "./device.ts";
import { documentsOnDevice, eventsOnDevice } from "./device-stores.ts";
import { PersonOverHttp } from "./person.ts";
import { emailOf, School } from "./school.ts";

/** `e2e/faults/kills.pg.test.ts` ends server and PostgreSQL twenty times under eight devices in each run; here it is three browsers. */
const KILLS = process.env["TEST_LONG"] ? 20 : 8;
/** Between two kills: long enough that something is under way, at a moment that nobody chose. */
const ALIVE_MS = { min: 200, max: 2_200 };
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** The text of a page that may be edited. */
const editor = '.ProseMirror[contenteditable="true"]';

/** A student who marks, unmarks and goes on, until told to stop. */
async function study(page: Page, goesOn: () => boolean): Promise<number> {
  let actions = 0;
  while (goesOn()) {
    await page.getByRole("button", { name: words.markDone }).or(page.getByRole("button", { name: words.done })).first().click();
    actions += 1;
    await pause(120);
    const next = page.locator(".dockbar a").last();
    if (await next.count()) await next.click();
    await pause(120);
  }
  return actions;
}

/** An instructor who types numbered words into a page, until told to stop. Returns the words. */
async function write(page: Page, goesOn: () => boolean): Promise<string[]> {
  const typed: string[] = [];
  await page.locator(editor).click();
  await page.keyboard.press("Control+End");
  await page.keyboard.press("Enter");
  while (goesOn()) {
    const word = `w${String(typed.length).padStart(4, "0")}`;
    await page.keyboard.type(`${word} `);
    typed.push(word);
    await pause(60);
  }
  return typed;
}

describe(`${KILLS} power cuts of the server while three people work`, () => {
  let school: School;
  const devices = { sofia: new Device({ viewport: phone }), ben: new Device({ viewport: phone }), ana: new Device({ viewport: desktop }) };
  const acknowledged: Acknowledged[] = [];
  let postgres: Postgres;
  let coursePath = "";
  let editPath = "";

  beforeAll(async () => {
    school = await School.open();
    const ana = await PersonOverHttp.signIn(school.url, emailOf("ana"));
    const item = [...(await ana.pullAll("items")).values()].find((one) => one["kind"] === "page");
    coursePath = `/courses/${String(item?.["courseId"])}`;
    editPath = `${coursePath}/items/${String(item?.id)}`;
  });

  afterAll(async () => {
    for (const device of Object.values(devices)) await device.remove();
    await postgres?.stop();
    await school.close();
  });

  test("no acknowledged write is missing, no event is counted twice, all replicas are equal", async () => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    const random = seeded(seed);
    const pages = new Map<keyof typeof devices, Page>();
    for (const [name, device] of Object.entries(devices) as [keyof typeof devices, Device][]) {
      const page = await device.open(school.url);
      collectAcknowledged(page, acknowledged);
      await signIn(page, emailOf(name));
      await waitForState(page, "synced");
      await page.goto(`${school.url}${name === "ana" ? `${editPath}/edit` : editPath}`);
      await page.locator(name === "ana" ? editor : ".dockbar").waitFor();
      pages.set(name, page);
    }
    const [sofia, ben, ana] = (["sofia", "ben", "ana"] as const).map((name) => pages.get(name));
    if (!sofia || !ben || !ana) throw new Error("a browser did not open");
    let working = true;
    const goesOn = (): boolean => working;
    const work = Promise.all([study(sofia, goesOn), study(ben, goesOn), write(ana, goesOn)]);
    // Looked at where it is awaited below; until then a failure waits.
    work.catch(() => undefined);
    for (let kill = 0; kill < KILLS; kill += 1) {
      await pause(ALIVE_MS.min + random.fraction() * (ALIVE_MS.max - ALIVE_MS.min));
      await school.kill();
      await school.start();
    }
    working = false;
    const [bySofia, byBen, typed] = await work;
    // Leaving the page writes what only a leaving page writes; after it nothing new is recorded.
    for (const page of pages.values()) {
      await page.goto(`${school.url}/outbox`);
      await waitForState(page, "synced", 120_000);
    }
    console.log(`seed ${seed}: ${KILLS} kills, ${bySofia + byBen} marks, ${typed.length} words typed, ${acknowledged.length} writes acknowledged`);
    expect(bySofia + byBen).toBeGreaterThan(50);
    expect(typed.length).toBeGreaterThan(100);
    expect(acknowledged.length).toBeGreaterThan(KILLS);

    postgres = await openPostgres({ databaseUrl: null, dataDir: school.dataDir }, { log: silent, exclusive: false });
    const { sql } = postgres.database;
    // A device that was cut between a pulled document and the note of its origin offers the document again: then it is the master's own.
    const known = new Set<string>();
    for (const { name } of registry) {
      for (const row of await sql`select id::text || rev::text as key from ${sql(`doc_${name}`)}`) known.add(String(row["key"]));
    }
    for (const row of await sql`select document::text || rev::text as key from applied_rev`) known.add(String(row["key"]));
    expect(acknowledged.filter(({ id, rev }) => !known.has(id + rev))).toEqual([]);

    const generated: string[] = [];
    for (const name of ["sofia", "ben", "ana"] as const) {
      const page = pages.get(name);
      const person = await PersonOverHttp.signIn(school.url, emailOf(name));
      if (!page) throw new Error("unreachable");
      for (const { name: collection } of registry) {
        const there = await person.pullAll(collection);
        await expect.poll(async () => Object.fromEntries(await documentsOnDevice(page, person.userId, collection)), { timeout: 20_000 }).toEqual(Object.fromEntries(there));
      }
      generated.push(...(await eventsOnDevice(page, person.userId)));
    }
    await expect.poll(async () => Number((await sql`select count(*) from event_raw`)[0]?.["count"]), { timeout: 60_000 }).toBe(generated.length);
    const stored = (await sql`select event_id::text as id from event_raw`).map((row) => String(row["id"]));
    expect(stored.sort()).toEqual(generated.sort());

    const teacher = await PersonOverHttp.signIn(school.url, emailOf("ana"));
    const courses = [...(await teacher.pullAll("courses")).keys()];
    const counted = async (): Promise<number> => {
      let events = 0;
      for (const courseId of courses) {
        const answer = await teacher.call(`/api/reports/course-activity?courseId=${courseId}&days=28`);
        const report = (await answer.json()) as { counted: { events: number } };
        events += report.counted.events;
      }
      return events;
    };
    await expect.poll(counted, { timeout: 60_000, interval: 500 }).toBe(generated.length);
    console.log(`${generated.length} events generated, as many in Postgres and in ClickHouse`);

    const fresh = new Device({ viewport: desktop });
    const page = await fresh.open(school.url);
    await signIn(page, emailOf("luis"));
    await page.goto(`${school.url}${editPath}/edit`);
    const last = typed.at(-1) ?? "";
    await page.locator(editor).getByText(last).waitFor();
    const text = (await page.locator(editor).textContent()) ?? "";
    expect(typed.filter((word) => !text.includes(word))).toEqual([]);
    expect(text.match(/w\d{4}/g)?.length).toBe(typed.length);
    await fresh.remove();
  }, 600_000);
});
