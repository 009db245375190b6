import { afterAll, beforeAll, expect, test } from "vitest";
import type { Page } from "playwright-core";
import { desktop, Device, phone, signIn, waitForState } from "./device.ts";
import { PersonOverHttp } from "./person.ts";
import { emailOf, School } from "./school.ts";

let school: School;
const devices: Device[] = [];

beforeAll(async () => {
  school = await School.open();
}, 180_000);
afterAll(async () => {
  for (const device of devices) await device.remove();
  await school.close();
}, 60_000);

const editing = (page: Page) => page.locator(".ProseMirror");
const saved = (page: Page) => page.locator('[data-saved="all"]');

async function openEditor(device: Device, email: string, path: string): Promise<Page> {
  const page = await device.open(school.url);
  await signIn(page, email);
  await waitForState(page, "synced");
  await page.goto(school.url + path);
  await editing(page).waitFor();
  await page.locator('[data-saved="all"]').waitFor();
  return page;
}

const device = (options = {}): Device => {
  const made = new Device(options);
  devices.push(made);
  return made;
};

test("two write one page, one of them offline for half and with the tab closed; nothing is lost, also after a restart, and students receive it when it is published", async () => {
  const ana = await PersonOverHttp.signIn(school.url, emailOf("ana"));
  const items = [...(await ana.pullAll("items")).values()];
  const item = items.find((one) => one["kind"] === "page" && one["state"] === "published");
  const path = `/courses/${String(item?.["courseId"])}/items/${String(item?.id)}/edit`;
  const [first, second] = [device({ viewport: desktop }), device({ viewport: phone })];
  const [one, two] = await Promise.all([openEditor(first, emailOf("ana"), path), openEditor(second, emailOf("luis"), path)]);
  await editing(one).press("Control+End");
  await editing(one).press("Enter");
  await editing(one).pressSequentially("Ana writes ".repeat(10), { delay: 2 });
  await editing(two).press("Control+Home");
  await editing(two).pressSequentially("Luis writes ".repeat(10), { delay: 2 });
  await two.locator(".caret", { hasText: /Ana/ }).first().waitFor();
  await second.offline(true);
  await editing(two).press("Control+Home");
  await editing(two).pressSequentially("Offline ", { delay: 2 });
  await two.locator('[data-saved="here"]').waitFor();
  await editing(one).pressSequentially("more", { delay: 2 });
  // The tab is closed while offline; only the app's start sends what was typed, without opening the page.
  await two.waitForTimeout(500);
  await two.goto("about:blank");
  await second.offline(false);
  await two.goto(school.url);
  await waitForState(two, "synced");
  await expect.poll(() => editing(one).innerText(), { timeout: 30_000 }).toContain("Offline ");
  await saved(one).waitFor();
  await school.stop();
  await school.start();
  await saved(one).waitFor({ timeout: 60_000 });
  const text = await editing(one).innerText();
  expect(text.match(/Ana writes /g)).toHaveLength(10);
  expect(text.match(/Luis writes /g)).toHaveLength(10);
  await expect.poll(() => one.locator("[data-standing]").getAttribute("data-standing")).toBe("changed");
  await one.getByRole("button", { name: /^(Publish|Publicar)$/ }).click();
  await expect.poll(() => one.locator("[data-standing]").getAttribute("data-standing"), { timeout: 30_000 }).toBe("published");
  const sofia = await PersonOverHttp.signIn(school.url, emailOf("sofia"));
  const bodies = [...(await sofia.pullAll("items")).values()].filter((row) => row["kind"] === "body" && row["itemId"] === item?.id);
  expect(JSON.stringify(bodies)).toContain("Offline ");
  expect([...first.errors, ...second.errors]).toEqual([]);
}, 240_000);
