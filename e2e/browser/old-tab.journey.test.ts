import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Device, signIn, waitForState, words } from "./device.ts";
import { documentsOnDevice, marksOnDevice } from "./device-stores.ts";
import { formLock } from "@mochila/client/db/names.ts";
import { registry } from "@mochila/shared/registry.ts";
import { formOf } from "@mochila/shared/sync/upgrade.ts";
import { FormerApp } from "./former-app.ts";
import { PersonOverHttp, type PulledDocument } from "./person.ts";
import { emailOf, School } from "./school.ts";

/** Pages that are marked as done before the update; the long run writes to all of them, and over and over. */
const LONG = Boolean(process.env["TEST_LONG"]);
const PAGES = LONG ? Number.POSITIVE_INFINITY : 2;
const TOGGLES = LONG ? 100 : 1;

const updateNow = /^(Use it now|Usarla ahora)$/;
const closeOthers = /^(Close the other tabs|Cierra las otras pestañas)$/;
const tryAgain = /^(Try again|Intentar de nuevo)$/;

const scriptOf = (page: Page) => page.evaluate(() => document.querySelector<HTMLScriptElement>('script[src*="/start-"]')?.src ?? "");
const storesOf = (page: Page, userId: string) =>
  page.evaluate(async (id) => (await indexedDB.databases()).flatMap(({ name = "" }) => new RegExp(`${id}--\\d+--progress$`).exec(name)?.[0].split("--")[1] ?? []).sort(), userId);
const note = (page: Page) => page.locator(".note-fold textarea");
const openNote = async (page: Page) => page.locator(".note-fold").evaluate((element: HTMLDetailsElement) => (element.open = true));

/** Which version a page runs; of the former one, also what its service workers are at: what stands in the way of an update that does not come. */
async function runsFormer(page: Page): Promise<string> {
  const script = await scriptOf(page).catch(() => null);
  if (script !== null && !FormerApp.isFormer(script)) return "the new version";
  const workers = page.evaluate(async () => {
    const found = await navigator.serviceWorker.getRegistration();
    return [found?.installing, found?.waiting, found?.active].map((one) => one?.state ?? "none").join(", ");
  });
  return `the former one; installing, waiting, active: ${await workers.catch(() => "the page does not answer")}`;
}

/** The page finds the new version and asks; or the browser has found it before the page was opened, and it takes over by itself. */
async function takeNewVersion(page: Page): Promise<void> {
  const button = page.getByRole("button", { name: updateNow });
  const asks = () => button.isVisible().catch(() => false);
  const state = async () => ((await asks()) ? "asks" : runsFormer(page));
  await expect.poll(state, { timeout: 30_000 }).toMatch(/^(asks|the new version)$/);
  if (await asks()) await button.click();
  await expect.poll(() => runsFormer(page), { timeout: 5_000 }).toBe("the new version");
}

