import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Page } from "playwright-core";
import { look, lookInDark } from "./axe.ts";
import { desktop, Device, phone } from "./device.ts";
import { emailOf, School } from "./school.ts";
import { openAs } from "./signed-in.ts";

const says = {
  goOn: /^(Go on without the 2 wrong lines|Seguir sin las 2 líneas con errores)$/,
  undo: /^(Take this import back|Deshacer esta importación)$/,
  undoDo: /^(Take back|Deshacer)$/,
  report: /^(Download the report|Descargar el informe)$/,
  noEmail: /no column for the email|no tiene columna para el correo/,
  select: /^(Select|Seleccionar)$/,
  role: /^(Role|Rol)$/,
  doRole: /^(Change the role|Cambiar el rol)$/,
  instructor: /^(Instructor|Docente)$/,
  export: /^(Export|Exportar)$/,
  nothing: /nothing to change|nada que cambiar/i,
  removed: /^(Account removed, as nobody had used it|Cuenta eliminada, porque nadie la había usado)$/,
  inCourse: /^(Added to a course|En un curso)$/,
  nothingDone: /^(Nothing that fits|Nada que encaje)/,
  who: /^(Person|Persona)$/,
  search: /^(Search|Buscar)$/,
  allLines: /^(All lines|Todas)/,
  until: /Water where we live (until 18 July 2031|hasta el 18 de julio de 2031)$/,
  removedAndOut: /^(Accounts removed|Cuentas eliminadas)\s+38\s+(Taken out of a course again|Fuera de un curso otra vez)\s+1$/,
  how: /^(What the file holds|Qué lleva el archivo)$/,
  showAll: /^(Show all|Mostrar todo)$/,
};

const WRONG = [7, 21];
const DATED = 12;
const line = (number: number): string =>
  number === WRONG[0] ? "=2+5;not-an-email;student;;"
    : number === WRONG[1] ? `Person ${number};p${number}@lake.example;student;A course that is nowhere;`
      : number === DATED ? `Person ${number};p${number}@lake.example;student;Water where we live;2031-07-18` : `Person ${number};p${number}@lake.example;student;;`;
const file = ["name;email;role;course;until", ...Array.from({ length: 40 }, (_, index) => line(index + 2))].join("\r\n");

