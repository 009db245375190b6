import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Page } from "playwright-core";
import { look, lookInDark } from "./axe.ts";
import { desktop, Device, phone } from "./device.ts";
import { emailOf, School } from "./school.ts";
import { openAs } from "./signed-in.ts";

const says = {
  add: /^(New|Nuevo)$/,
  begin: /^(Begin the course|Empezar el curso)$/,
  archive: /^(Archive|Archivar)$/,
  back: /^(Bring back|Recuperar)$/,
  bin: /^(Move to the bin|Mover a la papelera)$/,
  copy: /^(Copy|Copiar)$/,
  nobody: /Nobody here has this email|Nadie aquí tiene este correo/,
  addPerson: /^(Add a person|Añadir a una persona)$/,
};

describe("courses in an administrator's hands", () => {
  let school: School;
  let page: Page;
  const found: string[] = [];
  const devices = { admin: new Device({ viewport: phone }), luis: new Device({ viewport: desktop, language: "es" }), sofia: new Device({ viewport: phone, language: "es" }) };

  beforeAll(async () => {
    school = await School.open();
    page = await openAs("admin", devices.admin, school);
  });
  afterAll(async () => {
    for (const device of Object.values(devices)) await device.remove();
    await school.close();
  });

  const lookAt = async (name: string): Promise<void> => void found.push(...(await look(page, name)), ...(await lookInDark(page, `${name}-dark`)));
  const dialog = () => page.locator("dialog[open]");
  const isIn = (state: string) => page.locator(`[data-state="${state}"]`).waitFor();

  test("one is begun for somebody, archived, thrown away and brought back", async () => {
    await page.goto(`${school.url}/admin/courses`);
    await page.locator("[data-course]").first().waitFor();
    await lookAt("admin-courses-360");
    await page.getByRole("button", { name: says.add }).click();
    await page.locator('#new-course input[name="title-en"]').fill("Tides");
    await page.locator('#new-course input[name="email"]').fill("nobody@lake.example");
    await dialog().getByRole("button", { name: says.begin }).click();
    await dialog().getByText(says.nobody).waitFor();
    await page.locator('#new-course input[name="email"]').fill(emailOf("luis"));
    await lookAt("admin-new-course-360");
    await dialog().getByRole("button", { name: says.begin }).click();
    await isIn("draft");
    const decide = async (action: RegExp, state: string) => {
      await page.getByRole("button", { name: action }).click();
      await dialog().getByRole("button", { name: action }).click();
      await isIn(state);
    };
    // Its students do not see it: archived they would.
    expect(await page.getByRole("button", { name: says.archive }).count()).toBe(0);
    await decide(says.bin, "trashed");
    await page.getByRole("button", { name: says.back }).click();
    await isIn("draft");
    await lookAt("admin-course-360");
    await page.goto(`${school.url}/admin/courses`);
    await page.locator("[data-course]").filter({ hasText: /Shown|A la vista/ }).first().click();
    await isIn("published");
    const id = new URL(page.url()).pathname.split("/").at(-1) ?? "";
    await decide(says.archive, "archived");
    // Who studies it is told so where it stands in a list, and in it.
    const student = await openAs("sofia", devices.sofia, school);
    await student.goto(`${school.url}/courses`);
    await student.locator(`main a[href="/courses/${id}"]`).getByText("Archivado").click();
    await student.locator(".course-title").getByText("Archivado").waitFor();
    found.push(...(await look(student, "archived-course-360-es")), ...(await lookInDark(student, "archived-course-360-es-dark")));
    await page.getByRole("button", { name: says.back }).click();
    await isIn("published");
  });

  test("one is copied for another instructor, who finds it whole on their device", async () => {
    await page.goto(`${school.url}/admin/courses`);
    const first = page.locator('[data-course]').filter({ hasText: /Shown|A la vista/ }).first();
    await first.click();
    await isIn("published");
    const title = await page.locator("h1").innerText();
    await page.getByRole("button", { name: says.copy }).click();
    await dialog().locator('input[name="instructor"]').fill(emailOf("luis"));
    await lookAt("admin-copy-360");
    await dialog().getByRole("button", { name: says.copy }).click();
    await isIn("draft");
    expect(await page.locator("h1").innerText()).toBe(`${title} (2)`);
    expect(await page.locator("[data-person]").evaluateAll((rows) => rows.map((row) => row.getAttribute("data-person")))).toEqual([emailOf("luis")]);
    const copyId = page.url().split("/").at(-1) ?? "";
    const theirs = await openAs("luis", devices.luis, school);
    await theirs.goto(`${school.url}/courses/${copyId}/build`);
    await theirs.locator('[data-kind="page"]').first().waitFor();
    expect(await theirs.locator('[data-kind="page"]').count()).toBeGreaterThan(3);
    expect(Object.values(devices).flatMap(({ errors }) => errors)).toEqual([]);
  });

  test("axe finds nothing on these screens", () => {
    expect(found).toEqual([]);
  });
});
