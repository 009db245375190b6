import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Page } from "playwright-core";
import { courseLinks, Device, signIn, waitForState, words } from "./device.ts";
import { PersonOverHttp } from "./person.ts";
import { emailOf, realData, School } from "./school.ts";

const MARKED = 20;

/** Addresses of the pages of a course, in order, as the course page lists them. */
const pageAddresses = async (page: Page): Promise<string[]> => {
  const links = await page.locator('main a[href*="/items/"]').evaluateAll((found) => found.map((link) => (link as HTMLAnchorElement).pathname));
  return [...new Set(links.filter((path) => !path.endsWith("/edit")))];
};

/** Pages of the person's other courses, found by going there. */
async function otherPages(page: Page, school: School, courseId: string): Promise<string[]> {
  await page.goto(`${school.url}/courses`);
  await page.locator(courseLinks).first().waitFor();
  const courses = await page.locator(courseLinks).evaluateAll((links) => [...new Set(links.map((link) => (link as HTMLAnchorElement).pathname))]);
  const found: string[] = [];
  for (const course of courses.filter((path) => !path.includes(courseId))) {
    await page.goto(`${school.url}${course}`);
    await page.locator('main a[href*="/items/"]').first().waitFor();
    found.push(...(await pageAddresses(page)));
  }
  return found;
}

/** Reads the open page in the language of its pressed segment: its words, and its pictures that are not drawn. */
async function readPage(page: Page): Promise<{ lang: string | null; words: number; brokenPictures: number; pictures: number }> {
  const article = page.locator("article.read");
  await article.waitFor();
  // A picture is drawn when it comes near the view, as for a person who scrolls through the page.
  for (const picture of await article.locator("img").all()) {
    await picture.scrollIntoViewIfNeeded();
    await picture.evaluate((img: HTMLImageElement) => (img.complete ? undefined : new Promise((done) => img.addEventListener("load", done, { once: true }))));
  }
  return article.evaluate((element) => {
    const images = [...element.querySelectorAll("img")];
    const figures = element.querySelectorAll("figure").length;
    return {
      lang: element.getAttribute("lang"),
      words: (element.textContent ?? "").split(/\s+/).filter(Boolean).length,
      pictures: images.length,
      brokenPictures: images.filter((img) => img.naturalWidth === 0).length + Math.max(0, figures - images.length),
    };
  });
}

describe.skipIf(realData === null)("a student with a real course and no network", () => {
  let school: School;
  let courseId = "";
  let marked: string[] = [];
  const phone = new Device();

  beforeAll(async () => {
    school = await School.open();
    await school.command("import-course", `${realData}/shell-novice`);
  });

  afterAll(async () => {
    await phone.remove();
    await school.close();
  });

  test("keeps the course in one visit", async () => {
    const page = await phone.open(school.url);
    await signIn(page, emailOf("sofia"));
    await waitForState(page, "synced");
    const link = page.locator(courseLinks, { hasText: /shell/i }).first();
    await link.click();
    await page.waitForURL(/\/courses\/[0-9a-f-]{36}$/);
    courseId = new URL(page.url()).pathname.split("/")[2] ?? "";
    await page.getByRole("button", { name: /^(Keep what is missing|Guardar lo que falta|Keep on this device|Guardar en este dispositivo)/ }).click();
    await page.locator("main").getByText(/^(All on this device|Todo en este dispositivo)$/).first().waitFor();
    await waitForState(page, "synced");
    await phone.shut();
    await school.kill();
  });

  test("reads every page in both languages with its pictures, and marks twenty, while the server is dead", async () => {
    const page = await phone.open("about:blank");
    await phone.offline(true);
    await page.goto(`${school.url}/courses/${courseId}`);
    await page.locator('main a[href*="/items/"]').first().waitFor();
    const imported = await pageAddresses(page);
    const addresses = [...imported, ...(await otherPages(page, school, courseId))];
    expect(imported.length).toBeGreaterThan(7);
    expect(addresses.length).toBeGreaterThanOrEqual(MARKED);
    marked = addresses.slice(0, MARKED);
    const totals = { pictures: 0, words: { en: 0, es: 0 } };
    for (const [index, address] of addresses.entries()) {
      await page.goto(`${school.url}${address}`);
      for (const lang of ["en", "es"] as const) {
        await page.locator(`.segment[lang="${lang}"]`).click();
        await page.locator(`article.read[lang="${lang}"]`).waitFor();
        const read = await readPage(page);
        // Pictures were kept for the imported course only; texts are always here.
        if (index < imported.length) expect(read.brokenPictures, address).toBe(0);
        expect(read.words, address).toBeGreaterThan(10);
        if (index >= imported.length) continue;
        totals.pictures += read.pictures;
        totals.words[lang] += read.words;
      }
      if (index < MARKED) {
        await page.getByRole("button", { name: words.markDone }).click();
        await page.getByRole("button", { name: words.done }).waitFor();
      }
    }
    console.log(`read ${imported.length} pages of the course, ${totals.words.en} English and ${totals.words.es} Spanish words, ${totals.pictures} pictures`);
    expect(totals.words.en).toBeGreaterThan(15_000);
    expect(totals.words.es).toBeGreaterThan(15_000);
    expect(totals.pictures).toBeGreaterThan(10);
    await waitForState(page, "offline");
    await phone.shut();
  });

  test("the server then holds exactly these twenty, once, and the status returns to synced by itself", async () => {
    const page = await phone.open("about:blank");
    await phone.offline(true);
    await page.goto(`${school.url}${marked.at(-1) ?? ""}`);
    await page.getByRole("button", { name: words.done }).waitFor();
    await school.start();
    await phone.offline(false);
    await waitForState(page, "synced");
    const sofia = await PersonOverHttp.signIn(school.url, emailOf("sofia"));
    const rows = [...(await sofia.pullAll("progress")).values()];
    const done = rows.filter((row) => (row["done"] as { value: boolean } | undefined)?.value);
    expect(done.map((row) => row["itemId"]).sort()).toEqual(marked.map((address) => address.split("/")[4]).sort());
    expect(new Set(rows.map((row) => row["itemId"])).size).toBe(rows.length);
    expect(phone.errors).toEqual([]);
  });
});
