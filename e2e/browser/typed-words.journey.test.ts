import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Page } from "playwright-core";
import { slow } from "./answers.ts";
import { bodyId } from "@mochila/shared/pages/schema.ts";
import { desktop, Device, waitForState } from "./device.ts";
import { PersonOverHttp } from "./person.ts";
import { emailOf, School } from "./school.ts";
import { openAs } from "./signed-in.ts";

const says = {
  alt: /^(What the picture shows|Qué muestra la imagen)/,
  details: /Title and description|Título y descripción/,
  rename: /^(Rename “.*”|Cambiar el nombre de «.*»)$/,
  save: /^(Save|Guardar)$/,
  addModule: /^(Add a module|Añadir un módulo)$/,
  copy: /^(Copy this course|Copy the course|Copiar el curso|Copiar este curso)$/,
  groups: /^(Groups|Grupos)$/,
  newGroup: /^(New group|Grupo nuevo)$/,
  renameGroup: /^(Rename|Cambiar el nombre)$/,
  ways: /^(Ways in|Entradas)$/,
  addPeople: /^(Add people|Añadir personas)$/,
  name: /^(Name|Nombre)$/,
  language: /^(Language|Idioma)$/,
  publish: /^(Publish|Publicar)$/,
};

/** What somebody types is theirs until it is where it belongs: nothing that happens meanwhile takes it, and it takes nothing of what happens. */
describe("words on their way", () => {
  let school: School;
  let page: Page;
  /** Another tab of the same device: what it changes comes as a sync would bring it. */
  let other: Page;
  let course = "";
  let item = "";
  /** In which Ana reads; titles have several. */
  let lang = "";
  const device = new Device({ viewport: desktop });

  beforeAll(async () => {
    // A tab that ends again and again asks for more tokens a minute than any person does.
    school = await School.open({ LIMITS: "off" });
    const teacher = await PersonOverHttp.signIn(school.url, emailOf("ana"));
    const found = [...(await teacher.pullAll("items")).values()].find((one) => one["kind"] === "page");
    [course, item] = [String(found?.["courseId"]), String(found?.id)];
    page = await openAs("ana", device, school);
    other = await device.context.newPage();
    lang = (await page.locator("html").getAttribute("lang")) ?? "";
  });
  afterAll(async () => {
    await device.remove();
    await school.close();
  });

  const dialog = (where: Page) => where.locator("dialog[open]");
  const build = async (where: Page): Promise<void> => {
    await where.goto(`${school.url}/courses/${course}/build`);
    await where.locator('[data-kind="module"]').first().waitFor();
  };
  const openDetails = async (where: Page): Promise<void> => {
    await build(where);
    if ((await where.locator("details[open] textarea").count()) === 0) await where.locator("details.fold > summary").filter({ hasText: says.details }).click();
  };
  const renameModule = async (where: Page, text: string): Promise<void> => {
    const row = where.locator('[data-kind="module"]').first();
    await row.getByRole("button", { name: says.rename }).click();
    await dialog(where).locator(`input[lang="${lang}"]`).fill(text);
    await dialog(where).getByRole("button", { name: says.save }).click();
    await dialog(where).waitFor({ state: "detached" });
  };

  test("the title of a page: what is typed while the words before it are written, and before a reload", async () => {
    await page.goto(`${school.url}/courses/${course}/items/${item}/edit`);
    await page.locator(`.segment[lang="${lang}"]`).click();
    const title = page.locator(`textarea.edit-title[lang="${lang}"]`);
    await title.waitFor();
    await title.evaluate((area: HTMLTextAreaElement) => {
      const type = (text: string) => {
        area.value = text;
        area.dispatchEvent(new InputEvent("input", { bubbles: true }));
      };
      area.focus();
      type("Rain");
      area.blur();
      area.focus();
      type("Rain and snow");
    });
    await page.waitForTimeout(1_500);
    expect(await title.inputValue()).toBe("Rain and snow");
    await title.fill("Rain, snow and hail");
    await page.reload();
    await page.locator(`.segment[lang="${lang}"]`).click();
    await expect.poll(() => title.inputValue()).toBe("Rain, snow and hail");
    await build(other);
    await other.getByText("Rain, snow and hail").waitFor();
  });

  test("the text of a page: what is said to be kept on this device is, also of a tab that ends in that moment", async () => {
    const text = page.locator('.ProseMirror[contenteditable="true"]');
    await page.goto(`${school.url}/courses/${course}/items/${item}/edit`);
    for (let round = 0; round < 8; round += 1) {
      await text.waitFor();
      await page.locator('[data-saved="all"]').waitFor();
      await device.offline(true);
      await page.locator("[data-sync-state=offline]").first().waitFor();
      await text.locator("p").first().click();
      await page.evaluate(() => new MutationObserver(() => document.querySelector('[data-saved="here"]') && location.reload()).observe(document.body, { subtree: true, attributeFilter: ["data-saved"] }));
      await Promise.all([page.waitForEvent("load"), page.keyboard.insertText(`kept${round}`)]);
      await text.waitFor();
      expect(await text.innerText()).toContain(`kept${round}`);
      await device.offline(false);
    }
  });

  test("the words of a picture, before a reload", async () => {
    const teacher = await PersonOverHttp.signIn(school.url, emailOf("ana"));
    const withPicture = [...(await teacher.pullAll("items")).values()].find((one) => one["kind"] === "body" && JSON.stringify(one["content"]).includes('"image"'));
    await page.goto(`${school.url}/courses/${String(withPicture?.["courseId"])}/items/${String(withPicture?.["itemId"])}/edit`);
    const picture = page.locator('.ProseMirror[contenteditable="true"] img').first();
    await picture.click();
    const alt = page.getByLabel(says.alt);
    await alt.fill("A hill in the rain");
    await alt.press("End");
    await alt.pressSequentially(", and a well", { delay: 30 });
    expect(await alt.inputValue()).toBe("A hill in the rain, and a well");
    await page.waitForTimeout(1_000);
    await page.reload();
    await picture.click();
    expect(await alt.inputValue()).toBe("A hill in the rain, and a well");
  });

  test("CL-4 publishing that is asked for without a network: also of a tab that ends in that moment, students get it once there is one, and once", async () => {
    const text = page.locator('.ProseMirror[contenteditable="true"]');
    const body = bodyId(item, lang as "en" | "es");
    const [teacher, sofia] = await Promise.all([PersonOverHttp.signIn(school.url, emailOf("ana")), PersonOverHttp.signIn(school.url, emailOf("sofia"))]);
    const published = async (): Promise<number> => {
      const answer = await teacher.call(`/api/sync/history?collection=items&id=${body}&limit=20`);
      return ((await answer.json()) as { versions: unknown[] }).versions.length;
    };
    const edit = `/courses/${course}/items/${item}/edit`;
    const ends = [{ ms: 0, next: edit }, { ms: 200, next: edit }, { ms: 1_000, next: edit }, { ms: 0, next: "/outbox" }];
    for (const [round, { ms, next }] of ends.entries()) {
      await page.goto(school.url + edit);
      await text.waitFor();
      await page.locator('[data-saved="all"]').waitFor();
      const before = await published();
      await device.offline(true);
      await page.locator("[data-sync-state=offline]").first().waitFor();
      await text.locator("p").first().click();
      await page.keyboard.insertText(`asked${round}`);
      // In the same turn of the page, so that nothing of ours waits between the press and the end.
      const end = (button: HTMLButtonElement, [wait, path]: [number, string]) => {
        button.click();
        const leave = () => (location.pathname === path ? location.reload() : location.assign(path));
        if (wait > 0) setTimeout(leave, wait);
        else leave();
      };
      await Promise.all([page.waitForEvent("load"), page.getByRole("button", { name: says.publish }).evaluate(end, [ms, next] as [number, string])]);
      if (next === edit) await page.locator('[data-standing="waiting"]').waitFor();
      await waitForState(page, "offline");
      await device.offline(false);
      await expect.poll(async () => JSON.stringify((await sofia.pullAll("items")).get(body)), { timeout: 20_000 }).toContain(`asked${round}`);
      await waitForState(page, "synced");
      // Opened anew: nothing of it is left that would be done again.
      await page.goto(school.url + edit);
      await page.locator('[data-standing="published"]').waitFor();
      expect(await published()).toBe(before + 1);
    }
  });

  test("a name in a dialog: it is not overwritten by what another tab writes, and made once", async () => {
    await build(page);
    await build(other);
    const row = page.locator('[data-kind="module"]').first();
    await row.getByRole("button", { name: says.rename }).click();
    await dialog(page).locator(`input[lang="${lang}"]`).fill("Under the ground");
    await renameModule(other, "Below");
    await row.getByText("Below").waitFor();
    expect(await dialog(page).locator(`input[lang="${lang}"]`).inputValue()).toBe("Under the ground");
    await dialog(page).getByRole("button", { name: says.save }).click();
    await row.getByText("Under the ground").waitFor();

    const modules = await page.locator('[data-kind="module"]').count();
    await page.getByRole("button", { name: says.addModule }).click();
    await dialog(page).locator(`input[lang="${lang}"]`).fill("Once");
    await dialog(page).locator("form").evaluate((form: HTMLFormElement) => [form.requestSubmit(), form.requestSubmit()]);
    await dialog(page).waitFor({ state: "detached" });
    await page.waitForTimeout(500);
    expect(await page.locator('[data-kind="module"]').count()).toBe(modules + 1);
  });

  test("details of a course: who writes the description does not take back the title that somebody gave it meanwhile", async () => {
    await openDetails(page);
    await openDetails(other);
    await page.locator(`details textarea[lang="${lang}"]`).fill("From the spring to the sea.");
    await other.locator(`details input[lang="${lang}"]`).fill("Water of ours");
    await other.locator("details").getByRole("button", { name: says.save }).click();
    await expect.poll(() => page.locator(`details input[lang="${lang}"]`).inputValue()).toBe("Water of ours");
    await page.locator("details").getByRole("button", { name: says.save }).click();
    await page.locator("details").getByRole("button", { name: says.save }).waitFor({ state: "hidden" });
    await page.reload();
    await openDetails(page);
    expect(await page.locator(`details input[lang="${lang}"]`).inputValue()).toBe("Water of ours");
    expect(await page.locator(`details textarea[lang="${lang}"]`).inputValue()).toBe("From the spring to the sea.");
  });

  test("the title of a copy: the course may change meanwhile", async () => {
    await openDetails(page);
    await page.getByRole("button", { name: says.copy }).click();
    await dialog(page).locator(`input[lang="${lang}"]`).fill("Water, for the evening class");
    await openDetails(other);
    await other.locator(`details textarea[lang="${lang}"]`).fill("From the spring to the sea and back.");
    await other.locator("details").getByRole("button", { name: says.save }).click();
    await other.locator("details").getByRole("button", { name: says.save }).waitFor({ state: "hidden" });
    await page.waitForTimeout(1_000);
    expect(await dialog(page).locator(`input[lang="${lang}"]`).inputValue()).toBe("Water, for the evening class");
  });

  const people = async (where: Page, tab?: RegExp): Promise<void> => {
    await where.goto(`${school.url}/courses/${course}/people`);
    await where.locator("[data-member]").first().waitFor();
    if (tab) await where.getByRole("button", { name: tab }).click();
  };

  test("the name of a group", async () => {
    await people(page, says.groups);
    await page.getByRole("button", { name: says.newGroup }).click();
    await dialog(page).locator("input").fill("Herons");
    await dialog(page).getByRole("button", { name: says.save }).click();
    await page.locator('[data-group="Herons"]').waitFor();
    await people(other, says.groups);
    const rename = async (where: Page, group: string, text: string) => {
      await where.locator(`[data-group="${group}"] .section-head .menu > button`).click();
      await where.locator(`[data-group="${group}"] .section-head`).getByRole("button", { name: says.renameGroup }).click();
      await dialog(where).locator("input").fill(text);
    };
    await rename(page, "Herons", "Herons of the morning");
    await rename(other, "Herons", "Storks");
    await dialog(other).getByRole("button", { name: says.save }).click();
    await page.locator('[data-group="Storks"]').waitFor();
    expect(await dialog(page).locator("input").inputValue()).toBe("Herons of the morning");
  });

  test("how many seats a course has: another decision beside it is taken meanwhile", async () => {
    await people(page, says.ways);
    const seats = page.locator('input[inputmode="numeric"]');
    await seats.fill("24");
    await Promise.all([page.waitForResponse((answer) => answer.url().endsWith("/entry") && answer.request().method() === "PATCH"), page.locator('input[role="switch"]').click()]);
    await page.waitForTimeout(300);
    expect(await seats.inputValue()).toBe("24");
  });

  test("what is written in a copy goes into the copy", async () => {
    await openDetails(page);
    await page.getByRole("button", { name: says.copy }).click();
    await dialog(page).locator("form").evaluate((form: HTMLFormElement) => form.requestSubmit());
    await page.waitForURL((url) => /^\/courses\/[0-9a-f-]{36}\/build$/.test(url.pathname) && !url.pathname.includes(course), { timeout: 30_000 });
    await page.locator('[data-kind="module"]').first().waitFor();
    const modules = await page.locator('[data-kind="module"]').count();
    await page.getByRole("button", { name: says.addModule }).click();
    await dialog(page).locator(`input[lang="${lang}"]`).fill("Of the copy");
    await dialog(page).getByRole("button", { name: says.save }).click();
    await expect.poll(() => page.locator('[data-kind="module"]').count()).toBe(modules + 1);
  });

  test("emails: those that are typed while others are sent", async () => {
    await people(page);
    await device.context.route("**/members", slow);
    const area = page.locator("form textarea");
    await area.fill("nobody@lake.example");
    await page.getByRole("button", { name: says.addPeople }).click();
    await area.press("End");
    await area.pressSequentially("\nnora@lake.example");
    const typed = await area.inputValue();
    await page.waitForTimeout(1_500);
    await device.context.unroute("**/members");
    // Either it was not to be typed in, or it stays.
    if (typed.includes("nora")) expect(await area.inputValue()).toContain("nora");
  });

  test("one's own name: another tab changes the language, and a refusal gives it back", async () => {
    await page.goto(`${school.url}/you`);
    await waitForState(page, "synced");
    await other.goto(`${school.url}/you`);
    await waitForState(other, "synced");
    const name = page.getByLabel(says.name);
    await name.fill("Ana of the river");
    const before = await other.getByLabel(says.language).inputValue();
    await other.getByLabel(says.language).selectOption(before === "en" ? "es" : "en");
    await expect.poll(() => page.locator("html").getAttribute("lang")).not.toBe(before);
    expect(await name.inputValue()).toBe("Ana of the river");
    await other.close();
    await page.reload();
    await waitForState(page, "synced");
    // A sign that turns what stands beside it around.
    await name.fill("Ana \u202e of the sea");
    await name.press("Enter");
    await page.locator('input[autocomplete="name"][aria-invalid="true"]').waitFor();
    expect(await name.inputValue()).toBe("Ana \u202e of the sea");
    expect(device.errors).toEqual([]);
  });
});
