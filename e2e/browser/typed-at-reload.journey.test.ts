import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Page } from "playwright-core";
import { look, lookInDark } from "./axe.ts";
import { desktop, Device, phone, signIn, waitForState } from "./device.ts";
import { PersonOverHttp } from "./person.ts";
import { emailOf, School } from "./school.ts";

const says = {
  make: /^(Make the account|Crear la cuenta)$/,
  begin: /^(Begin|Empezar)$/,
  add: /^(Add|Añadir)$/,
  new: /^(New|Nuevo)$/,
  addPerson: /^(Add a person|Añadir a una persona)$/,
  addPeople: /^(Add people|Añadir personas)$/,
  cancel: /^(Cancel|Cancelar)$/,
  goOn: /^(Go on|Continuar)$/,
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
    school = await School.open();
    const teacher = await PersonOverHttp.signIn(school.url, emailOf("ana"));
    course = String([...(await teacher.pullAll("courses")).keys()][0]);
    ana = await devices.ana.open(school.url);
    await signIn(ana, emailOf("ana"));
    await waitForState(ana, "synced");
    admin = await devices.admin.open(school.url);
    await signIn(admin, emailOf("admin"));
    await waitForState(admin, "synced");
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

  test("a person, a course and a member that an administrator adds: kept by a reload and by Escape, let go by Cancel", async () => {
    const once = async (path: string, open: RegExp, fields: Record<string, string>) => {
      const names = Object.keys(fields);
      const show = async () => {
        await admin.getByRole("button", { name: open, exact: true }).first().click();
        await dialog(admin).locator(names[0] ?? "").waitFor();
      };
      await admin.goto(`${school.url}${path}`);
      await show();
      for (const [selector, text] of Object.entries(fields)) await admin.locator(selector).fill(text);
      await admin.reload();
      await show();
      expect(await values(admin, names)).toEqual(Object.values(fields));
      await admin.keyboard.press("Escape");
      await dialog(admin).waitFor({ state: "detached" });
      await show();
      expect(await values(admin, names)).toEqual(Object.values(fields));
      await dialog(admin).getByRole("button", { name: says.cancel }).click();
      await show();
      expect(await values(admin, names)).toEqual(names.map(() => ""));
      await admin.keyboard.press("Escape");
    };
    await once("/admin/people", says.add, { '#add-person input[name="name"]': "Omar Sy", '#add-person input[name="email"]': "omar@lake.example" });
    await once("/admin/courses", says.new, { '#new-course input[name="title-en"]': "Tides", '#new-course input[name="title-es"]': "Mareas", '#new-course input[name="email"]': emailOf("luis") });
    await once(`/admin/courses/${course}`, says.addPerson, { '#add-to-course input[name="email"]': "omar@lake.example" });
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
    await ana.route(place, async (route) => {
      await route.fetch();
      await route.abort();
    });
    await ana.getByRole("button", { name: says.begin }).click();
    await ana.locator('.banner[data-role="alert"]').waitFor();
    await ana.unroute(place);
    await ana.reload();
    await ana.getByRole("button", { name: says.begin }).click();
    await ana.waitForURL(/\/build$/, { timeout: 30_000 });
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
