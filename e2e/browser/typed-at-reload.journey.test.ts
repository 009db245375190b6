import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Page } from "playwright-core";
import { lost } from "./answers.ts";
import { look, lookInDark } from "./axe.ts";
import { desktop, Device, phone } from "./device.ts";
import { PersonOverHttp } from "./person.ts";
import { emailOf, password, School } from "./school.ts";
import { openAs } from "./signed-in.ts";

const says = {
  make: /^(Make the account|Crear la cuenta)$/,
  begin: /^(Begin|Empezar)$/,
  add: /^(Add|Añadir)$/,
  new: /^(New|Nuevo)$/,
  addPerson: /^(Add a person|Añadir a una persona)$/,
  addPeople: /^(Add people|Añadir personas)$/,
  cancel: /^(Cancel|Cancelar)$/,
  goOn: /^(Go on|Continuar)$/,
  act: /^(Look as this person|Mirar como esta persona)$/,
  details: /Title and description|Título y descripción/,
  copy: /^(Copy|Copiar|Copy this course|Copy the course|Copiar el curso|Copiar este curso)$/,
  addModule: /^(Add a module|Añadir un módulo)$/,
  addPage: /^(Add a page|Añadir una página)$/,
  rename: /^(Rename “.*”|Cambiar el nombre de «.*»)$/,
  save: /^(Save|Guardar)$/,
  groups: /^(Groups|Grupos)$/,
  newGroup: /^(New group|Grupo nuevo)$/,
  again: /^(Try again|Intentar de nuevo)$/,
};

