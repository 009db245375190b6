import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { look, lookInDark } from "./axe.ts";
import { courseLinks, desktop, Device, phone, signIn, waitForState, words } from "./device.ts";
import { PersonOverHttp } from "./person.ts";
import { emailOf, School } from "./school.ts";

const says = {
  shared: /^(This is a shared computer|Es una computadora compartida)/,
  signOut: /^(Sign out|Salir)$/,
  nothingLeft: /Nothing of you is on this computer|Ya no queda nada tuyo/,
  unsent: /^\d+ (changes? not sent|cambios? sin enviar)$/,
  sendNow: /^(Try to send it now|Intentar enviarlo ahora)$/,
  save: /^(Save it as a file|Guardarlo en un archivo)$/,
  stay: /^(Stay signed in|Seguir dentro)$/,
  lock: /^(Lock and keep it here|Cerrar y conservarlo aquí)$/,
  passkey: /^(Sign in with a passkey|Entrar con una llave de acceso)$/,
};
const HALF_AN_HOUR_MS = 30 * 60_000;

/** Everything that this browser keeps for the school, as one text: names of databases and caches, storage, who is known. */
async function everythingHere(page: Page): Promise<{ databases: string[]; caches: string[]; rest: string }> {
  return page.evaluate(async () => {
    const names = (await indexedDB.databases()).map(({ name = "" }) => name);
    const people = await new Promise((resolve, reject) => {
      const opening = indexedDB.open("mochila-device");
      opening.onerror = () => reject(new Error("the database of the device does not open"));
      opening.onsuccess = () => {
        const all = opening.result.transaction("people").objectStore("people").getAll();
        all.onsuccess = () => {
          opening.result.close();
          resolve(all.result);
        };
      };
    });
    return { databases: names, caches: await caches.keys(), rest: JSON.stringify([people, { ...localStorage }, { ...sessionStorage }, document.cookie]) };
  });
}

const refreshed = (page: Page) => page.evaluate(async () => (await fetch("/api/auth/refresh", { method: "POST", headers: { "x-lms": "1" } })).status);

