import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Page } from "playwright-core";
import { look, lookInDark } from "./axe.ts";
import { Device, phone, signIn, waitForState } from "./device.ts";
import { emailOf, School } from "./school.ts";

const says = {
  bad: "Este enlace no sirve",
  whoInvited: "Pide otro a quien te invitó",
  signIn: "Entrar",
  askAgain: "Pedir otro enlace",
  noLetters: "Esta escuela no envía cartas",
  code: "Un código tiene diez letras",
};

/** Links come in part, twice and too late: each leads to one page that says so, and on to whoever helps. Here nobody gets letters. */
describe("a link that opens nothing", () => {
  let school: School;
  const device = new Device({ viewport: phone, language: "es" });
  const found: string[] = [];
  let page: Page;

  beforeAll(async () => {
    school = await School.open({ PUBLIC_URL: "http://localhost:1" });
    page = await device.open("about:blank");
  });
  afterAll(async () => {
    await device.remove();
    await school.close();
  });
  const lookAt = async (name: string): Promise<void> => void found.push(...(await look(page, name)), ...(await lookInDark(page, `${name}-dark`)));
  /** By way of another page: of two addresses that differ behind the `#` the browser loads the second one not anew. */
  const open = async (path: string): Promise<void> => {
    await page.goto("about:blank");
    await page.goto(`${school.url}${path}`);
  };

  test.each([["cut off", "invitation="], ["of its name alone", "invitation"], ["that opens nothing", `invitation=${"a".repeat(43)}`], ["cut within", "invitation=abc"]])("U3 an invitation %s leads to whoever invited, then to the sign-in, and to no letter", async (_how, link) => {
    await open(`/account#${link}`);
    const bad = page.getByRole("alert");
    await bad.getByText(says.bad).waitFor();
    await bad.getByText(says.whoInvited).waitFor();
    expect(await bad.locator("a, button").allInnerTexts()).toEqual([says.signIn]);
    expect(await page.locator("form").count()).toBe(0);
    await page.getByRole("heading", { name: "Tu cuenta" }).waitFor();
    expect(await page.locator("main").innerText()).not.toMatch(/carta|Crear una cuenta/);
    await lookAt("bad-invitation-360-es");
  });

  test.each(["reset=", "reset", "email=", "verify="])("U3 #%s says that it is a bad link, and where a new one comes from", async (link) => {
    await open(`/account#${link}`);
    await page.getByRole("alert").getByText(says.bad).waitFor();
    expect(await page.locator("form").count()).toBe(0);
    await page.getByRole("button", { name: says.askAgain }).click();
    await page.getByText(says.noLetters).waitFor();
  });

  test("half a code of a course is told at the door, and after the sign-in", async () => {
    await open("/join#BCD");
    await page.getByText(says.code).waitFor();
    expect(await page.locator('input[name="code"]').inputValue()).toBe("BCD");
    await lookAt("join-in-part-door-360-es");
    await page.goto(school.url);
    await signIn(page, emailOf("sofia"));
    await waitForState(page, "synced");
    await open("/join#BCD");
    await page.waitForURL(`${school.url}/courses/join#BCD`);
    await page.getByText(says.code).waitFor();
    expect(await page.locator('input[name="code"]').inputValue()).toBe("BCD");
    await lookAt("join-in-part-360-es");
    // Without any code nothing is wrong yet.
    await open("/join");
    await page.waitForURL(`${school.url}/courses/join`);
    await page.locator('input[name="code"]').waitFor();
    expect(await page.getByText(says.code).count()).toBe(0);
  });

  test("no page of these has an accessibility fault, and none failed", () => {
    expect(found).toEqual([]);
    expect(device.errors).toEqual([]);
  });
});
