import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Page } from "playwright-core";
import { newId } from "@mochila/shared/kernel/ids.ts";
import { look, lookInDark } from "./axe.ts";
import { desktop, Device, phone, signIn, waitForState } from "./device.ts";
import { PersonOverHttp } from "./person.ts";
import { emailOf, School } from "./school.ts";

const says = {
  begin: /^(Begin|Empezar)$/,
  openCourse: /Show the course to its students|Muestra el curso a sus estudiantes/,
  ways: /^(Ways in|Entradas)$/,
  other: /^(Another course|Otro curso)$/,
  people: /^(People|Personas)$/,
  groups: /^(Groups|Grupos)$/,
  waiting: /^(Waiting|Espera)/,
  makeCode: /^(Make a code|Crear un código)$/,
  details: /Title and description|Título y descripción/,
  addSpanish: /^(Add Spanish to the course|Añadir Español al curso|Añadir español al curso)$/,
  save: /^(Save|Guardar)$/,
  show: /^(Show it to the class|Mostrarlo a la clase)$/,
  goOn: /^(Go on|Continuar)$/,
  join: /^(Join the course|Entrar en el curso)$/,
  leave: /^(Leave the course|Dejar el curso)$/,
  tooOften: /^(Too many tries|Demasiados intentos)\./,
  wait: /^(Wait for a seat|Esperar un lugar)$/,
  haveAccount: /^(I have an account|Tengo cuenta)$/,
  make: /^(Make the account|Crear la cuenta)$/,
  confirm: /^(Confirm my email|Confirmar mi correo)$/,
  takeOut: /^(Take out of the course|Sacar del curso)$/,
  add: /^(Add people|Añadir personas)$/,
  noSeat: /^Los 3 lugares están ocupados\. Estás añadiendo a 2 estudiantes, y entran todos igualmente\.$/,
  fiveOnThree: /^El curso tiene ahora 5 estudiantes y 3 lugares\.$/,
  split: /^(Split by chance|Repartir al azar)$/,
};

