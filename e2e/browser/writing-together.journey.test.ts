import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Page } from "playwright-core";
import { desktop, Device, phone, signIn, waitForState, words } from "./device.ts";
import { eventsOnDevice } from "./device-stores.ts";
import { PersonOverHttp } from "./person.ts";
import { emailOf, School } from "./school.ts";


const CHARACTERS = 2_000;
const SLOW_KEY_MS = 150;
const editor = '.ProseMirror[contenteditable="true"]';

/** Words that only this person types: `ana000 ana001 …`, together `CHARACTERS` long. */
function wordsOf(name: string): string[] {
  const own: string[] = [];
  for (let length = 0; length < CHARACTERS; length += name.length + 4) own.push(`${name}${String(own.length).padStart(3, "0")}`);
  return own;
}

const textOf = async (page: Page): Promise<string> =>
  // Cursors of others stand in the text as decorations; they are not part of it.
  page.locator(editor).evaluate((element) => {
    const copy = element.cloneNode(true) as HTMLElement;
    for (const cursor of copy.querySelectorAll("[data-peer]")) cursor.remove();
    return [...copy.children].map((block) => block.textContent ?? "").join("\n").replaceAll("\ufeff", "").replaceAll("\u2060", "");
  });

/** Puts the caret into a new paragraph behind the one named, and waits until it is there. */
async function newParagraphAfter(page: Page, tag: string, index: number): Promise<void> {
  const paragraphs = page.locator(`${editor} > ${tag}`);
  const before = await paragraphs.count();
  await paragraphs.nth(index).click();
  await page.keyboard.press("End");
  // A long paragraph has several lines; End goes to the end of one.
  await paragraphs.nth(index).evaluate((element) => {
    const range = document.createRange();
    range.selectNodeContents(element);
    range.collapse(false);
    getSelection()?.removeAllRanges();
    getSelection()?.addRange(range);
  });
  await page.keyboard.press("Enter");
  await expect.poll(() => paragraphs.count()).toBe(before + 1);
}

