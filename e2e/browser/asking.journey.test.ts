import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Page } from "playwright-core";
import { late } from "./answers.ts";
import { desktop, Device, phone } from "./device.ts";
import { PersonOverHttp } from "./person.ts";
import { emailOf, password, School } from "./school.ts";
import { openAs } from "./signed-in.ts";

const says = {
  people: /^(People|Personas)$/,
  closeAccount: /^(Close the account|Cerrar la cuenta)/,
  stop: /^(Stop|Parar)$/,
};

/** A page that asks the school something takes nothing from who is on it: not the way to it, not the field under their fingers, not the page. */
describe("while the school is asked", () => {
  let school: School;
  let course = "";
  const devices = { ana: new Device({ viewport: desktop }), admin: new Device({ viewport: desktop }), sofia: new Device({ viewport: phone, language: "es" }) };
  let ana: Page;
  let admin: Page;

  beforeAll(async () => {
    school = await School.open();
    const teacher = await PersonOverHttp.signIn(school.url, emailOf("ana"));
    course = String([...(await teacher.pullAll("courses")).keys()][0]);
    ana = await openAs("ana", devices.ana, school);
    admin = await openAs("admin", devices.admin, school);
  });
  afterAll(async () => {
    for (const device of Object.values(devices)) await device.remove();
    await school.close();
  });

  /** As over a line that is up and brings nothing. */
  const never = (): Promise<void> => Promise.resolve();

  test("a student opens the people of a course at once", async () => {
    const page = await openAs("sofia", devices.sofia, school);
    await page.goto(`${school.url}/courses/${course}`);
    await page.route(/\/api\/join$/, never);
    await page.getByRole("link", { name: says.people }).click();
    await page.locator("[data-member]").first().waitFor({ timeout: 5_000 });
    await page.unrouteAll({ behavior: "ignoreErrors" });
  });

  test("who types on their own page goes on typing while their devices are asked for anew", async () => {
    await ana.goto(`${school.url}/you/account`);
    const form = ana.locator('section[aria-labelledby="password"]');
    await form.locator('input[name="current"]').fill(password);
    await form.locator('input[autocomplete="new-password"]').fill("another boat on the lake");
    await ana.route(/\/api\/me\/sessions$/, late);
    const asked = ana.waitForRequest(/\/api\/me\/sessions$/);
    await form.locator('button[type="submit"]').click();
    await ana.locator('input[name="new-email"]').focus();
    await asked;
    await ana.keyboard.type("ana@river.example", { delay: 20 });
    await ana.waitForTimeout(2_000);
    expect(await ana.locator('input[name="new-email"]').inputValue()).toBe("ana@river.example");
    await ana.unrouteAll({ behavior: "ignoreErrors" });
  });

  test("a dialog opens before it is known whether something stands against it", async () => {
    await admin.goto(`${school.url}/admin/people`);
    const row = admin.locator(`[data-person="${emailOf("ana")}"]`);
    await row.locator(".menu > button").click();
    await admin.route(/\/closure$/, late);
    await row.getByRole("button", { name: says.closeAccount }).click();
    await admin.locator("dialog:modal").waitFor({ timeout: 1_000 });
    await admin.unrouteAll({ behavior: "ignoreErrors" });
    await admin.keyboard.press("Escape");
  });

  test("a copy of one's data that was stopped does not come back with an answer of before", async () => {
    await admin.goto(`${school.url}/you/data`);
    const section = admin.locator('section[aria-labelledby="copy"]');
    await section.locator('input[name="password"]').fill(password);
    await section.locator('button[type="submit"]').click();
    await section.getByRole("button", { name: says.stop }).waitFor();
    const EXPORT = /\/api\/me\/data-export$/;
    await admin.route(EXPORT, (route) => (route.request().method() === "GET" ? late(route) : route.continue()));
    await admin.waitForRequest((request) => request.method() === "GET" && EXPORT.test(request.url()));
    await section.getByRole("button", { name: says.stop }).click();
    await admin.waitForTimeout(4_000);
    await admin.unrouteAll({ behavior: "ignoreErrors" });
    expect(await section.locator('input[name="password"]').count()).toBe(1);
    expect(Object.values(devices).flatMap(({ errors }) => errors)).toEqual([]);
  });
});
