import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Page } from "playwright-core";
import { bodyId } from "@mochila/shared/pages/schema.ts";
import { draftId } from "@mochila/shared/drafts/schema.ts";
import { newRev } from "@mochila/shared/kernel/ids.ts";
import { look, lookInDark, picture } from "./axe.ts";
import { courseLinks, desktop, Device, signIn, waitForState, words } from "./device.ts";
import { PersonOverHttp, type PulledDocument } from "./person.ts";
import { emailOf, School } from "./school.ts";

const editor = '.ProseMirror[contenteditable="true"]';
const NOTE = "The gutter of my street\nis full of leaves";

/** What the app calls things, in both languages. */
const says = {
  sendAgain: /^(Send again|Enviar otra vez)$/,
  copy: /^(Copy the text|Copiar el texto)$/,
  keep: /^(Keep in my note|Guardar en mi nota)$/,
  discard: /^(Discard|Descartar)$/,
  undo: /^(Undo|Deshacer)$/,
  saveAll: /^(Save all of it as a file|Guardar todo en un archivo)$/,
  signOut: /^(Sign out|Salir)$/,
  sendNow: /^(Try to send it now|Intentar enviarlo ahora)$/,
  tryAll: /^(Try all now|Intentar todo ahora)$/,
  unreachable: /The school cannot be reached now|No se puede contactar con la escuela/,
  left: /You are no longer in this course|Ya no estás en este curso/,
  bin: /^(Move .* to the bin|Llevar .* a la papelera)$/,
  putBack: /^(Put back|Devolver) /,
  away: /^(This part needs a connection|Esta parte necesita conexión)$/,
  you: /^(You|Tú)$/,
  notTaken: /^(Not taken by the school|Lo que la escuela no tomó): \d+$/,
  notSent: /^\d+ (changes? not sent|cambios? sin enviar)$/,
  publish: /^(Publish|Publicar)$/,
  restoreDo: /^(Restore it|Recuperarla|Open in the editor|Abrir en el editor)$/,
  offline: /The history needs a connection|El historial necesita conexión/,
};

let school: School;
let [ana, luis, sofia]: PersonOverHttp[] = [];
let page: PulledDocument;
let courseId = "";
const found: string[] = [];

const person = (one: PersonOverHttp | undefined): PersonOverHttp => {
  if (!one) throw new Error("nobody is signed in yet");
  return one;
};
const itemNow = async (id = page.id) => (await person(luis).pullAll("items")).get(id);
const setRole = async (email: string, role: string): Promise<void> => {
  const answer = await person(luis).call(`/api/courses/${courseId}/members`, { email, role });
  expect(answer.ok).toBe(true);
};
const unenrol = async (userId: string): Promise<void> => {
  const answer = await fetch(`${school.url}/api/courses/${courseId}/members/${userId}`, { method: "DELETE", headers: { authorization: `Bearer ${person(luis).token}`, origin: school.url } });
  expect(answer.ok).toBe(true);
};
/** Luis's own device: what he writes arrives first. */
const renameByLuis = async (title: string): Promise<void> => {
  const base = await itemNow();
  const row = { newDocumentState: { ...base, title: { en: title, es: title }, rev: newRev() }, assumedMasterState: base };
  expect(await (await person(luis).call("/api/sync/push", { pushes: [{ collection: "items", rows: [row] }] })).json()).toMatchObject({ results: [{ rejected: [] }] });
};
const pieces = (screen: Page) => screen.locator("article.refused");
const toastSays = (screen: Page) => screen.locator(".toast").innerText();

beforeAll(async () => {
  school = await School.open({ LIMITS: "off" });
  [ana, luis, sofia] = await Promise.all([PersonOverHttp.signIn(school.url, emailOf("ana")), PersonOverHttp.signIn(school.url, emailOf("luis")), PersonOverHttp.signIn(school.url, emailOf("sofia"))]);
  const pages = [...(await ana.pullAll("items")).values()].filter((one) => one["kind"] === "page");
  const last = pages.at(-1);
  if (!last) throw new Error("the demo school has no page");
  page = last;
  courseId = String(page["courseId"]);
});
afterAll(() => school.close());