/** What is typed and only the school can take outlives a page that is loaded anew, a closed dialog, and a try that failed. Secrets do not: they are kept nowhere. */
describe("forms that are not sent yet", () => {
  let school: School;
  let course = "";
  const devices = { nora: new Device({ viewport: phone, language: "es" }), ana: new Device({ viewport: desktop }), admin: new Device({ viewport: desktop }) };
  let ana: Page;
  let admin: Page;

  beforeAll(async () => {
    school = await School.open({ LIMITS: "off" });
    const teacher = await PersonOverHttp.signIn(school.url, emailOf("ana"));
    course = String([...(await teacher.pullAll("courses")).keys()][0]);
    ana = await openAs("ana", devices.ana, school);
    admin = await openAs("admin", devices.admin, school);
  });
  afterAll(async () => {
    for (const device of Object.values(devices)) await device.remove();
    await school.close();
  });

  const dialog = (page: Page) => page.locator("dialog[open]");
  const values = (page: Page, selectors: readonly string[]) => Promise.all(selectors.map((selector) => page.locator(selector).first().inputValue()));

  test("a part of the door that does not come says so, and comes when it is asked for again", async () => {
    const page = await devices.nora.open("about:blank");
    await page.route(/AccountView/, (route) => route.abort());
    await page.goto(`${school.url}/account`);
    await page.getByRole("button", { name: says.again }).waitFor({ timeout: 5_000 });
    expect([...(await look(page, "door-away-360-es")), ...(await lookInDark(page, "door-away-360-es-dark"))]).toEqual([]);
    await page.unroute(/AccountView/);
    await page.getByRole("button", { name: says.again }).click();
    await page.getByRole("button", { name: says.make }).waitFor();
  });

  test("somebody makes an account: name and email stay, the password does not, and nothing once it is made", async () => {
    const page = await devices.nora.open(`${school.url}/account`);
    const form = page.locator("form").filter({ has: page.getByRole("button", { name: says.make }) });
    await form.locator('input[name="name"]').fill("Nora Núñez");
    await form.locator('input[name="email"]').fill("nora@lake.example");
    await form.locator('input[name="password"]').fill("a boat on the lake");
    await page.reload();
    await form.waitFor();
    expect(await Promise.all(["name", "email", "password"].map((name) => form.locator(`input[name="${name}"]`).inputValue()))).toEqual(["Nora Núñez", "nora@lake.example", ""]);
    expect(await page.evaluate(() => JSON.stringify({ ...sessionStorage, ...localStorage }))).not.toContain("a boat");
    await form.locator('input[name="password"]').fill("a boat on the lake");
    await form.getByRole("button", { name: says.make }).click();
    await form.waitFor({ state: "detached" });
    await page.reload();
    await form.waitFor();
    expect(await form.locator('input[name="name"]').inputValue()).toBe("");
  });

  test("my new email", async () => {
    await ana.goto(`${school.url}/you/account`);
    await ana.locator('input[name="new-email"]').fill("ana@river.example");
    await ana.reload();
    await ana.locator('input[name="new-email"]').waitFor();
    expect(await ana.locator('input[name="new-email"]').inputValue()).toBe("ana@river.example");
  });

  /** Words of a dialog: `show` opens it at `path`. They come back after a reload and after Escape, and not after Cancel. */
  async function comesBack(page: Page, path: string, show: () => Promise<void>, fields: Record<string, string>): Promise<void> {
    const names = Object.keys(fields);
    await page.goto(`${school.url}${path}`);
    await show();
    const before = await values(page, names);
    for (const [selector, text] of Object.entries(fields)) await page.locator(selector).fill(text);
    await page.reload();
    await show();
    expect(await values(page, names)).toEqual(Object.values(fields));
    await page.keyboard.press("Escape");
    await dialog(page).waitFor({ state: "detached" });
    await show();
    expect(await values(page, names)).toEqual(Object.values(fields));
    await dialog(page).getByRole("button", { name: says.cancel }).click();
    await dialog(page).waitFor({ state: "detached" });
    await page.reload();
    await show();
    expect(await values(page, names)).toEqual(before);
    await page.keyboard.press("Escape");
  }

  test("a person, a course and a member that an administrator adds: kept by a reload and by Escape, let go by Cancel", async () => {
    const once = (path: string, open: RegExp, fields: Record<string, string>) =>
      comesBack(admin, path, async () => {
        await admin.getByRole("button", { name: open, exact: true }).first().click();
        await dialog(admin).locator("form").waitFor();
      }, fields);
    await once("/admin/people", says.add, { '#add-person input[name="name"]': "Omar Sy", '#add-person input[name="email"]': "omar@lake.example" });
    await once("/admin/courses", says.new, { '#new-course input[name="title-en"]': "Tides", '#new-course input[name="title-es"]': "Mareas", '#new-course input[name="email"]': emailOf("luis") });
    await once(`/admin/courses/${course}`, says.addPerson, { '#add-to-course input[name="email"]': "omar@lake.example" });
  });

  test("the reason for looking as somebody, of that person alone, and never the password", async () => {
    const show = (who: "luis" | "sofia") => async () => {
      const row = admin.locator(`[data-person="${emailOf(who)}"]`);
      await row.locator(".menu > button").click();
      await row.getByRole("button", { name: says.act }).click();
      await dialog(admin).locator('input[name="reason"]').waitFor();
    };
    await comesBack(admin, "/admin/people", show("sofia"), { 'dialog[open] input[name="reason"]': "does not see the course" });
    await show("sofia")();
    await dialog(admin).locator('input[name="reason"]').fill("lost a note");
    await dialog(admin).locator('input[name="password"]').fill("a boat on the lake");
    await admin.reload();
    await show("luis")();
    expect(await dialog(admin).locator('input[name="reason"]').inputValue()).toBe("");
    await admin.keyboard.press("Escape");
    await show("sofia")();
    expect(await values(admin, ['dialog[open] input[name="reason"]', 'dialog[open] input[name="password"]'])).toEqual(["lost a note", ""]);
    expect(await admin.evaluate(() => JSON.stringify({ ...sessionStorage, ...localStorage }))).not.toContain("a boat");
    // A password that is not right takes nothing; a look that begins takes the reason.
    await dialog(admin).locator('input[name="password"]').fill("a boat on the lake");
    await dialog(admin).locator('button[type="submit"]').click();
    await dialog(admin).locator('[aria-invalid="true"]').waitFor();
    expect(await dialog(admin).locator('input[name="reason"]').inputValue()).toBe("lost a note");
    await dialog(admin).locator('input[name="password"]').fill(password);
    await dialog(admin).locator('button[type="submit"]').click();
    await admin.locator("[data-acting]").waitFor();
    expect(await admin.evaluate(() => JSON.stringify({ ...sessionStorage }))).not.toContain("lost a note");
    await admin.goto(`${school.url}/admin/people`);
    await show("sofia")();
    expect(await dialog(admin).locator('input[name="reason"]').inputValue()).toBe("");
    await admin.keyboard.press("Escape");
  });

  test("the title of a copy, and for whom it is; nothing once it is there", async () => {
    const show = (page: Page) => async () => {
      const fold = page.locator("details:not([open]) > summary").filter({ hasText: says.details });
      await page.getByRole("button", { name: says.copy }).or(fold).first().waitFor();
      if (await fold.count()) await fold.click();
      await page.getByRole("button", { name: says.copy }).click();
      await dialog(page).locator("#copy-course").waitFor();
    };
    await comesBack(admin, `/admin/courses/${course}`, show(admin), { '#copy-course input[lang="en"]': "Water, in the evening", '#copy-course input[name="instructor"]': emailOf("luis") });
    await comesBack(ana, `/courses/${course}/build`, show(ana), { '#copy-course input[lang="en"]': "Water, in the evening" });
    await show(ana)();
    await ana.locator('#copy-course input[lang="en"]').fill("Water, at night");
    const place = /\/api\/courses\/[^/]+\/copy$/;
    await ana.route(place, lost);
    await ana.locator("#copy-course").evaluate((form: HTMLFormElement) => form.requestSubmit());
    await dialog(ana).locator('.banner[data-role="alert"]').waitFor();
    await ana.unroute(place);
    await ana.reload();
    await show(ana)();
    expect(await ana.locator('#copy-course input[lang="en"]').inputValue()).toBe("Water, at night");
    await ana.locator("#copy-course").evaluate((form: HTMLFormElement) => form.requestSubmit());
    await ana.waitForURL((url) => url.pathname.endsWith("/build") && !url.pathname.includes(course), { timeout: 30_000 });
    const there = await PersonOverHttp.signIn(school.url, emailOf("ana"));
    expect([...(await there.pullAll("courses")).values()].filter((one) => (one["title"] as { en?: string }).en === "Water, at night")).toHaveLength(1);
    await ana.goto(`${school.url}/courses/${course}/build`);
    await show(ana)();
    expect(await ana.locator('#copy-course input[lang="en"]').inputValue()).toMatch(/ \(2\)$/);
    await ana.keyboard.press("Escape");
  });

  test("names in the builder and of a group: each comes back to what it was typed for, and none once it is saved", async () => {
    const name = 'dialog[open] input[lang="en"]';
    const press = (button: RegExp, within = "main") => async () => {
      await ana.locator(within).getByRole("button", { name: button }).first().click();
      await dialog(ana).locator("input").first().waitFor();
    };
    const build = `/courses/${course}/build`;
    await comesBack(ana, build, press(says.addModule), { [name]: "Rivers" });
    await comesBack(ana, build, press(says.addPage), { [name]: "A river in May" });
    await comesBack(ana, build, press(says.rename, '[data-kind="module"]'), { [name]: "Springs" });
    await press(says.rename, '[data-kind="module"]')();
    await ana.locator(name).fill("Wells");
    await ana.reload();
    await press(says.addModule)();
    expect(await ana.locator(name).inputValue()).toBe("");
    await ana.keyboard.press("Escape");
    await press(says.rename, '[data-kind="module"]')();
    await dialog(ana).getByRole("button", { name: says.save }).click();
    await dialog(ana).waitFor({ state: "detached" });
    expect(await ana.evaluate(() => JSON.stringify({ ...sessionStorage }))).not.toContain("Wells");
    const group = async () => {
      await ana.getByRole("button", { name: says.groups }).click();
      await press(says.newGroup)();
    };
    await ana.goto(`${school.url}/courses/${course}/people`);
    await group();
    await dialog(ana).locator("input").fill("Herons");
    await ana.reload();
    await group();
    expect(await dialog(ana).locator("input").inputValue()).toBe("Herons");
    await dialog(ana).getByRole("button", { name: says.save }).click();
    await ana.locator('[data-group="Herons"]').waitFor();
    expect(await ana.evaluate(() => JSON.stringify({ ...sessionStorage }))).not.toContain("Herons");
  });

  test("emails that could not be added", async () => {
    await ana.goto(`${school.url}/courses/${course}/people`);
    const area = ana.locator("form textarea");
    await area.fill("not an email\nsofia@demo.school");
    await ana.getByRole("button", { name: says.addPeople }).click();
    await expect.poll(() => area.inputValue()).not.toContain("sofia");
    const left = await area.inputValue();
    await ana.reload();
    await area.waitFor();
    expect([left.trim(), await area.inputValue()]).toEqual([left, left]);
    expect(left).not.toBe("");
  });

  test("a course whose answer was lost is one course, also when the page was loaded anew", async () => {
    await ana.goto(`${school.url}/courses/new`);
    await ana.locator('input[lang="en"]').fill("Springs");
    const place = /\/api\/courses$/;
    await ana.route(place, lost);
    await ana.getByRole("button", { name: says.begin }).click();
    await ana.locator('.banner[data-role="alert"]').waitFor();
    await ana.unroute(place);
    await ana.reload();
    await ana.getByRole("button", { name: says.begin }).click();
    // Into it, or to the list where it is long on its way.
    await ana.waitForURL(/\/(?:build|courses)$/, { timeout: 30_000 });
    const there = await PersonOverHttp.signIn(school.url, emailOf("ana"));
    const made = [...(await there.pullAll("courses")).values()].filter((one) => (one["title"] as { en?: string }).en === "Springs");
    expect(made.length).toBe(1);
  });

  test("a code of another course, typed after a link that opens nothing", async () => {
    await ana.goto(`${school.url}/courses/join#BBBBBCCCCC`);
    await ana.locator('.banner[data-role="alert"]').waitFor();
    await ana.locator('input[name="code"]').fill("CCCCCDDDDD");
    await ana.getByRole("button", { name: says.goOn }).click();
    await ana.waitForTimeout(1_500);
    expect(await ana.locator('input[name="code"]').inputValue()).toBe("CCCCCDDDDD");
    expect(Object.values(devices).flatMap(({ errors }) => errors)).toEqual([]);
  });
});
