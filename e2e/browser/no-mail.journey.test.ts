import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Page } from "playwright-core";
import { look, lookInDark } from "./axe.ts";
import { desktop, Device, phone, signIn, waitForState } from "./device.ts";
import { emailOf, School } from "./school.ts";

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

  test("no page of these has an accessibility fault", () => expect(found).toEqual([]));
});
