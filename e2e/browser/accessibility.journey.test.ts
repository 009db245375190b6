import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Page } from "playwright-core";
import { look, lookInDark } from "./axe.ts";
import { desktop, Device, phone, signIn, waitForState } from "./device.ts";
import { PersonOverHttp } from "./person.ts";
import { emailOf, School } from "./school.ts";

interface Screen {
  readonly name: string;
  readonly path: string;
  readonly staff?: boolean;
}

describe("every screen, in both languages and themes", () => {
  let school: School;
  let screens: Screen[] = [];

  beforeAll(async () => {
    school = await School.open();
    const ana = await PersonOverHttp.signIn(school.url, emailOf("ana"));
    const items = [...(await ana.pullAll("items")).values()];
    const page = items.find((item) => item["kind"] === "page");
    if (!page) throw new Error("the demo school has no page");
    const course = `/courses/${String(page["courseId"])}`;
    screens = [
      { name: "home", path: "/" },
      { name: "courses", path: "/courses" },
      { name: "course", path: course },
      { name: "reader", path: `${course}/items/${page.id}` },
      { name: "outbox", path: "/outbox" },
      { name: "storage", path: "/storage" },
      { name: "you", path: "/you" },
      { name: "not-found", path: "/nowhere" },
      { name: "course-staff", path: course, staff: true },
      { name: "builder", path: `${course}/build`, staff: true },
      { name: "editor", path: `${course}/items/${page.id}/edit`, staff: true },
      { name: "history", path: `/history/items/${page.id}`, staff: true },
      { name: "activity", path: `${course}/activity`, staff: true },
    ];
  });

  afterAll(() => school.close());

  const all = (["en", "es"] as const).flatMap((language) => [phone, desktop].map((viewport) => ({ language, viewport, width: viewport.width })));
  const cases = process.env["TEST_LONG"] ? all : all.filter(({ language, viewport }) => (language === "en") === (viewport === phone));

  test.each(cases)("axe finds nothing in light and dark: $language, $width px", async ({ language, viewport }) => {
    const found: string[] = [];
    const lookAt = async (page: Page, name: string): Promise<void> => {
      const named = (theme: string): string => `${name}-${viewport.width}-${theme}-${language}`;
      found.push(...(await look(page, named("light"))), ...(await lookInDark(page, named("dark"))));
    };
    for (const person of ["sofia", "ana"] as const) {
      const device = new Device({ viewport, language });
      const page = await device.open(school.url);
      await page.getByRole("heading", { level: 1 }).waitFor();
      if (person === "sofia") await lookAt(page, "sign-in");
      await signIn(page, emailOf(person));
      await waitForState(page, "synced");
      await page.goto(`${school.url}/you`);
      await page.locator(`html[lang="${language}"]`).or(page.getByRole("main")).first().waitFor();
      const choice = page.locator('select, input[type="radio"]').filter({ has: page.locator(`option[value="${language}"]`) }).first();
      if ((await page.locator("html").getAttribute("lang")) !== language) await choice.selectOption(language);
      await page.locator(`html[lang="${language}"]`).waitFor();
      for (const screen of screens.filter((one) => (one.staff ?? false) === (person === "ana"))) {
        await page.goto(`${school.url}${screen.path}`);
        await page.locator("main h1, main [role='textbox']").first().waitFor();
        // What is still coming shows a skeleton.
        await page.locator(".skeleton").first().waitFor({ state: "detached" });
        await lookAt(page, screen.name);
      }
      expect(device.errors).toEqual([]);
      await device.remove();
    }
    expect(found).toEqual([]);
  });

  test("Chromium would install it", async () => {
    const device = new Device();
    const page = await device.open(school.url);
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
    const session = await page.context().newCDPSession(page);
    const manifest = await session.send("Page.getAppManifest");
    expect(manifest.errors).toEqual([]);
    const { installabilityErrors } = await session.send("Page.getInstallabilityErrors");
    expect(installabilityErrors).toEqual([]);
    await device.remove();
  });
});
