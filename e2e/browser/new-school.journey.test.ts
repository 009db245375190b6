import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Page } from "playwright-core";
import { look, lookInDark } from "./axe.ts";
import { desktop, Device, phone, waitForState } from "./device.ts";
import { School } from "./school.ts";

const says = {
  step: { course: /Begin a course|Empieza un curso/, people: /who teaches and who studies|quienes enseñan y estudian/, enrol: /who is in the course|quién está en el curso/, publish: /publish the course|publica el curso/ },
  already: /This school has been opened|Esta escuela ya está abierta/,
  begin: /^(Begin|Empezar)$/,
  doLines: /^(Do 32 lines|Hacer 32 líneas)$/,
  addModule: /^(Add a module|Añadir un módulo)$/,
  addPage: /^(Add a page|Añadir una página)$/,
  save: /^(Save|Guardar)$/,
  publish: /^(Publish|Publicar)$/,
  show: /^(Show “|Mostrar «)/,
  more: /^(More for|Más para)/,
  doShow: /^(Show to students|Mostrar a los estudiantes)$/,
  open: /Show the course to its students|Muestra el curso a sus estudiantes/,
};

const instructors = ["elena", "tomas"];
const students = Array.from({ length: 30 }, (_, number) => `pupil${number + 1}`);
/** As a school's office has it: a table saved as CSV, in Spanish. */
const table = [
  "Nombre;Correo;Rol;Curso;Rol en el curso",
  ...instructors.map((name) => `${name} Paz;${name}@lake.example;docente;Agua limpia;docente`),
  ...students.map((name) => `${name} Sol;${name}@lake.example;estudiante;Agua limpia;estudiante`),
].join("\r\n");

/** Who administers a new school reads no documentation: what comes next stands on the screen. */
describe.each([
  { where: "phone-es", options: { viewport: phone, language: "es" as const } },
  { where: "desktop-en", options: { viewport: desktop, language: "en" as const } },
])("a new school on a $where", ({ where, options }) => {
  let school: School;
  let page: Page;
  let link = "";
  const found: string[] = [];
  const device = new Device(options);
  const other = new Device(options);
  const lookAt = async (name: string, at = page): Promise<void> => void found.push(...(await look(at, `new-${where}-${name}`)), ...(await lookInDark(at, `new-${where}-${name}-dark`)));
  const home = async (): Promise<void> => {
    await page.locator('a[href="/"]:visible').first().click();
    await page.locator("#first-steps").waitFor();
  };
  /** By the eye on a desktop, by the row's menu on a phone. */
  const showModule = async (name: string): Promise<void> => {
    const row = page.locator('[data-kind="module"]').filter({ hasText: name });
    const eye = row.getByRole("button", { name: says.show });
    if (await eye.isVisible()) return eye.click();
    await row.getByRole("button", { name: says.more }).click();
    await row.getByRole("button", { name: says.doShow }).click();
  };
  const step = (name: keyof typeof says.step) => page.locator("ol").getByRole("link", { name: says.step[name] });

  beforeAll(async () => {
    school = await School.open({ SEED: "none" });
    link = /http\S+\/setup#\S+/.exec(school.printed.join("\n"))?.[0] ?? school.url;
    page = await device.open(link);
  });
  afterAll(async () => {
    await device.remove();
    await other.remove();
    await school.close();
  });

  test("the link of the start makes the administrator", async () => {
    await page.locator('input[name="name"]').fill("Rosa Ibarra");
    await page.locator('input[name="email"]').fill("rosa@lake.example");
    await page.reload();
    await page.locator('input[name="name"]').waitFor();
    expect([await page.locator('input[name="name"]').inputValue(), await page.locator('input[name="email"]').inputValue()]).toEqual(["Rosa Ibarra", "rosa@lake.example"]);
    await page.locator('input[name="password"]').fill("a boat on the lake");
    await lookAt("1-set-up");
    await page.locator('button[type="submit"]').click();
    await page.locator("#first-steps").waitFor();
    await lookAt("2-home");
    // The link once more, on another device: nobody fills in a form for nothing.
    const late = await other.open(link);
    await late.getByText(says.already).waitFor();
    expect(await late.locator("form").count()).toBe(0);
    await lookAt("2-already", late);
  });

  test("a course is begun, and a table brings its two instructors and thirty students", async () => {
    await step("course").click();
    await page.locator('input[lang="es"]').fill("Agua limpia");
    await lookAt("3-course");
    await page.getByRole("button", { name: says.begin }).click();
    await page.getByRole("button", { name: says.addModule }).first().waitFor();
    await lookAt("4-builder");
    await home();
    await step("people").click();
    await page.locator('input[type="file"]').setInputFiles({ name: "escuela.csv", mimeType: "text/csv", buffer: Buffer.from(table) });
    await page.locator('[data-import="checked"]').waitFor();
    await lookAt("5-checked");
    await page.getByRole("button", { name: says.doLines }).click();
    await page.locator('[data-import="done"]').waitFor();
    await lookAt("6-done");
    await home();
    await step("enrol").click();
    await page.getByText("pupil30 Sol").waitFor();
    await lookAt("7-people");
    expect(await page.getByText(/ Paz$/).count()).toBe(2);
    expect(await page.getByText(/ Sol$/).count()).toBe(30);
  });

  test("a page is written and published, and the steps are gone", async () => {
    await home();
    await step("publish").click();
    await page.getByRole("button", { name: says.addModule }).first().click();
    await page.locator("dialog[open] input").first().fill("De dónde viene");
    await page.locator("dialog[open]").getByRole("button", { name: says.save }).click();
    await page.getByRole("button", { name: says.addPage }).first().click();
    // On a slow line the page's row arrives after its writer has begun: the room is refused until then, and they write on.
    const refused = page.waitForResponse((answer) => answer.url().endsWith("/api/collab/ticket") && answer.status() === 403);
    await device.context.route("**/api/sync/push", async (route) => {
      await refused;
      await route.continue();
    });
    await page.locator("dialog[open] input").first().fill("El lago");
    await page.locator("dialog[open]").getByRole("button", { name: says.save }).click();
    await page.locator(".ProseMirror").first().click();
    await page.keyboard.type("El agua del lago ");
    await refused;
    await page.keyboard.type("baja de la montaña.");
    await page.getByText("El agua del lago baja de la montaña.").waitFor();
    await device.context.unroute("**/api/sync/push");
    await lookAt("8-page");
    await page.getByRole("button", { name: says.publish }).click();
    await waitForState(page, "synced");
    await page.goBack();
    await showModule("De dónde viene");
    await page.locator("[data-steps]").getByRole("button", { name: says.open }).click();
    await expect.poll(() => page.locator("[data-steps]").count()).toBe(0);
    await lookAt("9-builder");
    await page.locator('a[href="/"]:visible').first().click();
    await page.locator("main").getByText("Agua limpia").waitFor();
    await expect.poll(() => page.locator("#first-steps").count()).toBe(0);
    await lookAt("10-home");
  });

  test("axe finds nothing on the way", () => {
    expect(found).toEqual([]);
    expect(device.errors).toEqual([]);
  });
});
