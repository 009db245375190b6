import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Page } from "playwright-core";
import { codeOf } from "./authenticator.ts";
import { look, lookInDark } from "./axe.ts";
import { courseLinks, desktop, Device, phone, signIn, waitForState } from "./device.ts";
import { PersonOverHttp } from "./person.ts";
import { emailOf, password, School } from "./school.ts";

describe("a school without a mail server promises no letters", () => {
  let school: School;
  let forOthers: School;
  const found: string[] = [];
  const devices = [new Device({ viewport: phone, language: "es" }), new Device({ viewport: desktop, language: "en" }), new Device({ viewport: phone, language: "en" })] as const;

  beforeAll(async () => {
    // Under a name of its own it is a school of others, whose letters nobody reads on this machine.
    [school, forOthers] = await Promise.all([School.open(), School.open({ PUBLIC_URL: "http://localhost:1" })]);
  });
  afterAll(async () => {
    for (const device of devices) await device.remove();
    await Promise.all([school.close(), forOthers.close()]);
  });
  const lookAt = async (page: Page, name: string): Promise<void> => void found.push(...(await look(page, name)), ...(await lookInDark(page, `${name}-dark`)));

  test("U12 the door says who helps instead, asks for no e-mail, and lets nobody make an account that nothing confirms", async () => {
    const page = await devices[0].open(`${forOthers.url}/account`);
    await page.getByText("Esta escuela no envía cartas").waitFor();
    await page.getByText("En esta escuela el personal crea las cuentas").waitFor();
    expect(await page.locator("form").count()).toBe(0);
    await lookAt(page, "no-mail-door-360-es");
    const tried = await devices[1].open(`${school.url}/account`);
    await tried.getByRole("link", { name: "Its letters are here" }).waitFor();
    expect(await tried.locator("form").count()).toBe(2);
    await lookAt(tried, "no-mail-preview-1280-en");
  });

  test("U12 AU4 an administrator who lets everybody in is told that nobody can confirm an e-mail; the log tells people of one name apart", async () => {
    const page = await devices[2].open(school.url);
    await signIn(page, emailOf("admin"));
    await waitForState(page, "synced");
    await page.goto(`${school.url}/admin/school`);
    await page.getByText("nobody can confirm an email").waitFor();
    await page.locator(".entry-who").filter({ hasText: `(${emailOf("admin")})` }).first().waitFor();
    await lookAt(page, "no-mail-school-360-en");
    await page.setViewportSize(desktop);
    await lookAt(page, "no-mail-school-1280-en");
  });

  test("U12 a new email is confirmed by a link that whoever runs the machine hands on, and who asks is told so before and after", async () => {
    const page = await devices[0].open(forOthers.url);
    await signIn(page, emailOf("sofia"));
    await waitForState(page, "synced");
    await page.goto(`${forOthers.url}/you/account`);
    const section = page.locator('section[aria-labelledby="email"]');
    await section.getByText("te lo da quien lleva la máquina de la escuela").waitFor();
    await lookAt(page, "no-mail-email-360-es");
    await section.locator('input[name="new-email"]').fill("sofia@lake.example");
    await section.locator('input[name="current"]').fill(password);
    await section.locator('button[type="submit"]').click();
    await section.getByText("en la carpeta de correo de la máquina de la escuela").waitFor();
    expect(await section.innerText()).not.toMatch(/carta va/);
    await lookAt(page, "no-mail-email-asked-360-es");
    const folder = join(forOthers.dataDir, "mail");
    const handedOn = (): string | undefined => readdirSync(folder).filter((name) => name.endsWith(".txt")).map((name) => /#email=[\w-]+/.exec(readFileSync(join(folder, name), "utf8"))?.[0]).find((link) => link !== undefined);
    await expect.poll(handedOn).toBeTruthy();
    await page.goto(`${forOthers.url}/account${handedOn() ?? ""}`);
    await page.getByRole("button", { name: "Confirmar mi correo" }).click();
    await page.getByRole("status").filter({ hasText: "confirmado" }).waitFor();
    await page.goto(`${forOthers.url}/you/account`);
    await section.getByText("sofia@lake.example").waitFor();
  });

  test("U12 on a machine that shows its letters on a page, who adds somebody without an account reads of no letter, and a new email names the page", async () => {
    const page = await devices[1].open(school.url);
    await signIn(page, emailOf("ana"));
    await waitForState(page, "synced");
    await page.goto(`${school.url}/courses`);
    await page.locator(courseLinks).first().click();
    await page.locator('a[href$="/people"]').click();
    await page.locator("form textarea").fill("nobody.yet@lake.example");
    await page.getByRole("button", { name: "Añadir personas" }).click();
    await page.getByText("la administración hace un enlace").waitFor();
    expect(await page.getByText("una carta la invita").count()).toBe(0);
    await lookAt(page, "no-mail-invited-1280-es");
    await page.goto(`${school.url}/you/account`);
    const section = page.locator('section[aria-labelledby="email"]');
    await section.getByRole("link", { name: "Sus cartas están aquí" }).waitFor();
    await lookAt(page, "no-mail-email-preview-1280-es");
    // Who is signed in is told so at the door, and makes no account there; a forgotten password is asked for all the same.
    await page.goto(`${school.url}/account`);
    await page.locator(`[data-signed-in="${emailOf("ana")}"]`).waitFor();
    expect(await page.locator("form").count()).toBe(0);
    await lookAt(page, "account-signed-in-1280-es");
    await page.getByRole("button", { name: "¿Olvidaste la contraseña?" }).click();
    await page.getByRole("button", { name: "Enviarme la carta" }).waitFor();
    expect(await page.locator("form").count()).toBe(1);
    await page.goto(`${school.url}/account`);
    await page.getByRole("link", { name: "Cuenta y dispositivos" }).click();
    await page.waitForURL(`${school.url}/you/account`);
  });

  test("U12 who asks for a copy of their data is told to look again", async () => {
    const page = await devices[0].open(`${forOthers.url}/you/data`);
    const section = page.locator('section[aria-labelledby="copy"]');
    await section.locator('input[name="password"]').fill(password);
    await section.locator('button[type="submit"]').click();
    await section.getByText("vuelve aquí para ver la copia").waitFor();
    await lookAt(page, "no-mail-copy-360-es");
  });

  test("U12 who removes a second factor is told to tell its person", async () => {
    const ana = await PersonOverHttp.signIn(forOthers.url, emailOf("ana"));
    const { app, key } = (await (await ana.call("/api/me/second-factors/app", { password })).json()) as { app: string; key: string };
    expect((await ana.call("/api/me/second-factors/app/confirm", { app, code: codeOf(key) })).status).toBe(200);
    const page = await devices[2].open(forOthers.url);
    await signIn(page, emailOf("admin"));
    await waitForState(page, "synced");
    await page.goto(`${forOthers.url}/admin/people`);
    const row = page.locator(`[data-person="${emailOf("ana")}"]`);
    await row.getByRole("button", { name: /^Actions for/ }).click();
    await row.getByRole("button", { name: "Remove the second factor" }).click();
    await page.getByRole("dialog").getByText("This school sends no mail: tell them yourself.").waitFor();
    await lookAt(page, "no-mail-factor-360-en");
  });

  test("no page of these has an accessibility fault", () => expect(found).toEqual([]));
});
