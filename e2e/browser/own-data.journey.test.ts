import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Page } from "playwright-core";
import { look, lookInDark } from "./axe.ts";
import { desktop, Device, phone, signIn, waitForState, words } from "./device.ts";
import { emailOf, password, School } from "./school.ts";

const says = {
  prepare: /^(Prepare my copy|Preparar mi copia)$/,
  get: /^(Get the file|Obtener el archivo)$/,
  removeCopy: /^(Remove the copy|Quitar la copia)$/,
  wrong: /password is not right|contraseña no es correcta/,
  close: /^(Close my account|Cerrar mi cuenta)$/,
  closing: /asked to close your account|pediste cerrar tu cuenta/,
  takenBack: /your account is not closed|tu cuenta no se cierra/,
  forget: /^(Remove my data from this device|Quitar mis datos de este dispositivo)/,
  only: /only administrator|Solo tú administras/,
  actions: /^(Actions for|Acciones para)/,
  closeAccount: /^(Close the account|Cerrar la cuenta)$/,
  forEver: /^(Close it for ever|Cerrarla para siempre)$/,
  leaves: /^(Leaves on|Se va el)/,
};

describe("what the school has of a person", () => {
  let school: School;
  const found: string[] = [];
  const devices = { ben: new Device({ viewport: phone, language: "es" }), mei: new Device({ viewport: phone }), admin: new Device({ viewport: desktop }) };

  beforeAll(async () => {
    school = await School.open();
  });
  afterAll(async () => {
    for (const device of Object.values(devices)) await device.remove();
    await school.close();
  });

  const lookAt = async (page: Page, name: string): Promise<void> => void found.push(...(await look(page, name)), ...(await lookInDark(page, `${name}-dark`)));
  const formWith = (page: Page, button: RegExp) => page.locator("form").filter({ has: page.getByRole("button", { name: button }) });

  test("a student asks for a copy of their data and gets the file", async () => {
    const page = await devices.ben.open(school.url);
    await signIn(page, emailOf("ben"));
    await waitForState(page, "synced");
    await page.goto(`${school.url}/you/data`);
    const form = formWith(page, says.prepare);
    await form.locator("input[name=password]").fill("wrong");
    await form.getByRole("button", { name: says.prepare }).click();
    await page.getByText(says.wrong).waitFor();
    await lookAt(page, "own-data-360-es");
    await form.locator("input[name=password]").fill(password);
    await form.getByRole("button", { name: says.prepare }).click();
    const get = page.getByRole("button", { name: says.get });
    await get.waitFor({ timeout: 20_000 });
    await lookAt(page, "own-data-ready-360-es");
    const arriving = page.waitForEvent("download");
    await get.click();
    const download = await arriving;
    const bytes = readFileSync(await download.path());
    expect([download.suggestedFilename(), bytes.subarray(0, 2).toString(), bytes.includes("index.html")]).toEqual(["mochila.zip", "PK", true]);
    await page.getByRole("button", { name: says.removeCopy }).click();
    await form.waitFor();
  });

  /** As soon as the school has taken it, the device is at its door. */
  async function close(page: Page, { forget }: { forget: boolean }): Promise<void> {
    await page.goto(`${school.url}/you/data`);
    const form = formWith(page, says.close).first();
    await form.locator("input[name=password]").fill(password);
    await form.getByRole("button", { name: says.close }).click();
    const dialog = page.locator("dialog[open]");
    if (forget) await dialog.getByRole("switch", { name: says.forget }).check();
    await lookAt(page, "close-account-360-en");
    await dialog.getByRole("button", { name: says.close }).click();
    await page.getByLabel(words.email).waitFor();
    await page.getByText(says.closing).waitFor();
    expect(new URL(page.url()).pathname).toBe("/");
  }

  test("U11 somebody closes their account: the device signs out and says so, also after a reload; they keep it by signing in again, and are told", async () => {
    const page = await devices.mei.open(school.url);
    await signIn(page, emailOf("mei"));
    await waitForState(page, "synced");
    await close(page, { forget: false });
    await page.reload();
    await page.getByText(says.closing).waitFor();
    await page.locator(".known").waitFor();
    await lookAt(page, "account-closing-360-en");

    const admin = await devices.admin.open(school.url);
    await signIn(admin, emailOf("admin"));
    await waitForState(admin, "synced");
    await admin.goto(`${school.url}/admin/people`);
    await admin.locator(`[data-person="${emailOf("mei")}"]`).getByText(says.leaves).waitFor();

    await signIn(page, emailOf("mei"));
    await page.getByText(says.takenBack).waitFor();
    await waitForState(page, "synced");
    expect(await page.evaluate(() => localStorage.getItem("mochila-closing"))).toBeNull();
    await admin.reload();
    await admin.locator(`[data-person="${emailOf("mei")}"]`).waitFor();
    expect(await admin.getByText(says.leaves).count()).toBe(0);

    // Once more, from a device that is not only theirs.
    await close(page, { forget: true });
    await page.locator(".known").waitFor({ state: "detached" });
    await signIn(page, emailOf("mei"));
    await page.getByText(says.takenBack).waitFor();
  });

  test("the only administrator cannot go; they close somebody's account by typing whose it is", async () => {
    const page = devices.admin.context.pages()[0];
    if (!page) throw new Error("the administrator's page is open");
    await page.goto(`${school.url}/you/data`);
    await page.getByText(says.only).waitFor();
    expect(await page.getByRole("button", { name: says.close }).count()).toBe(0);
    await page.goto(`${school.url}/admin/people`);
    const row = page.locator(`[data-person="${emailOf("mei")}"]`);
    await row.getByRole("button", { name: says.actions }).click();
    await row.getByRole("button", { name: says.closeAccount }).click();
    const dialog = page.locator("dialog[open]");
    await dialog.locator("input").fill(emailOf("ben"));
    await dialog.getByRole("button", { name: says.forEver }).click();
    await dialog.locator('input[aria-invalid="true"]').waitFor();
    await lookAt(page, "close-person-1280-en");
    await dialog.locator("input").fill(emailOf("mei"));
    await dialog.getByRole("button", { name: says.forEver }).click();
    await row.waitFor({ state: "detached" });
  });

  test("no screen of it has a fault that axe finds", () => {
    expect(found).toEqual([]);
  });
});
