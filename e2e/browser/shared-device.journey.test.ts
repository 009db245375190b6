import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Page } from "playwright-core";
import { Device, signIn, waitForState, words } from "./device.ts";
import { PersonOverHttp } from "./person.ts";
import { emailOf, School } from "./school.ts";

const signOut = async (page: Page, school: School): Promise<void> => {
  await page.goto(`${school.url}/you`);
  await page.getByRole("button", { name: /^(Sign out|Salir)$/ }).first().click();
};

/** Opens the first page of the first course from the home screen, by tapping. */
async function openFirstPage(page: Page, school: School): Promise<void> {
  await page.goto(`${school.url}/courses`);
  await page.locator('main a[href^="/courses/"]').first().click();
  await page.locator('main a[href*="/items/"]').first().click();
  await page.getByRole("button", { name: words.markDone }).waitFor();
}

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
    await page.getByRole("button", { name: /^(Lock and keep it here|Cerrar y conservarlo aquí)$/ }).click();
    await page.getByText(/^(\d+ changes? not sent|\d+ cambios? sin enviar)$/).waitFor();

    await school.start();
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
