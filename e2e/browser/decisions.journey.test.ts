import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Page, Route } from "playwright-core";
import { HeldAnswer, lateBy, slow } from "./answers.ts";
import { look, lookInDark } from "./axe.ts";
import { courseLinks, desktop, Device, phone, waitForState, words } from "./device.ts";
import { PersonOverHttp } from "./person.ts";
import { emailOf, password, School } from "./school.ts";
import { openAs } from "./signed-in.ts";

const says = {
  ways: /^(Ways in|Entradas)$/,
  makeCode: /^(Make a code|Crear un código)$/,
  save: /^(Save|Guardar)$/,
  signUp: /^(Who can make an account|Quién puede crear una cuenta)$/,
  more: /^(Show more|Mostrar más)$/,
  add: /^(Add|Añadir)$/,
  addPerson: /^(Add a person|Añadir a una persona)$/,
  details: /Title and description|Título y descripción/,
  copy: /^(Copy this course|Copy the course|Copiar el curso|Copiar este curso)$/,
  copyBegin: /^(Copy|Copiar)$/,
  beginCourse: /^(Begin|Empezar)$/,
  publish: /^(Publish|Publicar)$/,
  waits: /waits on this device|espera en este dispositivo/,
  published: /^(Published|Publicado)/,
  bin: /^(Move to the bin|Mover a la papelera)$/,
  select: /^(Select|Seleccionar)$/,
  role: /^(Role|Rol)$/,
  doRole: /^(Change the role|Cambiar el rol)$/,
  end: /^(End of the place|Fin del lugar)$/,
  picture: /^(Your picture|Tu imagen)$/,
  use: /^(Use this picture|Usar esta imagen)$/,
};

