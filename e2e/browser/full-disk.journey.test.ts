import type { CDPSession, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { makeDrafts } from "../load/drafts.ts";
import { pushBodies, pushBody } from "../load/sync-client.ts";
import { Device, signIn, waitForState } from "./device.ts";
import { documentsOnDevice } from "./device-stores.ts";
import { PersonOverHttp, type PulledDocument } from "./person.ts";
import { emailOf, School } from "./school.ts";

const ROUNDS = process.env["TEST_LONG"] ? 40 : 1;
const MIB = 1_024 * 1_024;
/** From nearly nothing to more than what the app itself takes. */
const QUOTAS_MIB = [8, 3, 20, 12, 5];
/** Half a megabyte of news from the school, so that the sync meets the full disk too. */
const NEWS = 1_000;

const full = (page: Page) => page.locator('[data-trouble="full"]');
const area = (page: Page) => page.locator(".note-fold textarea");

describe("a device whose disk is full (D-18, D14)", () => {
  let school: School;
  let person: PersonOverHttp;
  let item: PulledDocument | undefined;
  let page: Page;
  let session: CDPSession;
  const device = new Device();

  beforeAll(async () => {
    school = await School.open();
    person = await PersonOverHttp.signIn(school.url, emailOf("sofia"));
    item = [...(await person.pullAll("items")).values()].find(({ kind }) => kind === "page");
    page = await device.open(school.url);
    await signIn(page, emailOf("sofia"));
    await waitForState(page, "synced");
    await vi.waitFor(async () => expect(await reserved()).toBeGreaterThan(MIB), { timeout: 30_000 });
  });
  afterAll(async () => {
    await device.remove();
    await school.close();
  });

  const giveDisk = (mib: number | null) => session.send("Storage.overrideQuotaForOrigin", { origin: school.url, ...(mib === null ? {} : { quotaSize: mib * MIB }) });
  const reserved = () => page.evaluate((name) => caches.open(name).then((cache) => cache.match("/reserve")).then((answer) => Number(answer?.headers.get("content-length") ?? 0)), `reserve-${person.userId}`);
  const onDevice = () => documentsOnDevice(page, person.userId, "drafts");
  const noteOnDevice = async () => [...(await onDevice()).values()].find(({ itemId, kind }) => itemId === item?.id && kind === "note")?.["body"];

  for (let round = 0; round < ROUNDS; round += 1) {
    const mib = QUOTAS_MIB[round % QUOTAS_MIB.length] ?? 3;
    test(`${mib} MiB: says so, keeps what the person writes, and takes the rest when there is room (${round})`, async () => {
      // Chromium believes for half a minute what it knew of the room that is left: a browser that has just begun knows nothing.
      page = await device.open("about:blank");
      session = await page.context().newCDPSession(page);
      const courseId = String(item?.["courseId"]);
      for (const body of pushBodies(makeDrafts(NEWS, { userId: person.userId, courseId }))) await pushBody(school.url, person, body);
      await giveDisk(mib);
      await page.goto(`${school.url}/courses/${courseId}/items/${String(item?.id)}`);
      await page.locator(".note-fold").evaluate((element: HTMLDetailsElement) => (element.open = true));
      await full(page).waitFor({ timeout: 30_000 });
      const note = `written on a full disk of ${mib} MiB, ${round}`;
      await area(page).fill(note);
      const { usage } = await page.evaluate(() => navigator.storage.estimate().then((all) => ({ usage: all.usage ?? 0 })));
      // Where the app itself does not fit, the words stay on the screen until there is room.
      if (usage - (await reserved()) < (mib - 1) * MIB) await expect.poll(noteOnDevice, { timeout: 20_000 }).toBe(note);
      expect(await area(page).inputValue()).toBe(note);

      await giveDisk(null);
      await full(page).waitFor({ state: "detached", timeout: 30_000 });
      await expect.poll(noteOnDevice, { timeout: 20_000 }).toBe(note);
      const revs = (held: ReadonlyMap<string, PulledDocument>) => [...held.values()].map(({ id, rev }) => `${id} ${String(rev)}`).sort();
      const isEqual = async () => JSON.stringify(revs(await onDevice())) === JSON.stringify(revs(await person.pullAll("drafts")));
      await expect.poll(isEqual, { timeout: 60_000, interval: 500 }).toBe(true);
      await waitForState(page, "synced");
      await expect.poll(reserved, { timeout: 30_000 }).toBeGreaterThan(MIB);
      expect(device.errors).toEqual([]);
    });
  }
});
