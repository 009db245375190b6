import { execFile } from "node:child_process";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { desktop, Device, signIn, waitForState, words } from "./device.ts";
import { documentsOnDevice } from "./device-stores.ts";
import { PersonOverHttp, type PulledDocument } from "./person.ts";
import { emailOf, password, School } from "./school.ts";

const editor = '.ProseMirror[contenteditable="true"]';
/** With owners and modes: PostgreSQL starts on nothing else. */
const copyFolder = (from: string, to: string) => promisify(execFile)("cp", ["-a", from, to]);

/** What happened after the backup, and lives on the devices of those who did it. */
describe("a school whose backup was put back", () => {
  let school: School;
  const [phone, laptop, other] = [new Device(), new Device({ viewport: desktop }), new Device({ viewport: desktop })];
  let sofia: Page;
  let anasPage: Page;
  let pages: PulledDocument[];
  let moduleId = "";
  let orderBefore: unknown;

  const storeFolder = () => join(school.dataDir, "postgres");
  const backup = () => join(school.dataDir, "backup");
  const as = (person: "ana" | "sofia") => PersonOverHttp.signIn(school.url, emailOf(person));
  const doneItems = async () => [...(await (await as("sofia")).pullAll("progress")).values()].filter(({ done }) => (done as { value?: boolean } | undefined)?.value === true).map(({ itemId }) => itemId);
  const notes = async () => [...(await (await as("sofia")).pullAll("drafts")).values()].map(({ body }) => String(body));
  const orderNow = async () => (await (await as("ana")).pullAll("modules")).get(moduleId)?.["order"];
  const readPage = (page: Page, { id, courseId }: PulledDocument) => page.goto(`${school.url}/courses/${String(courseId)}/items/${id}`);
  /** A session that was renewed after the backup is not known to the school: it asks for the password once. */
  const signInAgain = async (page: Page): Promise<void> => {
    await page.locator(".top-banner").getByRole("button", { name: words.signIn }).click();
    await page.getByLabel(words.password).fill(password);
    await page.getByRole("dialog").getByRole("button", { name: words.signIn }).click();
    await waitForState(page, "synced");
  };
  const readText = async (device: Device, { id, courseId }: PulledDocument): Promise<void> => {
    const page = await device.open(school.url);
    await signIn(page, emailOf("luis"));
    await page.goto(`${school.url}/courses/${String(courseId)}/items/${id}/edit`);
    await page.locator(editor).getByText("typed after the backup").waitFor({ timeout: 60_000 });
  };
  const markDone = async (page: Page, item: PulledDocument): Promise<void> => {
    await readPage(page, item);
    await page.getByRole("button", { name: words.markDone }).click();
    await page.getByRole("button", { name: words.done }).waitFor();
    await waitForState(page, "synced");
  };

  beforeAll(async () => {
    school = await School.open();
    const ana = await as("ana");
    const taught = [...(await ana.pullAll("members")).values()].filter(({ userId, role }) => userId === ana.userId && role === "instructor").map(({ courseId }) => courseId);
    const modules = [...(await ana.pullAll("modules")).values()].sort((a, b) => (String(a["order"]) < String(b["order"]) ? -1 : 1));
    const courseId = taught.find((id) => modules.filter((module) => module["courseId"] === id).length > 1);
    const module = modules.find((one) => one["courseId"] === courseId);
    if (!module) throw new Error("the demo has a course of two modules that Ana teaches");
    [moduleId, orderBefore] = [module.id, module["order"]];
    pages = [...(await (await as("sofia")).pullAll("items")).values()].filter((item) => item["kind"] === "page" && item["courseId"] === courseId);
    [sofia, anasPage] = [await phone.open(school.url), await laptop.open(school.url)];
    for (const [page, person] of [[sofia, "sofia"], [anasPage, "ana"]] as const) {
      await signIn(page, emailOf(person));
      await waitForState(page, "synced");
    }
  });
  afterAll(async () => {
    for (const device of [phone, laptop, other]) await device.remove();
    await school.close();
  });

  test("has lost what came after it", async () => {
    const [kept, lost] = pages as [PulledDocument, PulledDocument];
    const before = await doneItems();
    expect(before).not.toContain(lost.id);
    await school.stop();
    await copyFolder(storeFolder(), backup());
    await school.start();

    await markDone(sofia, lost);
    await sofia.locator(".note-fold").evaluate((element: HTMLDetailsElement) => (element.open = true));
    await sofia.locator(".note-fold textarea").fill("written after the backup");
    await expect.poll(notes, { timeout: 30_000 }).toContain("written after the backup");
    await anasPage.goto(`${school.url}/courses/${String(kept["courseId"])}/build`);
    await anasPage.locator('.builder-row[data-kind="module"]').first().getByRole("button", { name: words.moveDown }).first().click();
    await expect.poll(orderNow).not.toBe(orderBefore);
    await anasPage.goto(`${school.url}/courses/${String(kept["courseId"])}/items/${kept.id}/edit`);
    await anasPage.locator(editor).click();
    await anasPage.keyboard.press("Control+End");
    await anasPage.keyboard.type(" typed after the backup");
    // The school has it: somebody else reads it there.
    const witness = new Device({ viewport: desktop });
    await readText(witness, kept);
    await witness.remove();
    await anasPage.goto(school.url);
    await waitForState(anasPage, "synced");

    await school.stop();
    await rm(storeFolder(), { recursive: true });
    await copyFolder(backup(), storeFolder());
    // Both are away while it begins again: what the backup holds is seen as it is.
    await Promise.all([phone.offline(true), laptop.offline(true)]);
    await school.start();
    expect([(await doneItems()).includes(lost.id), await notes(), await orderNow()]).toEqual([false, expect.not.arrayContaining(["written after the backup"]), orderBefore]);
  });

  test("gets it again from the devices, which lose nothing and ask nobody", async () => {
    const [kept, lost] = pages as [PulledDocument, PulledDocument];
    await Promise.all([phone.offline(false), laptop.offline(false)]);
    await expect.poll(doneItems, { timeout: 60_000 }).toContain(lost.id);
    await expect.poll(notes).toContain("written after the backup");
    await expect.poll(orderNow, { timeout: 60_000 }).not.toBe(orderBefore);
    for (const page of [sofia, anasPage]) await waitForState(page, "synced");
    await readPage(sofia, lost);
    await sofia.getByRole("button", { name: words.done }).waitFor();
    expect(await sofia.locator(".note-fold textarea").inputValue()).toBe("written after the backup");

    await readText(other, kept);
    expect([...phone.errors, ...laptop.errors]).toEqual([]);
  });

  test("and devices go on from there: what is new arrives, after a restart of the app too", async () => {
    const [kept, lost] = pages as [PulledDocument, PulledDocument];
    sofia = await phone.open(school.url);
    await signInAgain(sofia);
    await readPage(sofia, lost);
    await sofia.getByRole("button", { name: words.done }).click();
    await expect.poll(doneItems).not.toContain(lost.id);
    const before = await orderNow();
    await anasPage.goto(`${school.url}/courses/${String(kept["courseId"])}/build`);
    await anasPage.locator('.builder-row[data-kind="module"]').nth(1).getByRole("button", { name: words.moveUp }).first().click();
    await signInAgain(anasPage);
    await expect.poll(orderNow).not.toBe(before);
    const { userId } = await as("sofia");
    const onPhone = async () => (await documentsOnDevice(sofia, userId, "modules")).get(moduleId)?.["order"];
    await expect.poll(onPhone, { timeout: 30_000 }).toBe(await orderNow());
  });
});
