import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Page } from "playwright-core";
import { look, lookInDark } from "./axe.ts";
import { desktop, Device, phone, signIn, waitForState, words } from "./device.ts";
import { emailOf, projectRoot, School } from "./school.ts";

const says = {
  picture: /^(Your picture|Tu imagen)$/,
  use: /^(Use this picture|Usar esta imagen)$/,
  remove: /^(Remove it|Quitarla)$/,
  zone: /^(Where you are|Dónde estás)$/,
  notHere: /^(There is nothing here|Aquí no hay nada)$/,
  language: /^(Language|Idioma)$/,
  name: /^(Name|Nombre)$/,
  nameNeeded: /^(A name is needed|Hace falta un nombre)/,
  nameSaved: /^(Your name was changed|Tu nombre se cambió)/,
  signOut: /^(Sign out|Salir)$/,
  differs: /There: |Allí: /,
};
const file = join(projectRoot, "infra", "pictures", "phone.png");

describe("how others see a person", () => {
  let school: School;
  const found: string[] = [];
  const devices = { sofia: new Device({ viewport: phone, language: "es" }), ana: new Device({ viewport: desktop }) };

  beforeAll(async () => {
    school = await School.open();
  });
  afterAll(async () => {
    for (const device of Object.values(devices)) await device.remove();
    await school.close();
  });
  const lookAt = async (page: Page, name: string): Promise<void> => void found.push(...(await look(page, name)), ...(await lookInDark(page, `${name}-dark`)));
  /** Whether the picture is drawn, not only there. */
  const drawn = (page: Page, selector: string) => page.locator(`${selector} img`).evaluate((image: HTMLImageElement) => image.decode().then(() => image.naturalWidth));

  test("a picture is cut on the phone, small and square, and is there for who shares a course, offline too", async () => {
    const page = await devices.sofia.open(school.url);
    await signIn(page, emailOf("sofia"));
    await waitForState(page, "synced");
    await page.goto(`${school.url}/you`);
    await page.getByRole("button", { name: says.picture }).click();
    const dialog = page.locator("dialog[open]");
    await dialog.locator('input[type="file"]').setInputFiles(file);
    await dialog.locator("canvas").waitFor();
    await dialog.locator("canvas").focus();
    for (const key of ["ArrowUp", "ArrowUp", "ArrowLeft"]) await page.keyboard.press(key);
    await dialog.locator('input[type="range"]').fill("1.5");
    await lookAt(page, "picture-360-es");
    await dialog.getByRole("button", { name: says.use }).click();
    await dialog.waitFor({ state: "detached" });
    expect(await drawn(page, ".face")).toBe(192);
    await lookAt(page, "profile-360-es");

    const teacher = await devices.ana.open(school.url);
    await signIn(teacher, emailOf("ana"));
    await waitForState(teacher, "synced");
    const href = await teacher.locator('a[href*="/courses/"]').first().getAttribute("href");
    await teacher.goto(`${school.url}${/\/courses\/[0-9a-f-]{36}/.exec(href ?? "")?.[0] ?? ""}/people`);
    await teacher.locator("[data-member] .face img").waitFor();
    expect(await drawn(teacher, "[data-member] .face")).toBe(192);
    await lookAt(teacher, "course-people-1280-en");

    await devices.sofia.offline(true);
    await page.reload();
    expect(await drawn(page, ".face")).toBe(192);
    await devices.sofia.offline(false);

    await page.getByRole("button", { name: says.picture }).click();
    await dialog.getByRole("button", { name: says.remove }).click();
    await dialog.waitFor({ state: "detached" });
    expect(await page.locator(".face img").count()).toBe(0);
    await teacher.locator("[data-member] .face img").waitFor({ state: "detached" });
  });

  test("a time zone is the device's until another is chosen; that it is another is said", async () => {
    const page = devices.sofia.context.pages()[0];
    if (!page) throw new Error("the phone is open");
    await page.goto(`${school.url}/you/account`);
    const zone = page.getByLabel(says.zone);
    await expect.poll(() => zone.inputValue()).toBe("America/Mexico_City");
    expect(await page.getByText(says.differs).count()).toBe(0);
    await zone.selectOption("Asia/Tokyo");
    await page.getByText(says.differs).waitFor();
    await lookAt(page, "time-zone-360-es");
    await page.reload();
    await expect.poll(() => zone.inputValue()).toBe("Asia/Tokyo");
  });

  test("a language that is shown as chosen is kept: a tab that ends in that moment shows it again", async () => {
    const page = devices.sofia.context.pages()[0];
    if (!page) throw new Error("the phone is open");
    for (const next of ["en", "es"]) {
      await page.goto(`${school.url}/you`);
      const choice = page.getByLabel(says.language);
      await choice.waitFor();
      await page.evaluate(() => new MutationObserver(() => location.reload()).observe(document.documentElement, { attributeFilter: ["lang"] }));
      await Promise.all([page.waitForEvent("load"), choice.selectOption(next)]);
      await waitForState(page, "synced");
      expect(await choice.inputValue()).toBe(next);
      expect(await page.locator("html").getAttribute("lang")).toBe(next);
    }
  });

  test("a name is needed, and that is said; an address that holds no id leads to no page; who comes next begins at home", async () => {
    const page = devices.sofia.context.pages()[0];
    if (!page) throw new Error("the phone is open");
    for (const path of ["/courses/x", `/courses/x/items/x`, "/courses/0197c5c4-5d0c-7000-8000-000000000000/items/x"]) {
      await page.goto(`${school.url}${path}`);
      await page.getByRole("heading", { name: says.notHere }).waitFor();
    }
    await page.goto(`${school.url}/you`);
    // Before the first contact of a page a new name is kept here and sent then, which is said in other words.
    await waitForState(page, "synced");
    const name = page.getByLabel(says.name);
    await name.fill(" ");
    await name.blur();
    await page.getByText(says.nameNeeded).waitFor();
    await lookAt(page, "name-needed-360-es");
    await name.fill("Sofía");
    await page.getByText(says.nameNeeded).waitFor({ state: "detached" });
    // Loaded anew before the field is left, as after a crash.
    await page.reload();
    await expect.poll(() => name.inputValue()).toBe("Sofía");
    await waitForState(page, "synced");
    await name.press("Enter");
    await page.getByText(says.nameSaved).waitFor();
    expect(await page.evaluate(() => JSON.stringify({ ...sessionStorage }))).not.toContain("Sofía");
    await page.getByRole("button", { name: says.signOut }).first().click();
    await page.getByLabel(words.email).waitFor();
    expect(new URL(page.url()).pathname).toBe("/");
  });

  test("no screen of it has a fault that axe finds", () => {
    expect(found).toEqual([]);
  });
});