describe("what needs attention, and the history", () => {
  test("N1 N2 N3 N4 N5 N7 a note written offline by somebody who was taken out of the course meanwhile: named, whole, and sent again when they are back", async () => {
    const device = new Device();
    const screen = await device.open(school.url);
    await device.context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await signIn(screen, emailOf("sofia"));
    await waitForState(screen, "synced");
    await screen.goto(`${school.url}/courses/${courseId}/items/${page.id}`);
    const title = await screen.getByRole("heading", { level: 1 }).innerText();
    await device.offline(true);
    await screen.locator(".note-fold summary").click();
    await screen.locator(".note-fold textarea").fill(NOTE);
    await screen.locator(".note-fold textarea").blur();
    await waitForState(screen, "offline");
    // Its code was never needed here, and there is no network.
    await screen.locator(".note-fold a").click();
    await screen.getByRole("heading", { name: says.away }).first().waitFor();
    await screen.locator('[data-sync-state="offline"]').click();
    await screen.getByRole("button", { name: says.tryAll }).click();
    await screen.getByText(says.unreachable).waitFor();

    await unenrol(person(sofia).userId);
    await device.offline(false);
    await waitForState(screen, "attention");
    const piece = pieces(screen).filter({ hasText: "gutter" });
    await piece.getByText(says.left).waitFor();
    expect(await piece.getByRole("heading").innerText()).toContain(title);
    expect(await piece.locator(".quote-box").innerText()).toBe(NOTE);
    expect(await piece.getByRole("button", { name: says.sendAgain }).count()).toBe(0);
    found.push(...(await look(screen, "attention-360-light")));
    await screen.emulateMedia({ colorScheme: "dark" });
    found.push(...(await look(screen, "attention-360-dark")));
    await piece.getByRole("button", { name: says.copy }).click();
    expect(await screen.evaluate(() => navigator.clipboard.readText())).toBe(NOTE);
    const download = screen.waitForEvent("download");
    await screen.getByRole("button", { name: says.saveAll }).click();
    const text = await (await download).createReadStream().then(async (stream) => (await stream.toArray()).join(""));
    expect([text.includes(title), text.includes(NOTE)]).toEqual([true, true]);
    const before = await pieces(screen).count();
    await piece.getByRole("button", { name: says.discard }).focus();
    await screen.keyboard.press("Enter");
    await expect.poll(() => pieces(screen).count()).toBe(before - 1);
    await screen.locator(".toast").getByRole("button", { name: says.undo }).click();
    await expect.poll(() => pieces(screen).count()).toBe(before);

    // Who signs out is told that it stays, not that it is sent.
    await screen.goto(`${school.url}/you`);
    await screen.getByRole("button", { name: says.signOut }).first().click();
    const leaving = screen.locator("dialog[open]");
    await leaving.getByText(/not sent by itself.*Needs attention|no se envía por sí solo.*Requiere atención/).waitFor();
    expect(await leaving.getByText(/sent when you sign in|se envía cuando/).count()).toBe(0);
    expect(await leaving.getByRole("button", { name: says.sendNow }).count()).toBe(0);
    expect(await leaving.getByText(says.notTaken).innerText()).toMatch(new RegExp(`: ${String(before)}$`));
    expect(await leaving.getByText(says.notSent).count()).toBe(0);
    found.push(...(await look(screen, "sign-out-refused-360")));
    await screen.keyboard.press("Escape");
    // What waits besides is counted by itself.
    await device.offline(true);
    await screen.goto(`${school.url}/courses`);
    await screen.locator(courseLinks).first().click();
    await screen.locator('main a[href*="/items/"]').first().click();
    await screen.getByRole("button", { name: words.markDone }).click();
    await screen.getByRole("button", { name: words.done }).waitFor();
    await screen.goto(`${school.url}/you`);
    await screen.getByRole("button", { name: says.signOut }).first().click();
    await leaving.getByText(says.notSent).waitFor();
    expect(await leaving.getByText(says.notSent).innerText()).toMatch(/^1 /);
    expect(await leaving.getByText(says.notTaken).innerText()).toMatch(new RegExp(`: ${String(before)}$`));
    found.push(...(await look(screen, "sign-out-both-360")), ...(await lookInDark(screen, "sign-out-both-360-dark")));
    await screen.keyboard.press("Escape");
    await device.offline(false);
    await waitForState(screen, "attention");

    // The way there from the page, which is gone.
    await screen.goto(`${school.url}/courses/${courseId}/items/${page.id}`);
    await screen.locator("main .banner a").click();
    await piece.waitFor();

    await setRole(emailOf("sofia"), "student");
    await piece.getByRole("button", { name: says.sendAgain }).click({ timeout: 40_000 });
    await piece.waitFor({ state: "detached" });
    const noteId = draftId({ userId: person(sofia).userId, itemId: page.id, kind: "note" });
    await expect.poll(async () => (await person(sofia).pullAll("drafts")).get(noteId)?.["body"], { timeout: 20_000 }).toBe(NOTE);
    // A student finds the history of their own note beside it; its code comes over the network.
    await screen.goto(`${school.url}/courses/${courseId}/items/${page.id}`);
    await screen.locator(".note-fold a").click();
    await screen.locator(".version").getByRole("heading", { name: says.you }).waitFor();
    await screen.locator(".version summary").click();
    expect(await screen.locator(".version").innerText()).toContain("gutter of my street");
    await picture(screen, "history-note-360-light");
    // What is written in another tab comes on top, and what the reader has opened stays open.
    const tab = await device.context.newPage();
    await tab.goto(`${school.url}/courses/${courseId}/items/${page.id}`);
    await tab.locator(".note-fold textarea").fill(`${NOTE}\nand of sand`);
    await screen.locator(".version", { hasText: "and of sand" }).waitFor();
    expect(await screen.locator(".version details").innerText()).toContain("gutter of my street");

    // Out of the course for good: what she wrote stays in her sight, where the page was and beside her courses.
    await tab.close();
    await expect.poll(async () => (await person(sofia).pullAll("drafts")).get(noteId)?.["body"], { timeout: 20_000 }).toBe(`${NOTE}\nand of sand`);
    await unenrol(person(sofia).userId);
    const note = screen.locator(".quote-box", { hasText: "and of sand" });
    await screen.goto(`${school.url}/courses/${courseId}/items/${page.id}`);
    await note.waitFor();
    found.push(...(await look(screen, "left-page-360-dark")));
    await screen.goto(`${school.url}/courses`);
    await screen.locator("main details summary").last().click();
    await note.waitFor();
    expect(await note.innerText()).toBe(`${NOTE}\nand of sand`);
    expect(device.errors).toEqual([]);
    await device.remove();
  });

  test("N1 N3 N6 N7 R6 a change that lost against another's: both texts stand side by side, and mine is kept in my note; the history restores what was", async () => {
    const device = new Device({ viewport: desktop });
    const screen = await device.open(school.url);
    await signIn(screen, emailOf("ana"));
    await waitForState(screen, "synced");
    await screen.goto(`${school.url}/courses/${courseId}/items/${page.id}/edit`);
    const titleField = screen.locator(".edit-title");
    const original = await titleField.inputValue();
    await device.offline(true);
    await titleField.fill("The title of Ana");
    await titleField.blur();
    await waitForState(screen, "offline");
    await renameByLuis("The title of Luis");
    await setRole(emailOf("ana"), "assistant");
    await device.offline(false);
    await waitForState(screen, "attention");
    await screen.locator('[data-sync-state="attention"]').click();
    const piece = pieces(screen).filter({ hasText: "The title of Ana" });
    await piece.locator("dd", { hasText: "The title of Luis" }).first().waitFor();
    expect(await piece.getByRole("button", { name: says.sendAgain }).count()).toBe(0);
    found.push(...(await look(screen, "attention-conflict-1280-light")));
    await piece.getByRole("button", { name: says.keep }).click();
    await expect.poll(() => pieces(screen).count()).toBe(0);
    await screen.getByRole("button", { name: says.tryAll }).click();
    const noteId = draftId({ userId: person(ana).userId, itemId: page.id, kind: "note" });
    await expect.poll(async () => String((await person(ana).pullAll("drafts")).get(noteId)?.["body"]), { timeout: 20_000 }).toContain("The title of Ana");

    await setRole(emailOf("ana"), "instructor");
    await waitForState(screen, "synced");
    await screen.goto(`${school.url}/courses/${courseId}/build`);
    await screen.locator(".builder-row", { hasText: "The title of Luis" }).locator('[aria-label*="istor"]').first().click();
    const versions = screen.locator(".version");
    await versions.first().getByText("Luis Ferrer").waitFor();
    expect(await versions.first().locator("ins").first().innerText()).toBe("The title of Luis");
    await picture(screen, "history-1280-light-es");
    await screen.emulateMedia({ colorScheme: "dark" });
    await screen.setViewportSize({ width: 360, height: 740 });
    await picture(screen, "history-360-dark-es");
    await expect.poll(() => versions.nth(1).getByRole("button").isVisible()).toBe(true);
    await versions.nth(1).getByRole("button").focus();
    await screen.keyboard.press("Enter");
    await screen.locator("dialog").getByText(original).waitFor();
    found.push(...(await look(screen, "history-restore-360-dark-es")));
    await screen.getByRole("button", { name: says.restoreDo }).click();
    await expect.poll(async () => (await itemNow())?.["title"], { timeout: 20_000 }).toMatchObject({ es: original });
    await expect.poll(() => versions.first().locator("ins").last().innerText(), { timeout: 20_000 }).toBe(original);
    await screen.setViewportSize(desktop);

    // The text of a page comes back through the editor, where several may be writing it.
    await screen.goto(`${school.url}/courses/${courseId}/items/${page.id}/edit`);
    await screen.locator(editor).click();
    await screen.keyboard.press("Control+a");
    await screen.keyboard.type("A new and short text.");
    await screen.getByRole("button", { name: says.publish }).filter({ visible: true }).click();
    const lang = (await screen.locator(editor).getAttribute("lang")) === "es" ? "es" : "en";
    const textNow = async () => JSON.stringify((await itemNow(bodyId(page.id, lang)))?.["content"]);
    await expect.poll(textNow, { timeout: 20_000 }).toContain("A new and short text.");
    await screen.locator(`.edit-facts a[href*="/history/"]`).click();
    await versions.nth(1).getByRole("button").click();
    await picture(screen, "history-text-1280-dark-es");
    await screen.getByRole("button", { name: says.restoreDo }).click();
    await screen.locator(editor).waitFor();
    await expect.poll(() => screen.locator(editor).innerText().then((text) => text.length)).toBeGreaterThan(100);
    expect(await screen.locator(editor).innerText()).not.toContain("A new and short text.");
    expect(await toastSays(screen)).not.toBe("");
    await screen.locator(".toast").getByRole("button", { name: says.undo }).click();
    await expect.poll(() => screen.locator(editor).innerText()).toContain("A new and short text.");

    await device.offline(true);
    await screen.locator(`.edit-facts a[href*="/history/"]`).click();
    await screen.getByText(says.offline).first().waitFor();
    // With the network it comes by itself.
    await device.offline(false);
    await versions.first().waitFor();

    // What was thrown away is listed, and comes back hidden from students.
    await screen.goto(`${school.url}/courses/${courseId}/build`);
    const row = screen.locator(`.builder-row:has(a[href*="${page.id}"])`);
    await row.getByRole("button", { name: says.bin }).click();
    await expect.poll(async () => (await itemNow())?.["state"], { timeout: 20_000 }).toBe("trashed");
    await row.waitFor({ state: "detached" });
    await screen.locator("main details summary").last().click();
    found.push(...(await look(screen, "bin-1280-dark-es")));
    await screen.getByRole("button", { name: says.putBack }).click();
    await row.waitFor();
    await expect.poll(async () => (await itemNow())?.["state"], { timeout: 20_000 }).toBe("draft");
    expect(device.errors).toEqual([]);
    await device.remove();
  });

  test("axe finds nothing on these screens, and none is wider than the phone", () => {
    expect(found).toEqual([]);
  });
});