/** What the school, or the device, has not taken is not shown as if it had; a hurried finger asks once, and of two answers the one to the newer question stands. */
describe("decisions", () => {
  let school: School;
  let course = "";
  let item = "";
  const devices = { ana: new Device({ viewport: desktop }), admin: new Device({ viewport: desktop }), sofia: new Device({ viewport: phone, language: "es" }) };
  let ana: Page;
  let admin: Page;

  beforeAll(async () => {
    school = await School.open({ LIMITS: "off" });
    const teacher = await PersonOverHttp.signIn(school.url, emailOf("ana"));
    const found = [...(await teacher.pullAll("items")).values()].find((one) => one["kind"] === "page");
    [course, item] = [String(found?.["courseId"]), String(found?.id)];
    ana = await openAs("ana", devices.ana, school);
    admin = await openAs("admin", devices.admin, school);
  });
  afterAll(async () => {
    for (const device of Object.values(devices)) await device.remove();
    await school.close();
  });

  const dialog = (page: Page) => page.locator("dialog[open]");
  const toast = (page: Page) => page.locator(".toast");
  /** While `during` runs, requests of this method and place go as `handle` says. */
  async function routed<Result>(page: Page, [method, place]: [string, RegExp], handle: (route: Route, nth: number) => Promise<void>, during: () => Promise<Result>): Promise<Result> {
    let nth = 0;
    const each = (route: Route) => (route.request().method() === method ? handle(route, (nth += 1)) : route.fallback());
    await page.route(place, each);
    try {
      return await during();
    } finally {
      await page.unroute(place, each);
    }
  }
  const away = (route: Route) => route.abort();
  /** What an answer changes, it has changed when the page was drawn twice after it. */
  const drawn = (page: Page) => page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  /** The answer to the first such question comes when `during` is done. */
  async function heldDuring(page: Page, which: [string, RegExp], during: (held: HeldAnswer) => Promise<void>): Promise<void> {
    const held = new HeldAnswer();
    await routed(page, which, held.handle, async () => {
      await during(held);
      held.release();
      await expect.poll(() => held.answered).toBe(held.asked);
      await drawn(page);
    });
  }
  /** Two decisions, the second before the first was answered: it waits for that answer, or has overtaken it by then. */
  const hurried = (page: Page, which: [string, RegExp], [one, two]: [() => Promise<unknown>, () => Promise<unknown>]) =>
    heldDuring(page, which, async (held) => {
      await one();
      await expect.poll(() => held.asked).toBe(1);
      await two();
      await page.waitForTimeout(500);
      held.release();
      await expect.poll(() => held.answered).toBe(2);
    });

  const ENTRY: [string, RegExp] = ["PATCH", /\/entry$/];
  const waysIn = async () => {
    await ana.goto(`${school.url}/courses/${course}/people`);
    await ana.getByRole("button", { name: says.ways }).click();
    await ana.locator('input[role="switch"]').waitFor();
  };

  test("ways in: refused, they stand as they were, and a number that was typed stays", async () => {
    await waysIn();
    const open = ana.locator('input[role="switch"]');
    const ends = ana.locator('section[aria-labelledby="entry-place"] input[type="date"]');
    const seats = ana.locator('input[inputmode="numeric"]');
    await routed(ana, ENTRY, away, async () => {
      await open.click();
      await toast(ana).waitFor();
      await expect.poll(() => open.isChecked()).toBe(false);
      await ends.fill("2031-05-01");
      await ends.blur();
      await expect.poll(() => ends.inputValue()).toBe("");
      await seats.fill("24");
      await ana.getByRole("button", { name: says.save }).click();
      await ana.waitForTimeout(300);
      expect(await seats.inputValue()).toBe("24");
    });
  });

  test("ways in: opened and closed again in a hurry, the older answer does not come last", async () => {
    await waysIn();
    const open = ana.locator('input[role="switch"]');
    await hurried(ana, ENTRY, [() => open.click(), () => open.click()]);
    const shown = await open.isChecked();
    await ana.reload();
    await ana.getByRole("button", { name: says.ways }).click();
    await open.waitFor();
    expect([shown, await open.isChecked()]).toEqual([false, false]);
  });

  test("ways in: two touches make one code", async () => {
    await waysIn();
    let asked = 0;
    await routed(ana, ENTRY, (route) => ((asked += 1), route.continue()), async () => {
      await ana.getByRole("button", { name: says.makeCode }).dblclick();
      await ana.locator("[data-code]").waitFor();
      await ana.waitForTimeout(500);
    });
    expect(asked).toBe(1);
  });

  test("the end of a place: what was entered stays while the school cannot be asked", async () => {
    await ana.goto(`${school.url}/courses/${course}/people`);
    const row = ana.locator("[data-member]").filter({ hasText: "Ben Carter" });
    await row.locator(".menu > button").click();
    await row.getByRole("button", { name: says.end }).click();
    await dialog(ana).locator('input[type="date"]').fill("2031-05-01");
    await routed(ana, ["PATCH", /\/members\//], away, async () => {
      await dialog(ana).getByRole("button", { name: says.save }).click();
      await dialog(ana).locator('.banner[data-role="alert"]').waitFor();
      expect(await dialog(ana).locator('input[type="date"]').inputValue()).toBe("2031-05-01");
      expect([...(await look(ana, "end-of-place-refused-1280")), ...(await lookInDark(ana, "end-of-place-refused-1280-dark"))]).toEqual([]);
    });
    await dialog(ana).getByRole("button", { name: says.save }).click();
    await dialog(ana).waitFor({ state: "detached" });
  });

  test("a page is called published once the school knows that it is wished", async () => {
    await ana.goto(`${school.url}/courses/${course}/items/${item}/edit`);
    await ana.locator('[data-saved="all"]').waitFor();
    await waitForState(ana, "synced");
    await routed(ana, ["POST", /\/api\/sync\/push$/], away, async () => {
      await ana.getByRole("button", { name: says.publish }).click();
      await toast(ana).waitFor();
      expect(await toast(ana).innerText()).toMatch(says.waits);
    });
    await waitForState(ana, "synced");
    await ana.getByRole("button", { name: says.publish }).click();
    await toast(ana).filter({ hasText: says.published }).waitFor();
  });

  test("a page is done by a touch, and by two in a hurry", async () => {
    const page = await openAs("sofia", devices.sofia, school);
    await page.locator(courseLinks).first().waitFor();
    await page.goto(`${school.url}/courses/${course}/items/${item}`);
    const { x = 0, y = 0, width = 0, height = 0 } = (await page.getByRole("button", { name: words.markDone }).boundingBox()) ?? {};
    const [centre, middle] = [x + width / 2, y + height / 2];
    await page.mouse.click(centre, middle);
    await page.waitForTimeout(150);
    await page.mouse.down({ clickCount: 2 });
    await page.mouse.up({ clickCount: 2 });
    await page.waitForTimeout(1_000);
    expect(await page.getByRole("button", { name: words.done }).count()).toBe(1);
  });

  test("a copy of a course whose dialog was closed leads nobody away from what they do", async () => {
    await ana.goto(`${school.url}/courses/${course}/build`);
    await ana.locator("details.fold > summary").filter({ hasText: says.details }).click();
    await ana.getByRole("button", { name: says.copy }).click();
    await heldDuring(ana, ["GET", /\/api\/course-copies\//], async (held) => {
      await dialog(ana).getByRole("button", { name: says.copyBegin }).click();
      await expect.poll(() => held.asked).toBe(1);
      await ana.keyboard.press("Escape");
      await dialog(ana).waitFor({ state: "detached" });
    });
    // Until the next look at how far it is would have led into it.
    await ana.waitForTimeout(3_000);
    expect(new URL(ana.url()).pathname).toBe(`/courses/${course}/build`);
  });

  test("who goes elsewhere while the school makes their course, or lets them into one, is not taken back", async () => {
    await ana.goto(`${school.url}/courses/new`);
    await ana.locator('input[lang="en"]').fill("Deltas");
    await heldDuring(ana, ["POST", /\/api\/courses$/], async () => {
      await ana.getByRole("button", { name: says.beginCourse }).click();
      await ana.locator('.nav a[href="/you"]').click();
      await ana.waitForURL(`${school.url}/you`);
    });
    // The course comes to the device too.
    await ana.locator(".nav-list").getByText("Deltas").waitFor({ state: "attached" });
    await drawn(ana);
    expect(new URL(ana.url()).pathname).toBe("/you");
  });

  const SETTINGS: [string, RegExp] = ["PATCH", /\/api\/admin\/settings$/];
  test("settings of the school: refused, and two in a hurry", async () => {
    await admin.goto(`${school.url}/admin/school`);
    const choice = admin.getByLabel(says.signUp);
    await choice.waitFor();
    const before = await choice.inputValue();
    const [one, two] = before === "open" ? ["closed", "open"] : ["open", "closed"];
    await routed(admin, SETTINGS, away, async () => {
      await choice.selectOption(one ?? "");
      await toast(admin).waitFor();
      await expect.poll(() => choice.inputValue()).toBe(before);
    });
    await hurried(admin, SETTINGS, [() => choice.selectOption(one ?? ""), () => choice.selectOption(two ?? "")]);
    const shown = await choice.inputValue();
    await admin.reload();
    await choice.waitFor();
    expect([shown, await choice.inputValue()]).toEqual([two, two]);
  });

  test("the log: more of it comes once", async () => {
    const boss = await PersonOverHttp.signIn(school.url, emailOf("admin"));
    for (let time = 0; time < 120; time += 1) {
      const answer = await fetch(`${school.url}/api/admin/settings`, { method: "PATCH", headers: { authorization: `Bearer ${boss.token}`, "content-type": "application/json" }, body: JSON.stringify({ invitations: time % 2 === 0 ? "administrators" : "instructors" }) });
      expect(answer.status).toBe(200);
    }
    await admin.goto(`${school.url}/admin/school`);
    const lines = admin.locator("#audit ~ *, section[aria-labelledby=audit]").locator(".rows > li");
    const more = admin.getByRole("button", { name: says.more });
    await more.waitFor();
    const first = await lines.count();
    await routed(admin, ["GET", /\/api\/admin\/audit\?/], (route) => lateBy(route, 500), async () => {
      await more.dblclick();
      await expect.poll(() => lines.count()).toBeGreaterThan(first);
      await admin.waitForTimeout(1_000);
    });
    expect(await lines.count()).toBe(2 * first);
  });

  test("a person is added once, also by two presses", async () => {
    await admin.goto(`${school.url}/admin/people`);
    await admin.locator("[data-person]").first().waitFor();
    await admin.getByRole("button", { name: says.add, exact: true }).first().click();
    await admin.locator('#add-person input[name="name"]').fill("Nora Núñez");
    await admin.locator('#add-person input[name="email"]').fill("nora@lake.example");
    let asked = 0;
    await routed(admin, ["POST", /\/api\/admin\/people$/], (route) => ((asked += 1), route.continue()), async () => {
      await admin.locator("#add-person").evaluate((form: HTMLFormElement) => [form.requestSubmit(), form.requestSubmit()]);
      await admin.locator("#add-person").waitFor({ state: "detached" });
      await admin.waitForTimeout(500);
    });
    expect(asked).toBe(1);
    await admin.keyboard.press("Escape");
  });

  test("a course is thrown away while its page is asked for anew: it does not come back", async () => {
    await admin.goto(`${school.url}/admin/courses/${course}`);
    await admin.locator('[data-state="published"]').waitFor();
    await heldDuring(admin, ["GET", new RegExp(`/api/admin/courses/${course}$`)], async () => {
      await admin.getByRole("button", { name: says.addPerson }).click();
      await admin.locator('#add-to-course input[name="email"]').fill("nora@lake.example");
      await dialog(admin).getByRole("button", { name: says.addPerson }).click();
      await dialog(admin).waitFor({ state: "detached" });
      await admin.getByRole("button", { name: says.bin }).click();
      await dialog(admin).getByRole("button", { name: says.bin }).click();
      await admin.locator('[data-state="trashed"]').waitFor();
    });
    expect(await admin.locator(".title").getAttribute("data-state")).toBe("trashed");
  });

  test("several at once: left while it runs, it is said what was done", async () => {
    await admin.goto(`${school.url}/admin/people`);
    await admin.locator("[data-person]").first().waitFor();
    await admin.getByRole("button", { name: says.select }).click();
    for (const who of ["sofia", "ben", "mei"] as const) await admin.locator(`[data-person="${emailOf(who)}"] input[type="checkbox"]`).check();
    await admin.getByRole("button", { name: says.role, exact: true }).click();
    await routed(admin, ["PATCH", /\/api\/admin\/people\//], slow, async () => {
      await dialog(admin).getByRole("button", { name: says.doRole }).click();
      await dialog(admin).locator("progress, .meter, [role=status]").first().waitFor();
      await admin.keyboard.press("Escape");
      await dialog(admin).locator(".points").waitFor();
    });
    await admin.keyboard.press("Escape");
  });

  test("a picture that this browser cannot make is not called saved", async () => {
    await ana.goto(`${school.url}/you`);
    await waitForState(ana, "synced");
    await ana.getByRole("button", { name: says.picture }).click();
    await dialog(ana).locator('input[type="file"]').setInputFiles("infra/pictures/phone.png");
    await dialog(ana).locator("canvas").waitFor();
    await ana.evaluate(() => {
      HTMLCanvasElement.prototype.toBlob = (done) => setTimeout(() => done(null));
    });
    await dialog(ana).getByRole("button", { name: says.use }).click();
    await ana.waitForTimeout(1_000);
    expect(await dialog(ana).locator('.banner[data-role="alert"]').count()).toBeGreaterThan(0);
    await ana.keyboard.press("Escape");
  });

  test("a session that ended: a password that could not be sent stays, and is sent once", async () => {
    const other = await PersonOverHttp.signIn(school.url, emailOf("ana"));
    await fetch(`${school.url}/api/me/sessions`, { method: "DELETE", headers: { authorization: `Bearer ${other.token}` } });
    await ana.goto(school.url);
    await ana.locator(".top-banner.stays button").click({ timeout: 30_000 });
    await dialog(ana).getByLabel(words.password).fill(password);
    const LOGIN: [string, RegExp] = ["POST", /\/api\/auth\/login$/];
    await routed(ana, LOGIN, away, async () => {
      await dialog(ana).getByRole("button", { name: words.signIn }).click();
      await dialog(ana).locator('input[aria-invalid="true"]').waitFor();
    });
    expect(await dialog(ana).getByLabel(words.password).inputValue()).toBe(password);
    let asked = 0;
    await routed(ana, LOGIN, (route) => ((asked += 1), route.continue()), async () => {
      await dialog(ana).locator("form").evaluate((form: HTMLFormElement) => [form.requestSubmit(), form.requestSubmit()]);
      await dialog(ana).waitFor({ state: "detached" });
      await ana.waitForTimeout(500);
    });
    expect(asked).toBe(1);
    expect(Object.values(devices).flatMap(({ errors }) => errors)).toEqual([]);
  });
});