describe("an administrator imports people on a phone", () => {
  let school: School;
  let page: Page;
  const found: string[] = [];
  const device = new Device({ viewport: phone });

  beforeAll(async () => {
    school = await School.open();
    page = await openAs("admin", device, school);
  });
  afterAll(async () => {
    await device.remove();
    await school.close();
  });

  const lookAt = async (name: string): Promise<void> => void found.push(...(await look(page, name)), ...(await lookInDark(page, `${name}-dark`)));
  const choose = (text: string) => page.locator('input[type="file"]').setInputFiles({ name: "people.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
  const isIn = async (state: string) => page.locator(`[data-import="${state}"]`).waitFor();
  const accounts = async (): Promise<number> => {
    await page.goto(`${school.url}/admin/people`);
    await page.locator("[data-person]").first().waitFor();
    return Number(/\d+/.exec(await page.locator(".title p").innerText())?.[0]);
  };

  test("what is no such file is refused in plain words; the report names the wrong lines and changes nothing", async () => {
    await page.goto(`${school.url}/admin/import`);
    await choose("colour;size\nred;1");
    await page.getByRole("alert").getByText(says.noEmail).waitFor();
    await lookAt("import-refused-360");
    await page.getByText(says.how).click();
    await lookAt("import-how-360");
    await choose(file);
    await isIn("checked");
    await page.locator("[data-line]").first().waitFor();
    expect(await page.locator("[data-line]").evaluateAll((rows) => rows.map((row) => Number(row.getAttribute("data-line"))))).toEqual(WRONG);
    await lookAt("import-checked-360");
    await page.getByRole("button", { name: says.allLines }).click();
    await page.locator(`[data-line="${DATED}"]`).getByText(says.until).waitFor();
    await lookAt("import-all-lines-360");
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: says.report }).click()]);
    const report = readFileSync(await download.path(), "utf8").trimEnd().split("\r\n");
    expect([report.length, report[6]]).toEqual([41, "7,not-an-email,'=2+5,,Email: this is none"]);
    const checked = page.url();
    expect(await accounts()).toBe(6);
    await page.goto(checked);
    await isIn("checked");
  });

  test("the rest goes on, the same file again has no effect, and it is taken back", async () => {
    await page.getByRole("button", { name: says.goOn }).click();
    await isIn("done");
    await lookAt("import-done-360");
    const done = page.url();
    expect(await accounts()).toBe(44);
    await page.goto(`${school.url}/admin/import`);
    await choose(file);
    await isIn("checked");
    await page.getByText(says.nothing).first().waitFor();
    expect(await page.getByRole("button", { name: says.goOn }).count()).toBe(0);
    await page.goto(done);
    await page.getByRole("button", { name: says.undo }).click();
    await page.locator("dialog[open]").getByRole("button", { name: says.undoDo }).click();
    await isIn("undone");
    expect(await page.locator(".import-counts").innerText()).toMatch(says.removedAndOut);
    await lookAt("import-undone-360");
    expect(await accounts()).toBe(6);
    await lookAt("people-with-import-360");
    expect(device.errors).toEqual([]);
  });

  test("the log says of whom, from which file and what, and is found by a name", async () => {
    await page.goto(`${school.url}/admin/school`);
    await page.locator(".entry-details").getByText("people.csv").first().waitFor();
    await page.locator(".row-title", { hasText: says.removed }).first().waitFor();
    // Whom the seed of the demo school put into its courses is found, too.
    await page.getByLabel(says.who).fill("sofia@dem");
    await page.getByRole("button", { name: says.search }).click();
    await page.locator(".row-title", { hasText: says.inCourse }).first().waitFor();
    expect(await page.locator(".row-title", { hasText: says.removed }).count()).toBe(0);
    await page.getByLabel(says.who).fill("Zenobia");
    await page.getByRole("button", { name: says.search }).click();
    await page.getByRole("status").getByText(says.nothingDone).waitFor();
    await page.getByLabel(says.who).fill("admin@dem");
    await page.getByRole("button", { name: says.search }).click();
    await page.locator(".row-title", { hasText: says.removed }).first().waitFor();
    await page.getByRole("button", { name: says.showAll }).click();
    await page.locator(".entry-details").getByText("people.csv").first().waitFor();
    await lookAt("log-360");
    await page.setViewportSize(desktop);
    await lookAt("log-1280");
    await page.setViewportSize(phone);
    expect(device.errors).toEqual([]);
    await page.goto(`${school.url}/admin/people`);
  });

  test("several are given a role at once, and the list leaves the school as a file", async () => {
    await page.getByRole("button", { name: says.select }).click();
    for (const person of ["ben", "mei"] as const) await page.locator(`[data-person="${emailOf(person)}"] input[type="checkbox"]`).check();
    await lookAt("people-selected-360");
    await page.getByRole("button", { name: says.role }).click();
    await page.locator("dialog[open] select").selectOption("instructor");
    await lookAt("bulk-role-360");
    await page.locator("dialog[open]").getByRole("button", { name: says.doRole }).click();
    await page.locator(`[data-person="${emailOf("mei")}"]`).getByText(says.instructor).waitFor();
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: says.export }).click()]);
    const lines = readFileSync(await download.path(), "utf8").trimEnd().split("\r\n");
    expect([lines.length, lines.includes(`${emailOf("ben")},Ben Carter,instructor,en,active`)]).toEqual([7, true]);
    expect(device.errors).toEqual([]);
  });

  test("axe finds nothing on these screens", () => {
    expect(found).toEqual([]);
  });
});
