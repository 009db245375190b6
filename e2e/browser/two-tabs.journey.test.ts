import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Device, signIn, waitForState } from "./device.ts";
import { PersonOverHttp } from "./person.ts";
import { emailOf, School } from "./school.ts";

const area = (page: Page) => page.locator(".note-fold textarea");

/** The page with its note open. */
async function openNote(page: Page, url: string): Promise<void> {
  await page.goto(url);
  const fold = page.locator(".note-fold");
  await fold.waitFor();
  await fold.evaluate((element: HTMLDetailsElement) => (element.open = true));
}

describe("one person in two tabs of one device", () => {
  let school: School;
  const device = new Device();
  let path = "";

  beforeAll(async () => {
    school = await School.open();
    const person = await PersonOverHttp.signIn(school.url, emailOf("sofia"));
    const item = [...(await person.pullAll("items")).values()].find((one) => one["kind"] === "page");
    path = `/courses/${String(item?.["courseId"])}/items/${String(item?.id)}`;
  });

  afterAll(async () => {
    await device.remove();
    await school.close();
  });

  test("both write one note at the same time: every word of both stands in both", async () => {
    const first = await device.open(school.url);
    await signIn(first, emailOf("sofia"));
    await waitForState(first, "synced");
    const second = await device.context.newPage();
    await openNote(first, school.url + path);
    await openNote(second, school.url + path);
    const wordsOf = (name: string): string[] => Array.from({ length: 12 }, (_, index) => `${name}${index}`);
    const type = async (page: Page, name: string) => {
      for (const word of wordsOf(name)) await area(page).pressSequentially(`${word} `, { delay: 15 });
    };
    await Promise.all([type(first, "uno"), type(second, "dos")]);
    await expect.poll(async () => (await area(first).inputValue()) === (await area(second).inputValue()), { timeout: 15_000 }).toBe(true);
    const text = await area(first).inputValue();
    expect([...wordsOf("uno"), ...wordsOf("dos")].filter((word) => !text.includes(`${word} `)), text).toEqual([]);
    await first.reload();
    await openNote(first, school.url + path);
    await expect.poll(() => area(first).inputValue()).toBe(text);
  });

  test("a note that is emptied to be written anew stays open, with the caret in it", async () => {
    const page = device.context.pages()[0];
    if (!page) throw new Error("the tab is closed");
    await area(page).fill("");
    await page.locator("#note-kept").getByText(/\d:\d\d/).waitFor();
    // Longer than it takes until the device has the empty note, and what was shown of it is drawn anew.
    await page.waitForTimeout(600);
    await page.keyboard.type("written anew", { delay: 10 });
    expect([await area(page).inputValue(), page.url()]).toEqual(["written anew", school.url + path]);
  });

  test("a language chosen in one is the language of the other", async () => {
    const [first, second] = device.context.pages();
    if (!first || !second) throw new Error("a tab is closed");
    const before = await second.locator("html").getAttribute("lang");
    const next = before === "en" ? "es" : "en";
    await first.goto(`${school.url}/you`);
    await first.locator("select").first().selectOption(next);
    await expect.poll(() => second.locator("html").getAttribute("lang")).toBe(next);
    expect(device.errors).toEqual([]);
  });
});