describe("a class comes into a course by its code", () => {
  let school: School;
  let course = "";
  let code = "";
  const found: string[] = [];
  const devices = {
    ana: new Device({ viewport: phone }), sofia: new Device({ viewport: phone, language: "es" }), ben: new Device({ viewport: desktop }),
    mei: new Device({ viewport: desktop, theme: "dark" }), nora: new Device({ viewport: phone, language: "es" }),
  };
  const email = "nora@lake.example";

  beforeAll(async () => {
    school = await School.open();
  });
  afterAll(async () => {
    for (const device of Object.values(devices)) await device.remove();
    await school.close();
  });

  const lookAt = async (page: Page, name: string): Promise<void> => void found.push(...(await look(page, name)), ...(await lookInDark(page, `${name}-dark`)));
  /** The letter that holds this, as a file of a school without a mail server. */
  async function letterWith(text: string): Promise<string> {
    const folder = join(school.dataDir, "mail");
    const find = () => readdirSync(folder).filter((name) => name.endsWith(".txt")).map((name) => readFileSync(join(folder, name), "utf8")).find((letter) => letter.startsWith(`${email}\n`) && letter.includes(text));
    await expect.poll(find, { timeout: 15_000 }).toBeDefined();
    return find() ?? "";
  }
  const arrives = (page: Page) => page.waitForURL(`${school.url}/courses/${course}`, { timeout: 30_000 });
  const link = () => `${school.url}/join#${code}`;

  test("an instructor begins a course on a phone, is told what comes first, and makes a code for three seats", async () => {
    const page = await devices.ana.open(school.url);
    await signIn(page, emailOf("ana"));
    await waitForState(page, "synced");
    await page.goto(`${school.url}/courses/new`);
    await page.locator('input[lang="en"]').fill("Rivers");
    // What is typed and not sent yet outlives a touch beside it.
    await page.reload();
    await expect.poll(() => page.locator('input[lang="en"]').inputValue()).toBe("Rivers");
    await page.getByRole("button", { name: says.begin }).click();
    await page.waitForURL(/\/courses\/[0-9a-f-]{36}\/build$/, { timeout: 30_000 });
    course = /courses\/([0-9a-f-]{36})/.exec(page.url())?.[1] ?? "";
    await page.locator("[data-steps]").waitFor();
    await lookAt(page, "new-course-360-es");
    await page.locator("details.fold > summary").filter({ hasText: says.details }).click();
    await page.getByRole("button", { name: says.addSpanish }).click();
    await page.locator('details input[lang="es"]').fill("Ríos");
    await page.locator('details textarea[lang="es"]').fill("De la fuente al mar.");
    await page.locator('.nav a[href="/you"]').click();
    // Else the way back is the one of the page before.
    await page.waitForURL(`${school.url}/you`);
    await page.goBack();
    expect(await page.locator('details[open] textarea[lang="es"]').inputValue()).toBe("De la fuente al mar.");
    await lookAt(page, "course-details-360-es");
    await page.locator("details[open]").getByRole("button", { name: says.save }).click();
    await page.locator("details[open]").getByRole("button", { name: says.save }).waitFor({ state: "hidden" });
    await page.getByRole("button", { name: says.openCourse }).click();
    // Until the school knows it, who joins is told that the course comes when it is shown.
    const there = await PersonOverHttp.signIn(school.url, emailOf("ana"));
    await expect.poll(async () => (await there.pullAll("courses")).get(course)?.["state"], { timeout: 15_000, interval: 250 }).toBe("published");
    await page.goto(`${school.url}/courses/${course}/people`);
    await page.getByRole("button", { name: says.ways }).click();
    await page.getByRole("button", { name: says.makeCode }).click();
    code = (await page.locator("[data-code]").getAttribute("data-code")) ?? "";
    await page.locator('input[inputmode="numeric"]').fill("3");
    await page.getByRole("button", { name: says.save }).click();
    await expect.poll(() => page.locator("#toast, .toast").count()).toBeGreaterThan(0);
    const ends = page.locator('#entry-place ~ * input[type="date"], section[aria-labelledby="entry-place"] input[type="date"]').first();
    await ends.fill("2020-01-01");
    await ends.blur();
    await page.locator('section[aria-labelledby="entry-place"] input[aria-invalid="true"]').waitFor();
    await lookAt(page, "ways-in-360-es");
    await ends.fill("");
    await ends.blur();
    await page.getByRole("button", { name: says.show }).click();
    await page.locator("dialog[open] svg[role=img]").waitFor();
    await lookAt(page, "code-of-the-class-360-es");
  });

  test("one types the code, one comes by the link and signs in first, one is signed in: all are in", async () => {
    const sofia = await devices.sofia.open(school.url);
    await signIn(sofia, emailOf("sofia"));
    await waitForState(sofia, "synced");
    await sofia.goto(`${school.url}/courses`);
    await sofia.locator('a[href="/courses/join"]').click();
    const typed = sofia.locator('input[name="code"]');
    await typed.fill("hola");
    await sofia.getByRole("button", { name: says.goOn }).click();
    await sofia.locator('input[aria-invalid="true"]').waitFor();
    await lookAt(sofia, "join-360");
    await typed.fill(` ${code.slice(0, 5).toLowerCase()} ${code.slice(5).toLowerCase()}`);
    await sofia.getByRole("button", { name: says.goOn }).click();
    await sofia.locator('[data-standing="free"]').waitFor();
    await lookAt(sofia, "offer-360");
    await sofia.getByRole("button", { name: says.join }).click();
    await arrives(sofia);

    // As a wall says it: the address, and the code beside it.
    const ben = await devices.ben.open(`${school.url}/join`);
    await ben.locator('input[name="code"]').fill("hola");
    await ben.getByRole("button", { name: says.goOn }).click();
    await ben.locator('input[aria-invalid="true"]').waitFor();
    await lookAt(ben, "join-door-code-1280");
    await ben.locator('input[name="code"]').fill(`${code.slice(0, 5).toLowerCase()} ${code.slice(5)}`);
    await ben.getByRole("button", { name: says.goOn }).click();
    await ben.getByRole("link", { name: says.haveAccount }).waitFor();
    await lookAt(ben, "join-door-1280");
    await ben.getByRole("link", { name: says.haveAccount }).click();
    await signIn(ben, emailOf("ben"));
    await ben.getByRole("button", { name: says.join }).click();
    await arrives(ben);

    const mei = await devices.mei.open(school.url);
    await signIn(mei, emailOf("mei"));
    await waitForState(mei, "synced");
    await mei.goto(link());
    await mei.getByRole("button", { name: says.join }).click();
    await arrives(mei);
  });

  test("somebody without an account makes one on the way, and waits, because the seats are taken", async () => {
    const page = await devices.nora.open(link());
    const form = page.locator("form").filter({ has: page.getByRole("button", { name: says.make }) });
    await form.locator('input[name="name"]').fill("Nora Núñez");
    await form.locator('input[name="email"]').fill(email);
    await form.locator('input[name="password"]').fill("mochila-demo");
    await form.getByRole("button", { name: says.make }).click();
    await page.goto(/^http\S+$/m.exec(await letterWith("/account#verify="))?.[0] ?? "");
    await page.getByRole("button", { name: says.confirm }).click();
    await page.getByRole("link", { name: says.goOn }).click();
    await signIn(page, email);
    await page.locator('[data-standing="full"]').waitFor({ timeout: 30_000 });
    await lookAt(page, "full-360-es");
    await page.getByRole("button", { name: says.wait }).click();
    await page.locator('[data-standing="waiting"]').waitFor();
  });

  test("who waits finds it again, at their place, without the code", async () => {
    const page = devices.nora.context.pages()[0];
    if (!page) throw new Error("the phone is on");
    await page.goto(`${school.url}/courses/join`);
    await page.locator("[data-waits]").click();
    await page.locator('[data-standing="waiting"]').waitFor();
    await page.getByRole("button", { name: says.other }).click();
    await page.locator("[data-waits]").waitFor();
    await lookAt(page, "own-waits-360-es");
  });

  test("one leaves, and who waited is in, with a letter; who left has the course no more", async () => {
    const ana = devices.ana.context.pages()[0];
    if (!ana) throw new Error("the instructor's phone is on");
    await ana.keyboard.press("Escape");
    // Another tab was open when they came: it asks again.
    await ana.getByRole("button", { name: says.people }).click();
    await ana.getByRole("button", { name: says.waiting }).click();
    await ana.locator("[data-waiting]").waitFor();
    await lookAt(ana, "waiting-360-es");
    await ana.locator(".tab").first().click();
    const row = ana.locator("[data-member]").filter({ hasText: "Ben Carter" });
    await row.locator(".menu > button").click();
    await row.getByRole("button", { name: says.takeOut }).click();
    await ana.locator("dialog[open]").getByRole("button", { name: says.takeOut }).click();
    await ana.locator("[data-member]").filter({ hasText: "Nora" }).waitFor({ timeout: 30_000 });
    expect(await letterWith(`/courses/${course}`)).toContain("Ríos");
    const nora = devices.nora.context.pages()[0];
    await nora?.goto(`${school.url}/courses/${course}`);
    await nora?.getByRole("heading", { name: "Ríos" }).waitFor({ timeout: 30_000 });
    const ben = devices.ben.context.pages()[0];
    await expect.poll(() => ben?.getByRole("heading", { name: "Rivers", level: 1 }).count(), { timeout: 30_000 }).toBe(0);
  });

  test("groups are arranged without a connection, and arrive at everybody", async () => {
    const ana = devices.ana.context.pages()[0];
    if (!ana) throw new Error("the instructor's phone is on");
    await devices.ana.offline(true);
    await ana.getByRole("button", { name: says.groups }).click();
    await ana.getByRole("button", { name: says.split }).click();
    await ana.locator("dialog[open] input").fill("2");
    await ana.locator("dialog[open]").getByRole("button", { name: says.split }).click();
    await expect.poll(() => ana.locator("[data-group]").count()).toBe(2);
    await lookAt(ana, "groups-360-es");
    await devices.ana.offline(false);
    await waitForState(ana, "synced");
    const mei = devices.mei.context.pages()[0];
    await mei?.goto(`${school.url}/courses/${course}/people`);
    await mei?.getByRole("button", { name: says.groups }).click();
    await expect.poll(() => mei?.locator("[data-group]").count(), { timeout: 30_000 }).toBe(2);
    // A student sees them and changes nothing.
    expect(await mei?.locator("[data-group] .menu").count()).toBe(0);
    if (mei) await lookAt(mei, "groups-of-student-1280");
    expect(Object.values(devices).flatMap(({ errors }) => errors)).toEqual([]);
  });

  test("who came by themselves leaves by themselves, and comes in again; whom the school put in has no such way", async () => {
    const mei = devices.mei.context.pages()[0];
    if (!mei) throw new Error("the student's window is open");
    await mei.getByRole("button", { name: says.people }).click();
    await mei.getByRole("button", { name: says.leave }).click();
    await lookAt(mei, "leave-course-1280");
    await mei.locator("dialog[open]").getByRole("button", { name: says.leave }).click();
    await mei.waitForURL(`${school.url}/courses`);
    await mei.locator(`main a[href="/courses/${course}"]`).waitFor({ state: "detached" });
    await mei.goto(link());
    await mei.getByRole("button", { name: says.join }).click();
    await arrives(mei);
    // The course of the seed, into which the school put her.
    await mei.goto(`${school.url}/courses`);
    await mei.locator(`main a[href^="/courses/0"]:not([href="/courses/${course}"])`).first().click();
    const told = mei.waitForResponse(`${school.url}/api/join`);
    await mei.locator('main a[href$="/people"]').click();
    expect((await told).status()).toBe(200);
    await mei.locator("[data-member]").first().waitFor();
    expect(await mei.getByRole("button", { name: says.leave }).count()).toBe(0);
    expect(Object.values(devices).flatMap(({ errors }) => errors)).toEqual([]);
  });

  test("who adds people beyond the seats is told before and after, and they are in", async () => {
    const ana = devices.ana.context.pages()[0];
    if (!ana) throw new Error("the instructor's phone is on");
    await ana.getByRole("button", { name: says.people }).click();
    await ana.locator("form textarea").fill(`${emailOf("ben")}\n${emailOf("luis")}`);
    await ana.locator('[data-seats="over"]').getByText(says.noSeat).waitFor();
    await lookAt(ana, "add-beyond-seats-360-es");
    // Who does not study takes none.
    await ana.locator("form select").selectOption("observer");
    await ana.locator("[data-seats]").waitFor({ state: "detached" });
    await ana.locator("form select").selectOption("student");
    await ana.getByRole("button", { name: says.add }).click();
    await ana.getByRole("status").getByText(says.fiveOnThree).waitFor();
    await ana.locator("[data-member]").filter({ hasText: "Ben Carter" }).waitFor({ timeout: 30_000 });
    await lookAt(ana, "added-beyond-seats-360-es");
    expect(devices.ana.errors).toEqual([]);
  });

  test("who comes in and leaves again and again is told that it was too often", async () => {
    const there = await PersonOverHttp.signIn(school.url, emailOf("mei"));
    for (let tries = 0, status = 0; status !== 429; tries += 1) {
      ({ status } = await there.call("/api/join", { courseId: newId() }));
      expect(tries).toBeLessThan(40);
    }
    const mei = devices.mei.context.pages()[0];
    if (!mei) throw new Error("the student's window is open");
    await mei.goto(`${school.url}/courses/${course}/people`);
    await mei.getByRole("button", { name: says.leave }).click();
    const dialog = mei.locator("dialog[open]");
    await dialog.getByRole("button", { name: says.leave }).click();
    await dialog.getByText(says.tooOften).waitFor();
    await lookAt(mei, "leave-too-often-1280");
  });

  test("axe finds nothing on these screens", () => {
    expect(found).toEqual([]);
  });
});