describe("a shared computer", () => {
  let school: School;
  const computer = new Device({ viewport: desktop });
  const small = new Device({ viewport: phone, language: "es" });
  const found: string[] = [];
  let ben: PersonOverHttp;

  beforeAll(async () => {
    school = await School.open();
    ben = await PersonOverHttp.signIn(school.url, emailOf("ben"));
  });
  afterAll(async () => {
    await computer.remove();
    await small.remove();
    await school.close();
  });
  const lookAt = async (page: Page, name: string): Promise<void> => {
    await page.locator("main h1").waitFor();
    found.push(...(await look(page, name)), ...(await lookInDark(page, `${name}-dark`)));
  };

  async function comeIn(page: Page, email = emailOf("ben")): Promise<void> {
    await page.getByRole("switch", { name: says.shared }).check();
    await signIn(page, email);
    await waitForState(page, "synced");
  }
  /** The first page of a course that is not done yet. */
  async function openPage(page: Page, index: number): Promise<void> {
    await page.goto(`${school.url}/courses`);
    await page.locator(courseLinks).first().click();
    await page.locator('main a[href*="/items/"]').nth(index).click();
    await page.getByRole("button", { name: words.markDone }).waitFor();
  }
  async function markDone(page: Page, index: number): Promise<void> {
    await openPage(page, index);
    await page.getByRole("button", { name: words.markDone }).click();
    await page.getByRole("button", { name: words.done }).waitFor();
  }
  async function leave(page: Page): Promise<void> {
    await page.goto(`${school.url}/you`);
    await page.getByRole("button", { name: says.signOut }).first().click();
  }
  /** As if nobody had touched the app since. */
  const leaveAlone = (page: Page) => page.evaluate((ago) => localStorage.setItem("mochila-touched", String(Date.now() - ago)), HALF_AN_HOUR_MS + 1_000);
  const done = async (): Promise<number> => [...(await ben.pullAll("progress")).values()].filter((row) => (row["done"] as { value: boolean } | undefined)?.value).length;
  const notes = async (): Promise<string[]> => [...(await ben.pullAll("drafts")).values()].map(({ body }) => String(body));
  async function expectNothingOf(page: Page, person: PersonOverHttp, name: string): Promise<void> {
    const here = () => everythingHere(page);
    await expect.poll(async () => (await here()).databases, { timeout: 15_000 }).toEqual(["mochila-device"]);
    const { caches, rest } = await here();
    expect(caches.filter((one) => !/precache|staff-chunks/.test(one))).toEqual([]);
    expect(rest).not.toContain(person.userId);
    expect(rest).not.toContain(name);
    expect(await page.getByText(new RegExp(name)).count()).toBe(0);
  }

  test("SC2 what waits is sent at the sign-out, also what another tab was about to write; then nothing of the person is here, and the session is over", async () => {
    const page = await computer.open(school.url);
    await lookAt(page, "shared-door-1280-en");
    await comeIn(page);
    await page.evaluate(() => navigator.serviceWorker.ready);
    await markDone(page, 0);
    const other = await computer.context.newPage();
    await openPage(other, 1);
    await other.locator(".note-fold summary").click();
    await other.locator(".note-fold textarea").pressSequentially("typed in the other tab");
    const before = await everythingHere(page);
    expect(before.databases.filter((name) => name.includes(ben.userId)).length).toBeGreaterThan(3);
    await leave(page);
    await page.getByText(says.nothingLeft).waitFor();
    await other.getByLabel(words.email).waitFor();
    await expectNothingOf(page, ben, "Ben");
    await expectNothingOf(other, ben, "Ben");
    expect(await refreshed(page)).toBe(401);
    expect(await done()).toBe(1);
    expect(await notes()).toEqual(["typed in the other tab"]);
    await other.close();
  });

  test("SC2 SC3 what cannot be sent is said, can be saved, and stays locked; another person sees none of it; its owner sends it", async () => {
    const page = computer.context.pages()[0];
    if (!page) throw new Error("the computer has no page");
    await comeIn(page);
    await school.kill();
    await markDone(page, 1);
    await leave(page);
    await page.getByRole("button", { name: says.sendNow }).waitFor({ timeout: 30_000 });
    await page.getByText(says.unsent).waitFor();
    await lookAt(page, "shared-stuck-1280-en");
    const saving = page.waitForEvent("download");
    await page.getByRole("button", { name: says.save }).click();
    const saved = JSON.parse(readFileSync(await (await saving).path(), "utf8")) as { person: string; changes: unknown[] };
    expect(saved).toMatchObject({ person: ben.userId, changes: [{ collection: "progress" }] });
    await page.getByRole("button", { name: says.stay }).click();
    await page.locator("[data-sync-state]").first().waitFor();
    await leave(page);
    await page.getByRole("button", { name: says.lock }).click({ timeout: 30_000 });
    await page.getByText(says.unsent).waitFor();
    expect(await page.getByText(emailOf("ben")).count()).toBe(0);
    await lookAt(page, "shared-kept-1280-en");

    await school.start();
    await comeIn(page, emailOf("sofia"));
    await page.goto(`${school.url}/courses`);
    expect(await page.getByText("Ben", { exact: true }).count()).toBe(0);
    const sofia = await PersonOverHttp.signIn(school.url, emailOf("sofia"));
    expect([...(await sofia.pullAll("progress")).values()].filter((row) => (row["done"] as { value: boolean } | undefined)?.value)).toEqual([]);
    await leave(page);
    await page.getByText(says.nothingLeft).or(page.getByText(says.unsent)).first().waitFor();
    await expect.poll(async () => (await everythingHere(page)).rest).not.toContain(sofia.userId);
    expect((await everythingHere(page)).rest).toContain(ben.userId);

    await page.getByRole("button", { name: /Ben/ }).click();
    expect(await page.getByRole("switch", { name: says.shared }).isChecked()).toBe(true);
    await signIn(page, emailOf("ben"));
    await waitForState(page, "synced");
    await expect.poll(done).toBe(2);
    await leave(page);
    await page.getByText(says.nothingLeft).waitFor();
    await expectNothingOf(page, ben, "Ben");
  });

  test("SC3 a browser that is closed is a sign-out: nothing is left where nothing waits; a word that waits is kept, locked", async () => {
    const page = await computer.open(school.url);
    await comeIn(page);
    await openPage(page, 2);
    // The browser goes on: so does the person, in another tab too.
    const tab = await computer.context.newPage();
    await tab.goto(`${school.url}/courses`);
    await tab.locator(courseLinks).first().waitFor();
    const opened = await computer.open(school.url);
    await opened.getByLabel(words.email).waitFor();
    expect(await refreshed(opened)).toBe(401);
    await expectNothingOf(opened, ben, "Ben");

    await comeIn(opened);
    await school.kill();
    await markDone(opened, 2);
    const again = await computer.open(`${school.url}/courses`);
    await again.getByText(says.unsent).waitFor();
    expect(await again.locator('a[href*="/courses/"]').count()).toBe(0);
    await school.start();
    await comeIn(again);
    await expect.poll(done).toBe(3);
  });

  test("SC4 whoever leaves it without a word is signed out after half an hour, in every tab, with everything sent", async () => {
    const page = computer.context.pages()[0];
    if (!page) throw new Error("the computer has no page");
    const other = await computer.context.newPage();
    await openPage(other, 3);
    await other.locator(".note-fold summary").click();
    await other.locator(".note-fold textarea").fill("left in the middle");
    await page.goto(`${school.url}/courses`);
    await page.locator(courseLinks).first().waitFor();
    await leaveAlone(page);
    await page.evaluate(() => window.dispatchEvent(new Event("focus")));
    await page.getByLabel(words.email).waitFor();
    await other.getByLabel(words.email).waitFor();
    await expectNothingOf(page, ben, "Ben");
    expect((await notes()).toSorted()).toEqual(["left in the middle", "typed in the other tab"]);
    expect(await refreshed(page)).toBe(401);
    await other.close();
  });

  test("SC4 a page that is opened after that shows nothing of them either", async () => {
    const page = computer.context.pages()[0];
    if (!page) throw new Error("the computer has no page");
    await comeIn(page);
    await openPage(page, 4);
    await leaveAlone(page);
    await page.goto(`${school.url}/courses`);
    await page.getByLabel(words.email).waitFor();
    await expectNothingOf(page, ben, "Ben");
  });

  test("on a phone, in Spanish: what a person has on their own device is not touched by who shares it", async () => {
    const page = await small.open(school.url);
    await lookAt(page, "shared-door-360-es");
    await signIn(page, emailOf("mei"));
    await waitForState(page, "synced");
    await leave(page);
    await page.getByLabel(words.email).waitFor();
    await comeIn(page);
    await page.goto(`${school.url}/you`);
    await lookAt(page, "shared-you-360-es");
    await school.kill();
    await markDone(page, 5);
    await leave(page);
    await page.getByRole("button", { name: says.sendNow }).waitFor({ timeout: 30_000 });
    await lookAt(page, "shared-stuck-360-es");
    await school.start();
    await page.getByRole("button", { name: says.sendNow }).click();
    await page.getByText(says.nothingLeft).waitFor({ timeout: 30_000 });
    const { databases, rest } = await everythingHere(page);
    expect(databases.filter((name) => name.includes(ben.userId))).toEqual([]);
    expect(databases.filter((name) => name.startsWith("rxdb-dexie-")).length).toBeGreaterThan(3);
    expect(rest).not.toContain(ben.userId);
    expect(rest).toContain("Mei");
  });

  test("nothing is wrong for who sees or hears otherwise, and no page failed", () => {
    expect(found).toEqual([]);
    expect([...computer.errors, ...small.errors]).toEqual([]);
  });
});