describe("an update while an old tab is open with work that waits (D-19)", () => {
  const device = new Device();
  let app: FormerApp;
  let school: School;
  let person: PersonOverHttp;
  let pages: PulledDocument[];

  beforeAll(async () => {
    app = await FormerApp.open();
    school = await School.open();
    app.target = school.port;
    person = await PersonOverHttp.signIn(school.url, emailOf("sofia"));
    pages = [...(await person.pullAll("items")).values()].filter((item) => item["kind"] === "page").slice(0, PAGES);
  });

  afterAll(async () => {
    await device.remove();
    await app.close();
    await school.close();
  });

  const addressOf = (item: PulledDocument) => `${app.url}/courses/${String(item["courseId"])}/items/${item.id}`;

  test("W7 W8 nothing is moved under the old tab, and the screen says why within 10 s; then it leaves, everything it wrote is moved, and both run the new version", async () => {
    const old = await device.open(app.url);
    await signIn(old, emailOf("sofia"));
    await waitForState(old, "synced");
    await old.evaluate(() => navigator.serviceWorker.ready);
    expect(FormerApp.isFormer(await scriptOf(old))).toBe(true);
    expect(await storesOf(old, person.userId)).toEqual(["0"]);

    app.pushesFail = true;
    for (const item of pages) {
      await old.goto(addressOf(item));
      await old.getByRole("button", { name: words.markDone }).click();
      await old.getByRole("button", { name: words.done }).waitFor();
    }
    for (let toggle = 0; toggle < TOGGLES; toggle += 1) {
      await old.getByRole("button", { name: words.done }).click();
      await old.getByRole("button", { name: words.markDone }).click();
      await old.getByRole("button", { name: words.done }).waitFor();
    }
    await openNote(old);
    await note(old).fill("before the update. ");
    await expect.poll(async () => (await marksOnDevice(old, person.userId)).length).toBe(pages.length + 1);
    const before = await documentsOnDevice(old, person.userId, "progress");
    const marks = await marksOnDevice(old, person.userId);
    // What the person has on the screen there, whatever becomes of the page.
    await old.evaluate(() => document.addEventListener("input", (event) => sessionStorage.setItem("typed", (event.target as HTMLTextAreaElement).value)));

    // A tab that stands still: it holds what every tab of the version before holds, and answers nothing.
    const still = await device.context.newPage();
    await still.goto(`${app.url}/api/docs`);
    await still.evaluate((name) => new Promise<void>((held) => void navigator.locks.request(name, { mode: "shared" }, () => new Promise(() => held()))), formLock(person.userId, formOf(registry) - 1));
    const typing = (async () => {
      for (let word = 0; word < 1_500; word += 1) await note(old).pressSequentially(`w${word} `, { timeout: 1_000 });
    })().catch(() => undefined);
    await expect.poll(() => old.evaluate(() => sessionStorage.getItem("typed"))).toMatch(/ w2 /);
    app.deploy();
    const next = await device.context.newPage();
    await next.goto(app.url, { waitUntil: "commit" });
    await takeNewVersion(next);
    const loaded = performance.now();
    await next.getByRole("heading", { name: closeOthers }).waitFor({ timeout: 15_000 });
    const waited = performance.now() - loaded;
    console.log(`the screen came after ${Math.round(waited)} ms`);
    expect(waited).toBeLessThan(10_000);
    // The tab that lives has left, and waits with the new version; nothing was moved under the one that stands still.
    await typing;
    expect(FormerApp.isFormer(await scriptOf(old))).toBe(false);
    const left = await documentsOnDevice(next, person.userId, "progress");
    for (const [id, document] of before) expect(left.get(id)?.["done"]).toEqual(document["done"]);
    expect(await storesOf(next, person.userId)).toEqual(["0", "1"]);

    await still.close();
    await next.getByRole("button", { name: tryAgain }).click();
    await next.locator("[data-sync-state]").first().waitFor({ timeout: 10_000 });
    await old.reload();
    await note(old).waitFor({ state: "attached" });
    await openNote(old);
    const typed = await old.evaluate(() => sessionStorage.getItem("typed"));
    expect(typed).toContain("before the update. w0 w1 w2 ");
    const kept = [...(await documentsOnDevice(old, person.userId, "drafts")).values()].map(({ body }) => body);
    expect(kept).toEqual([typed]);
    await expect.poll(() => note(old).inputValue()).toBe(typed);

    expect(await storesOf(next, person.userId)).toEqual(["1"]);
    const moved = await documentsOnDevice(next, person.userId, "progress");
    expect(moved.size).toBe(before.size);
    for (const { id } of marks.filter(({ collection }) => collection === "progress")) expect(moved.get(id)).toMatchObject({ done: { value: true } });
    expect((await marksOnDevice(next, person.userId)).map(({ key }) => key).sort()).toEqual(marks.map(({ key }) => key).sort());
  });

  test("W4 what was written in the form before is sent and taken, and the new form with it", async () => {
    const [old, next] = device.context.pages();
    if (!old || !next) throw new Error("a tab is closed");
    const last = pages.at(-1) as PulledDocument;
    await next.goto(addressOf(last));
    const bookmark = next.getByRole("button", { name: /^(Bookmark|Marcador)$/ });
    await bookmark.click();
    await expect.poll(() => bookmark.getAttribute("aria-pressed")).toBe("true");
    app.pushesFail = false;
    await expect.poll(async () => (await marksOnDevice(next, person.userId)).length, { timeout: 30_000 }).toBe(0);
    const taken = await person.pullAll("progress");
    expect(taken).toEqual(await documentsOnDevice(next, person.userId, "progress"));
    expect([...taken.values()].filter(({ done }) => (done as { value: boolean } | undefined)?.value).map(({ itemId }) => itemId).sort()).toEqual(pages.map(({ id }) => id).sort());
    expect([...taken.values()].filter(({ bookmark: one }) => one).map(({ itemId }) => itemId)).toEqual([last.id]);
    expect([...(await person.pullAll("drafts")).values()].map(({ body }) => body)).toEqual([await old.evaluate(() => sessionStorage.getItem("typed"))]);
    await next.goto(app.url);
    await next.getByRole("heading", { name: /^(Bookmarks|Marcadores)$/ }).waitFor();
    expect(device.errors).toEqual([]);
  });
});