describe("two instructors write one page", () => {
  let school: School;
  const ana = new Device({ viewport: desktop });
  const luis = new Device({ viewport: desktop });
  const student = new Device({ viewport: phone });
  const typed = { ana: wordsOf("ana"), luis: wordsOf("luis") };
  let itemPath = "";

  const open = async (device: Device, person: "ana" | "luis"): Promise<Page> => {
    const page = await device.open(school.url);
    await signIn(page, emailOf(person));
    await waitForState(page, "synced");
    await page.goto(`${school.url}${itemPath}/edit`);
    await page.locator(editor).waitFor();
    await page.locator('.segment[lang="en"]').click();
    await page.locator(`${editor}[lang="en"]`).waitFor();
    return page;
  };

  const bothEqual = async (pages: readonly [Page, Page]): Promise<string> => {
    await expect.poll(async () => (await textOf(pages[0])) === (await textOf(pages[1])), { timeout: 30_000, interval: 250 }).toBe(true);
    return textOf(pages[0]);
  };

  const nothingLost = (text: string): void => {
    const wrong = [...typed.ana, ...typed.luis].filter((word) => text.split(word).length !== 2);
    expect(wrong, text.slice(0, 8_000)).toEqual([]);
  };

  beforeAll(async () => {
    school = await School.open();
    const teacher = await PersonOverHttp.signIn(school.url, emailOf("ana"));
    const item = [...(await teacher.pullAll("items")).values()].find((one) => one["kind"] === "page");
    itemPath = `/courses/${String(item?.["courseId"])}/items/${String(item?.id)}`;
  });

  afterAll(async () => {
    for (const device of [ana, luis, student]) await device.remove();
    await school.close();
  });

  test("2,000 characters each at the same time, one of them offline for half: equal, nothing lost", async () => {
    const [first, second] = [await open(ana, "ana"), await open(luis, "luis")];
    // Each in a paragraph of their own, so that words are whole; the same paragraph is the engine's own test.
    await newParagraphAfter(first, "p", 0);
    await bothEqual([first, second]);
    await newParagraphAfter(second, "p", 2);
    const half = Math.floor(typed.luis.length / 2);
    await Promise.all([
      (async () => {
        for (const word of typed.ana) await first.keyboard.type(`${word} `);
      })(),
      (async () => {
        for (const [index, word] of typed.luis.entries()) {
          if (index === half) await luis.offline(true);
          await second.keyboard.type(`${word} `);
        }
        await luis.offline(false);
      })(),
    ]);
    nothingLost(await bothEqual([first, second]));
    await second.locator('[data-peer]').filter({ hasText: "Ana" }).first().waitFor({ state: "attached" });
  });

  test("what one makes bold, takes away and parts while the other only reads is with the other", async () => {
    const [[first], [second]] = [ana.context.pages(), luis.context.pages()];
    if (!first || !second) throw new Error("a browser is closed");
    await newParagraphAfter(first, "p", 0);
    // As slowly as people think: each key is alone on its way, so that nothing else brings it along.
    const type = (text: string) => first.keyboard.type(text, { delay: SLOW_KEY_MS });
    await type("plain ");
    await first.keyboard.press("Control+b");
    await type("bold words");
    await first.keyboard.press("Control+b");
    await type(" plain againXX");
    for (let key = 0; key < 2; key += 1) await first.keyboard.press("Backspace", { delay: SLOW_KEY_MS });
    await first.keyboard.press("Enter");
    await type("a new paragraph");
    await expect.poll(() => second.locator(`${editor} strong`).allTextContents(), { timeout: 20_000 }).toContain("bold words");
    expect(await bothEqual([first, second])).toContain("plain bold words plain again\na new paragraph");
    await waitForState(first, "synced");
  });

  test("the same after a restart of the server, on devices that are opened anew", async () => {
    const [first] = ana.context.pages();
    if (!first) throw new Error("Ana's browser is closed");
    await waitForState(first, "synced");
    await school.kill();
    await school.start();
    await luis.remove();
    const cold = new Device({ viewport: desktop });
    const second = await open(cold, "luis");
    const text = await bothEqual([first, second]);
    nothingLost(text);
    expect(text).toContain("plain bold words plain again\na new paragraph");
    expect(await second.locator(`${editor} strong`).allTextContents()).toContain("bold words");
    await cold.remove();
  });

  test("students get it when it is published, and not before", async () => {
    const page = await student.open(school.url);
    await signIn(page, emailOf("sofia"));
    await waitForState(page, "synced");
    await page.goto(`${school.url}${itemPath}`);
    await page.locator('.segment[lang="en"]').click();
    await page.locator('article.read[lang="en"]').waitFor();
    expect(await page.locator("article.read").textContent()).not.toContain("ana000");
    const [teacher] = ana.context.pages();
    await teacher?.getByRole("button", { name: /^(Publish|Publicar)$/ }).click();
    await page.locator("article.read", { hasText: typed.ana.at(-1) ?? "" }).waitFor({ timeout: 45_000 });
    nothingLost((await page.locator("article.read").textContent()) ?? "");
    for (const device of [ana, student]) expect(device.errors).toEqual([]);
  });

  test("what both did arrives in the instructor's chart, counted once", async () => {
    const [[teacher], [reader]] = [ana.context.pages(), student.context.pages()];
    if (!teacher || !reader) throw new Error("a browser is closed");
    await reader.getByRole("button", { name: words.markDone }).click();
    // Ana reads what she wrote, as a student does.
    await teacher.goto(`${school.url}${itemPath}`);
    await teacher.locator("article.read").waitFor();
    const over = { ana: await PersonOverHttp.signIn(school.url, emailOf("ana")), sofia: await PersonOverHttp.signIn(school.url, emailOf("sofia")) };
    // Who leaves within the same instant has not opened it.
    await expect.poll(async () => (await eventsOnDevice(teacher, over.ana.userId)).length).toBeGreaterThan(0);
    // Leaving a page records that it was left; after it nothing new happens in this course.
    for (const page of [teacher, reader]) {
      await page.goto(`${school.url}/outbox`);
      await waitForState(page, "synced");
    }
    const courseId = itemPath.split("/")[2] ?? "";
    const generated = { ana: await eventsOnDevice(teacher, over.ana.userId), sofia: await eventsOnDevice(reader, over.sofia.userId) };
    expect(generated.ana.length).toBeGreaterThan(0);
    expect(generated.sofia.length).toBeGreaterThan(0);
    const report = async () => {
      const answer = await over.ana.call(`/api/reports/course-activity?courseId=${courseId}&days=28`);
      return (await answer.json()) as { counted: { events: number }; people: { userId: string; events: number; completed: number }[] };
    };
    const ofSofia = async () => (await report()).people.find((one) => one.userId === over.sofia.userId);
    await expect.poll(async () => (await report()).counted.events, { timeout: 30_000, interval: 500 }).toBe(generated.ana.length + generated.sofia.length);
    expect(await ofSofia()).toMatchObject({ events: generated.sofia.length, completed: 1 });
    await teacher.goto(`${school.url}/courses/${courseId}/activity`);
    await teacher.getByText("Sofía Ruiz").first().waitFor();
  });
});
