import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Page } from "playwright-core";
import { courseLinks, Device, signIn, waitForState, words } from "./device.ts";
import { PersonOverHttp } from "./person.ts";
import { emailOf, School } from "./school.ts";

const signOut = async (page: Page, school: School): Promise<void> => {
  await page.goto(`${school.url}/you`);
  await page.getByRole("button", { name: /^(Sign out|Salir)$/ }).first().click();
};

/** Opens the first page of the first course from the home screen, by tapping. */
async function openFirstPage(page: Page, school: School): Promise<void> {
  await page.goto(`${school.url}/courses`);
  await page.locator(courseLinks).first().click();
  await page.locator('main a[href*="/items/"]').first().click();
  await page.getByRole("button", { name: words.markDone }).waitFor();
}

describe("several tabs of one person", () => {
  let school: School;
  const device = new Device();

  beforeAll(async () => {
    school = await School.open();
  });

  afterAll(async () => {
    await device.remove();
    await school.close();
  });

  test("a language and a name chosen without a network hold after a restart, and are sent at the next contact", async () => {
    const page = await device.open(school.url);
    await signIn(page, emailOf("sofia"));
    await waitForState(page, "synced");
    await page.goto(`${school.url}/you`);
    const name = page.getByLabel(/^(Name|Nombre)$/);
    await name.waitFor();
    const sofia = await PersonOverHttp.signIn(school.url, emailOf("sofia"));
    const profile = async () => (await (await sofia.call("/api/me")).json()) as { name: string; language: string };
    const chosen = (await profile()).language === "en" ? "es" : "en";
    await school.kill();
    await page.getByLabel(/^(Language|Idioma)$/).selectOption(chosen);
    await expect.poll(() => page.evaluate(() => document.documentElement.lang)).toBe(chosen);
    await name.fill("Sofía del Río");
    await page.getByRole("button", { name: /^(Save the name|Guardar el nombre)$/ }).click();
    await page.getByRole("heading", { name: "Sofía del Río" }).waitFor();

    await page.reload();
    await page.getByRole("heading", { name: "Sofía del Río" }).waitFor();
    expect(await page.evaluate(() => document.documentElement.lang)).toBe(chosen);

    await school.start();
    await expect.poll(profile, { timeout: 40_000, interval: 500 }).toMatchObject({ name: "Sofía del Río", language: chosen });
    await waitForState(page, "synced");
    expect(await page.evaluate(() => document.documentElement.lang)).toBe(chosen);
  });

  test("a sign-out in one tab closes the others at once, and one that could not hear it when it is looked at", async () => {
    const page = device.context.pages()[0];
    if (!page) throw new Error("the device has no page");
    const [other, deaf, writing] = [await device.context.newPage(), await device.context.newPage(), await device.context.newPage()];
    await openFirstPage(writing, school);
    const address = writing.url();
    const note = writing.locator(".note-fold textarea");
    await writing.locator(".note-fold summary").click();
    await note.fill("kept a while ago");
    await writing.waitForTimeout(500);
    // As in a tab that the system has frozen: it hears nothing.
    await deaf.addInitScript(() => BroadcastChannel.prototype.addEventListener = () => undefined);
    for (const one of [other, deaf]) {
      await one.goto(`${school.url}/courses`);
      await one.locator(courseLinks).first().waitFor();
    }
    await page.goto(`${school.url}/you`);
    await note.pressSequentially(", and in this moment");
    await page.getByRole("button", { name: /^(Sign out|Salir)$/ }).first().click();
    const lock = page.getByRole("button", { name: /^(Lock and keep it here|Cerrar y conservarlo aquí)$/ });
    if (await lock.waitFor({ timeout: 1_000 }).then(() => true, () => false)) await lock.click();
    for (const one of [other, writing]) await one.getByLabel(words.email).waitFor({ timeout: 5_000 });
    await deaf.evaluate(() => window.dispatchEvent(new Event("focus")));
    await deaf.getByLabel(words.email).waitFor({ timeout: 5_000 });
    for (const one of [other, deaf]) {
      expect(await one.locator(courseLinks).count()).toBe(0);
      await one.reload();
      await one.getByLabel(words.email).waitFor();
      await one.close();
    }
    await signIn(writing, emailOf("sofia"));
    await waitForState(writing, "synced");
    await writing.goto(address);
    await expect.poll(() => note.inputValue()).toBe("kept a while ago, and in this moment");
    expect(device.errors).toEqual([]);
  });
});

describe("two people on one phone", () => {
  let school: School;
  const device = new Device();

  beforeAll(async () => {
    school = await School.open();
  });

  afterAll(async () => {
    await device.remove();
    await school.close();
  });

  test("a sign-out with unsent work locks it, deletes nothing, and another person sees none of it", async () => {
    const page = await device.open(school.url);
    await signIn(page, emailOf("sofia"));
    await waitForState(page, "synced");
    await school.kill();
    await openFirstPage(page, school);
    await page.getByRole("button", { name: words.markDone }).click();
    await page.getByRole("button", { name: words.done }).waitFor();
    await signOut(page, school);
    // A try that sends nothing says so.
    await page.getByRole("button", { name: /^(Try to send it now|Intentar enviarlo ahora)$/ }).click();
    await page.locator("dialog[open]").getByText(/^(The school cannot be reached now|Ahora no se puede llegar a la escuela)/).waitFor({ timeout: 20_000 });
    expect(await page.locator("dialog[open]").getByText(/did not take|no tomó/).count()).toBe(0);
    await page.getByRole("button", { name: /^(Lock and keep it here|Cerrar y conservarlo aquí)$/ }).click();
    await page.getByText(/^(\d+ changes? not sent|\d+ cambios? sin enviar)$/).waitFor();

    await school.start();
    // The server could not be told: it is at the first contact, and the cookie opens nothing any more.
    const refreshed = () => page.evaluate(async () => (await fetch("/api/auth/refresh", { method: "POST", headers: { "x-lms": "1" } })).status);
    await page.evaluate(() => window.dispatchEvent(new Event("online")));
    await expect.poll(refreshed, { timeout: 10_000, interval: 500 }).toBe(401);
    await signIn(page, emailOf("ben"));
    await waitForState(page, "synced");
    await openFirstPage(page, school);
    const ben = await PersonOverHttp.signIn(school.url, emailOf("ben"));
    const done = [...(await ben.pullAll("progress")).values()].filter((row) => (row["done"] as { value: boolean } | undefined)?.value);
    expect(done).toEqual([]);
    const databases = await page.evaluate(() => indexedDB.databases().then((all) => all.map((one) => one.name ?? "")));
    const owners = new Set(databases.flatMap((name) => /mochila-([0-9a-f-]{36})/.exec(name)?.[1] ?? []));
    expect(owners.size).toBe(2);
  });

  test("when the first person signs in again, the work is there and is sent", async () => {
    const page = device.context.pages()[0];
    if (!page) throw new Error("the device has no page");
    // Without a connection it would ask first.
    await waitForState(page, "synced");
    await signOut(page, school);
    await page.getByLabel(words.email).waitFor();
    await signIn(page, emailOf("sofia"));
    await waitForState(page, "synced");
    const sofia = await PersonOverHttp.signIn(school.url, emailOf("sofia"));
    const done = [...(await sofia.pullAll("progress")).values()].filter((row) => (row["done"] as { value: boolean } | undefined)?.value);
    expect(done).toHaveLength(1);
    expect(device.errors).toEqual([]);
  });
});
