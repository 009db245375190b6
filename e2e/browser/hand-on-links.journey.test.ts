import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Page } from "playwright-core";
import { look, lookInDark, picture } from "./axe.ts";
import { desktop, Device, phone } from "./device.ts";
import { password, School } from "./school.ts";
import { openAs } from "./signed-in.ts";

const PEOPLE = 33;
const file = ["nombre;correo", ...Array.from({ length: PEOPLE }, (_, number) => `${number === 0 ? "=Ana Ruiz" : `Persona ${number}`};p${number}@lago.example`)].join("\r\n");

describe("a school without a mail server, its administrator on a phone in Spanish", () => {
  let school: School;
  let page: Page;
  const found: string[] = [];
  const device = new Device({ viewport: phone, language: "es" });
  const student = new Device({ viewport: phone, language: "es" });

  beforeAll(async () => {
    school = await School.open();
    page = await openAs("admin", device, school);
    // The administrator of the demo school reads English.
    await page.goto(`${school.url}/you`);
    await Promise.all([page.waitForResponse((answer) => answer.request().method() === "PATCH" && answer.ok()), page.getByLabel(/^(Language|Idioma)/).selectOption("es")]);
  });
  afterAll(async () => {
    await Promise.all([device.remove(), student.remove()]);
    await school.close();
  });

  const lookAt = async (name: string): Promise<void> => void found.push(...(await look(page, name)), ...(await lookInDark(page, `${name}-dark`)));
  const dialog = () => page.locator("dialog[open]");
  const linkOf = async (email: string): Promise<string> => page.locator(`[data-link="${email}"] .address`).innerText();

  test("an import says before that no letters go out, and afterwards gives all links at once, as a table and on paper", async () => {
    await page.goto(`${school.url}/admin/import`);
    await page.locator('input[type="file"]').setInputFiles({ name: "clase.csv", mimeType: "text/csv", buffer: Buffer.from(file) });
    await page.locator('[data-import="checked"]').waitFor();
    await page.getByText("Esta escuela no envía correo").waitFor();
    expect(await page.getByText("Enviar invitaciones por carta").count()).toBe(0);
    await lookAt("links-before-360-es");
    await page.getByRole("button", { name: `Hacer ${PEOPLE} líneas` }).click();
    await page.locator('[data-import="done"]').waitFor();
    await lookAt("links-done-360-es");
    await page.getByRole("button", { name: "Enlaces para entregar" }).click();
    await lookAt("links-ask-360-es");
    await dialog().getByRole("button", { name: "Crear los enlaces" }).click();
    await dialog().getByText(`${PEOPLE} enlaces para entregar`).waitFor();
    expect(await page.locator("[data-link]").count()).toBe(PEOPLE);
    await lookAt("links-made-360-es");
    const link = await linkOf("p1@lago.example");
    const [download] = await Promise.all([page.waitForEvent("download"), dialog().getByRole("button", { name: "Guardar como tabla" }).click()]);
    const lines = readFileSync(await download.path(), "utf8").trimEnd().split("\r\n");
    expect([lines.length, lines[0], lines[1]?.startsWith("'=Ana Ruiz;p0@lago.example;http"), lines[2]?.startsWith(`Persona 1;p1@lago.example;${link};`)]).toEqual([PEOPLE + 1, "\u{feff}nombre;correo;enlace;sirve hasta", true, true]);
    // What a printer would get; nothing prints here.
    await page.evaluate(() => (window.print = () => undefined));
    await dialog().getByRole("button", { name: "Imprimir" }).click();
    await page.locator(".on-paper li").first().waitFor({ state: "attached" });
    await page.emulateMedia({ media: "print" });
    expect([await page.locator(".on-paper li .qr").count(), await page.locator(".app").isVisible(), await page.locator(".on-paper").isVisible()]).toEqual([PEOPLE, false, true]);
    await picture(page, "links-paper-es");
    await page.emulateMedia({ media: "screen" });
    await dialog().getByRole("button", { name: "Cerrar" }).click();
    await page.locator("[data-link], .on-paper").first().waitFor({ state: "detached" });

    const theirs = await student.open(link);
    await theirs.locator('input[type="password"]').first().fill("battery staple");
    await theirs.getByRole("button", { name: "Guardar la contraseña" }).click();
    await theirs.getByText("contraseña nueva está guardada").waitFor();
    expect(await theirs.evaluate(() => [location.href, sessionStorage.length])).toEqual([`${school.url}/account`, 0]);
  });

  test("U17 a link that was opened and left is not there for whoever comes to this computer next, and lost to nobody", async () => {
    await page.goto(`${school.url}/admin/people`);
    await page.getByRole("searchbox").fill("p2@");
    await page.locator('[data-person="p2@lago.example"]').getByRole("button").first().click();
    await page.getByRole("button", { name: "Crear otro enlace de invitación" }).click();
    const link = await dialog().locator(".quote-box").innerText();
    await dialog().getByRole("button", { name: "Cerrar" }).click();

    const tab = await student.context.newPage();
    const owner = tab.locator('[data-owner="p2@lago.example"]');
    const left = tab.getByText("Abre el enlace otra vez");
    await tab.goto(link);
    await owner.waitFor();
    const back = `${school.url}/account#opened`;
    expect(tab.url()).toBe(back);
    await tab.reload();
    await owner.waitFor();
    await tab.goto(school.url);
    await tab.goBack();
    await left.waitFor();
    expect([tab.url(), await owner.count(), await tab.evaluate(() => sessionStorage.length)]).toEqual([back, 0, 0]);
    found.push(...(await look(tab, "left-link-360-es")), ...(await lookInDark(tab, "left-link-360-es-dark")));
    await tab.reload();
    await left.waitFor();
    // A browser that keeps the page itself for the way back.
    await tab.goto(link);
    await owner.waitFor();
    await tab.evaluate(() => window.dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true })));
    await left.waitFor();
    await tab.evaluate(() => window.dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true })));
    expect([await owner.count(), await tab.evaluate(() => sessionStorage.length)]).toEqual([0, 0]);
    // The link itself opens as before.
    await tab.goto(link);
    await owner.waitFor();
    expect(student.errors).toEqual([]);
  });

  test("whoever was invited is invited again, with a link that says until when; several at once by the bar", async () => {
    await page.goto(`${school.url}/admin/people`);
    const row = (email: string) => page.locator(`[data-person="${email}"]`);
    await page.getByRole("searchbox").fill("p1");
    await row("p10@lago.example").getByRole("button").first().click();
    expect(await page.getByRole("button", { name: "Crear un enlace de contraseña" }).count()).toBe(0);
    await page.getByRole("button", { name: "Crear otro enlace de invitación" }).click();
    await dialog().getByText("Entrega este enlace").waitFor();
    await dialog().getByText("#invitation=").waitFor();
    await lookAt("link-one-360-es");
    await dialog().getByRole("button", { name: "Cerrar" }).click();

    await page.getByRole("button", { name: "Seleccionar", exact: true }).click();
    for (const number of [1, 11, 12]) await row(`p${number}@lago.example`).locator('input[type="checkbox"]').check();
    await lookAt("links-bulk-360-es");
    expect(await page.getByRole("button", { name: "Invitar otra vez" }).count()).toBe(0);
    await page.getByRole("button", { name: "Enlaces para entregar" }).click();
    await dialog().getByRole("button", { name: "Crear los enlaces" }).click();
    await dialog().getByText("2 enlaces para entregar").waitFor();
    await dialog().getByText("1 persona no recibió ninguno").waitFor();
    await page.setViewportSize(desktop);
    await lookAt("links-bulk-made-1280-es");
    await page.setViewportSize(phone);
    await dialog().getByRole("button", { name: "Cerrar" }).click();

    await page.getByRole("button", { name: "Enlaces para entregar" }).click();
    await device.offline(true);
    await dialog().getByRole("button", { name: "Crear los enlaces" }).click();
    await dialog().getByText("Ahora no se puede llegar a la escuela").waitFor();
    // Nobody knows yet whether they need one.
    expect(await dialog().getByText("ya tienen contraseña").count()).toBe(0);
    await lookAt("links-away-360-es");
    await dialog().getByRole("button", { name: "Cerrar" }).click();
    await device.offline(false);
    expect(device.errors).toEqual([]);
  });

  test("U15 a link to a new password asks for one's own first, and none is offered for an administrator", async () => {
    await page.goto(`${school.url}/admin/people`);
    await page.getByRole("searchbox").fill("p1@");
    const menu = () => page.locator('[data-person="p1@lago.example"]').getByRole("button").first();
    const make = page.getByRole("button", { name: "Crear un enlace de contraseña" });
    await menu().click();
    await make.click();
    await lookAt("password-link-360-es");
    const own = dialog().getByLabel("Tu propia contraseña");
    await own.fill("no es esta");
    await dialog().getByRole("button", { name: "Crear el enlace" }).click();
    await dialog().getByText("Esta no es tu contraseña").waitFor();
    await lookAt("password-link-wrong-360-es");
    await own.fill(password);
    await dialog().getByRole("button", { name: "Crear el enlace" }).click();
    await dialog().getByText("#reset=").waitFor();
    await dialog().getByRole("button", { name: "Cerrar" }).click();

    await menu().click();
    await page.getByRole("button", { name: "Cambiar el rol" }).click();
    await dialog().getByLabel("Rol en la escuela").selectOption("administrator");
    await dialog().getByRole("button", { name: "Guardar" }).click();
    await page.getByText("Cambiado").first().waitFor();
    await menu().click();
    await page.getByRole("button", { name: "Cambiar el rol" }).waitFor();
    expect(await make.count()).toBe(0);
    expect(device.errors).toEqual([]);
  });

  test("axe finds nothing on these screens", () => {
    expect(found).toEqual([]);
  });
});
