import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Page } from "playwright-core";
import { registry } from "@mochila/shared/registry.ts";
import { openPostgres, type Postgres } from "@mochila/sync-server/stores.ts";
import { look, lookInDark } from "./axe.ts";
import { desktop, Device, phone, signIn, waitForState, words } from "./device.ts";
import { marksOnDevice } from "./device-stores.ts";
import { PersonOverHttp } from "./person.ts";
import { emailOf, password, School } from "./school.ts";
import { openAs } from "./signed-in.ts";

const says = {
  action: /^(Look as this person|Mirar como esta persona)$/,
  begin: /^(Look as them|Mirar así)$/,
  refused: /^(You are looking only: nothing can be changed\.|Solo miras: no se puede cambiar nada\.)$/,
  stop: /^(Stop|Dejarlo)$/,
  wrong: /not your password|no es tu contraseña/,
  away: /needs the network|hace falta la red/,
  noConnection: /No connection|Sin conexión/,
};
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const PUSHES = "**/api/sync/push";
/** What a look may ask for (AC2). */
const ALLOWED = /^(GET \/api\/(catalogue|files|me|reports\/course-activity|sync\/stream)|POST \/api\/sync\/pull|DELETE \/api\/acting)/;

describe("an administrator looks at the school as a student", () => {
  let school: School;
  let postgres: Postgres;
  let sofia: PersonOverHttp;
  let admin: PersonOverHttp;
  let page: Page;
  let course = "";
  let item = "";
  const found: string[] = [];
  const asked: string[] = [];
  const device = new Device({ viewport: phone });

  beforeAll(async () => {
    school = await School.open({ LIMITS: "off" });
    postgres = await openPostgres({ databaseUrl: null, dataDir: school.dataDir }, { log: silent, exclusive: false });
    sofia = await PersonOverHttp.signIn(school.url, emailOf("sofia"));
    const one = [...(await sofia.pullAll("items")).values()].find(({ kind }) => kind === "page");
    [course, item] = [String(one?.["courseId"]), String(one?.id)];
    const title = (await sofia.pullAll("courses")).get(course)?.["title"] as { en: string } | undefined;
    await school.command("enrol", "--course", title?.en ?? "", "--email", emailOf("admin"), "--role", "student");
    admin = await PersonOverHttp.signIn(school.url, emailOf("admin"));
    const ana = await PersonOverHttp.signIn(school.url, emailOf("ana"));
    const opened = await fetch(`${school.url}/api/courses/${course}/entry`, { method: "PATCH", headers: { authorization: `Bearer ${ana.token}`, "content-type": "application/json" }, body: JSON.stringify({ open: true }) });
    expect(opened.status).toBe(200);
    page = await openAs("admin", device, school);
  });
  afterAll(async () => {
    await device.remove();
    await postgres?.stop();
    await school.close();
  });

  const sql = () => postgres.database.sql;
  const banner = () => page.locator("[data-acting]");
  const dialog = () => page.locator("dialog[open]");
  const ended = (how: string) => page.locator(`[data-ended="${how}"]`).waitFor();
  const lookAt = async (name: string): Promise<void> => void found.push(...(await look(page, name)), ...(await lookInDark(page, `${name}-dark`)));
  const speak = async (language: "en" | "es"): Promise<void> => {
    await page.goto(`${school.url}/you`);
    const choice = page.getByLabel(/^(Language|Idioma)$/);
    await choice.selectOption(language);
    await page.locator(`html[lang="${language}"]`).waitFor();
  };
  /** Everything that is written of anybody, as the database has it; activity without the administrator's own, which their other tab sends. */
  const written = async () => {
    const rows = await Promise.all(registry.map(({ name }) => sql()`select id::text, rev::text, updated_at::text from ${sql()(`doc_${name}`)} order by id`));
    const [events] = await sql()`select count(*)::int as count from event_raw where user_id <> ${admin.userId}`;
    const digest = createHash("sha256").update(JSON.stringify(rows)).digest("hex");
    return { digest, rows: rows.map((some, index) => [registry[index]?.name, some.length]), events: Number(events?.["count"]) };
  };
  /** Everything that the browser keeps for the app. */
  const kept = () =>
    page.evaluate(async () => ({
      databases: (await indexedDB.databases()).map(({ name = "" }) => name).toSorted(),
      caches: (await caches.keys()).toSorted(),
      memory: Object.keys(localStorage).toSorted(),
      session: Object.keys(sessionStorage).toSorted(),
    }));
  const openSessions = async (): Promise<number> => (await sql()`select id from open_session where person_id = ${sofia.userId} and acting_by is not null`).length;
  const menuOf = async (email: string) => {
    await page.goto(`${school.url}/admin/people`);
    const row = page.locator(`[data-person="${email}"]`);
    await row.waitFor();
    return row;
  };
  const ask = async (email = emailOf("sofia")): Promise<void> => {
    const row = await menuOf(email);
    await row.locator(".menu > button").click();
    await row.getByRole("button", { name: says.action }).click();
    await dialog().locator('input[name="reason"]').fill("does not see the course");
    await dialog().locator('input[name="password"]').fill(password);
  };
  const begin = async (email?: string): Promise<void> => {
    // How often somebody may try their own password is not what is tried here.
    await sql()`delete from rate_bucket`;
    await ask(email);
    await dialog().getByRole("button", { name: says.begin }).click();
    await banner().waitFor();
    await page.locator('main a[href^="/courses/"]').first().waitFor();
  };

  test("it is offered for nobody who administers, and asks why and for the administrator's own password", async () => {
    await speak("es");
    const own = await menuOf(emailOf("admin"));
    expect(await own.locator(".menu").count()).toBe(0);
    await sql()`update person set state = 'suspended' where email = ${emailOf("mei")}`;
    const suspended = await menuOf(emailOf("mei"));
    await suspended.locator(".menu > button").click();
    expect(await suspended.getByRole("button", { name: says.action }).count()).toBe(0);
    await sql()`update person set state = 'active' where email = ${emailOf("mei")}`;
    await ask();
    await lookAt("acting-dialog-360-es");
    await dialog().locator('input[name="password"]').fill("not-my-password");
    await dialog().getByRole("button", { name: says.begin }).click();
    await dialog().getByText(says.wrong).waitFor();
    expect(await openSessions()).toBe(0);
    await device.offline(true);
    await dialog().locator('input[name="password"]').fill(password);
    await dialog().getByRole("button", { name: says.begin }).click();
    await dialog().getByText(says.away).waitFor();
    await device.offline(false);
    // Else the reason stays typed for the next time.
    await dialog().getByRole("button", { name: /^(Cancel|Cancelar)$/ }).click();
  });

  test("they see the student's home, course, page and catalogue, write nothing, and are themselves again with what waited", async () => {
    // What the administrator wrote, and a line on which it cannot go yet.
    await device.context.route(PUSHES, (route) => route.abort());
    await page.goto(`${school.url}/courses/${course}/items/${item}`);
    await page.locator(".note-fold").evaluate((element: HTMLDetailsElement) => (element.open = true));
    await page.locator(".note-fold textarea").fill("the administrator's own words");
    await expect.poll(async () => (await marksOnDevice(page, admin.userId)).map(({ collection }) => collection)).toContain("drafts");
    const other = await device.context.newPage();
    await other.goto(`${school.url}/you`);
    // A page behind another one is drawn once a second.
    await page.bringToFront();
    const ownName = await other.locator("h1").innerText();
    const waiting = await marksOnDevice(page, admin.userId);
    await menuOf(emailOf("sofia"));
    const [before, own] = [await written(), await kept()];

    await begin();
    page.on("request", (request) => asked.push(`${request.method()} ${new URL(request.url()).pathname}`));
    page.on("websocket", (socket) => asked.push(`SOCKET ${new URL(socket.url()).pathname}`));
    expect(await banner().innerText()).toMatch(/Miras como Sof.*\n?.*(60|59) minutos/);
    expect(await page.locator("h1").innerText()).toMatch(/Sof/);
    expect(await openSessions()).toBe(1);
    await lookAt("acting-home-360-es");
    await page.locator(`main a[href="/courses/${course}"]`).first().click();
    await page.locator(`main a[href="/courses/${course}/items/${item}"]`).click();
    await page.locator("article.read").waitFor();
    await expect.poll(() => page.locator("article.read").innerText()).not.toBe("");
    expect(await page.locator(".note-fold").count()).toBe(0);
    await page.getByRole("button", { name: words.markDone }).or(page.getByRole("button", { name: words.done })).first().click({ force: true });
    await page.getByText(says.refused).waitFor();
    await page.keyboard.press("m");
    await page.mouse.wheel(0, 2_000);
    expect(await banner().isVisible()).toBe(true);
    // Nothing lies over it, wherever the page is scrolled to.
    expect(await page.evaluate(() => {
      const bar = document.querySelector("[data-acting]");
      const { left, right, top, bottom } = bar?.getBoundingClientRect() ?? new DOMRect();
      return bar?.contains(document.elementFromPoint((left + right) / 2, (top + bottom) / 2)) ?? false;
    })).toBe(true);
    await lookAt("acting-page-360-es");
    await page.locator('.nav a[href="/courses"]').click();
    await page.getByRole("main").locator('a[href="/courses/join"]').click();
    await page.locator(`[data-offer="${course}"]`).click();
    await page.getByText(says.refused).waitFor();
    await lookAt("acting-catalogue-360-es");
    await page.goBack();
    await page.locator('a[href="/courses/join"]').waitFor();
    // An address that is for the person alone.
    await page.evaluate(() => {
      const link = document.createElement("a");
      link.href = "/you";
      document.querySelector("main")?.append(link);
      link.click();
    });
    await page.locator(".empty").waitFor();
    expect(await page.locator(".nav-list").first().locator("a").count()).toBe(2);
    expect(await kept()).toEqual(own);
    expect(await other.locator("h1").innerText()).toBe(ownName);

    await banner().getByRole("button", { name: says.stop }).click();
    await ended("stopped");
    await lookAt("acting-ended-360-es");
    expect(new URL(page.url()).pathname).toBe("/admin/people");
    expect(await banner().count()).toBe(0);
    await expect.poll(openSessions).toBe(0);
    expect(asked.filter((one) => / \/(api|collab)\//.test(one)).filter((one) => !ALLOWED.test(one) && !/^(GET \/api\/admin\/(people|letters)|POST \/api\/auth\/refresh)/.test(one))).toEqual([]);
    expect(await written()).toEqual(before);
    expect((await marksOnDevice(page, admin.userId)).map(({ key, rev }) => [key, rev])).toEqual(waiting.map(({ key, rev }) => [key, rev]));
    await device.context.unroute(PUSHES);
    // The network comes back: nothing is waited out.
    await device.offline(true);
    await device.offline(false);
    await expect.poll(async () => [...(await admin.pullAll("drafts")).values()].map(({ body }) => body), { timeout: 40_000 }).toContain("the administrator's own words");
    await other.close();
  });

  test("the log has the beginning with its reason and the end, and a letter tells the student who it was", async () => {
    const { lines } = (await (await admin.call(`/api/admin/audit?person=${sofia.userId}`)).json()) as { lines: { action: string; details: Record<string, unknown> }[] };
    expect(lines.filter(({ action }) => action.startsWith("person.act")).map(({ action, details }) => [action, details["reason"]])).toEqual([["person.act-end", undefined], ["person.act", "does not see the course"]]);
    const folder = join(school.dataDir, "mail");
    const letters = () => readdirSync(folder).filter((name) => name.endsWith(".txt")).map((name) => readFileSync(join(folder, name), "utf8"));
    await expect.poll(() => letters().some((letter) => letter.startsWith(`${emailOf("sofia")}\n`) && /administrator|administradora/.test(letter)), { timeout: 10_000 }).toBe(true);
  });

  test("it ends where the student ends it among their devices, and the administrator is told and stands where they were", async () => {
    await page.setViewportSize(desktop);
    await speak("en");
    await begin();
    await lookAt("acting-home-1280-en");
    await page.locator(`main a[href="/courses/${course}"]`).first().click();
    await page.locator(`main a[href="/courses/${course}/items/${item}"]`).waitFor();
    await lookAt("acting-course-1280-en");
    await device.offline(true);
    await banner().getByText(says.noConnection).waitFor();
    await device.offline(false);
    await banner().getByText(says.noConnection).waitFor({ state: "detached" });
    const { sessions } = (await (await sofia.call("/api/me/sessions")).json()) as { sessions: { id: string; device: string }[] };
    const one = sessions.find(({ device: name }) => /looking only|solo mira/.test(name));
    const answer = await fetch(`${school.url}/api/me/sessions/${one?.id ?? ""}`, { method: "DELETE", headers: { authorization: `Bearer ${sofia.token}` } });
    expect(answer.status).toBe(204);
    await ended("ended");
    expect(new URL(page.url()).pathname).toBe("/admin/people");
    await page.locator(`[data-person="${emailOf("sofia")}"]`).waitFor();
    await lookAt("acting-ended-1280-en");
  });

  test("as somebody who teaches: the report as they see it, the people without a way to change them, and no way into the editor", async () => {
    await begin(emailOf("ana"));
    await page.locator(`main a[href="/courses/${course}"]`).first().click();
    await page.locator(`main a[href="/courses/${course}/activity"]`).click();
    await page.locator("main h1").waitFor();
    await page.locator(".skeleton").first().waitFor({ state: "detached" });
    await lookAt("acting-activity-1280-en");
    expect(await page.getByText(/could not|cannot be reached/).count()).toBe(0);
    await page.goBack();
    await page.locator(`main a[href="/courses/${course}/people"]`).click();
    await page.locator("main .tabs").waitFor();
    expect(await page.locator("main .tab").count()).toBe(2);
    expect(await page.locator("main .menu, main form").count()).toBe(0);
    await lookAt("acting-people-1280-en");
    await page.goBack();
    await page.locator(`main a[href="/courses/${course}/build"]`).click();
    await page.locator(".empty").waitFor();
    await lookAt("acting-closed-1280-en");
    await banner().getByRole("button", { name: says.stop }).click();
    await ended("stopped");
  });

  test("pictures of a page come, and none of them stays", async () => {
    const edition = [...(await sofia.pullAll("items")).values()].find(({ kind, files }) => kind === "edition" && Array.isArray(files) && files.length > 0);
    const [before, place] = [await kept(), `/courses/${String(edition?.["courseId"])}/items/${String(edition?.["itemId"])}`];
    await begin();
    await page.evaluate((href) => {
      const link = document.createElement("a");
      link.href = href;
      document.querySelector("main")?.append(link);
      link.click();
    }, place);
    const picture = page.locator("article.read img").first();
    await picture.scrollIntoViewIfNeeded();
    await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(0);
    await banner().getByRole("button", { name: says.stop }).click();
    await ended("stopped");
    expect(await kept()).toEqual(before);
  });

  test("the administrator's sign-out in another tab ends it too", async () => {
    await begin();
    const other = await device.context.newPage();
    await other.goto(`${school.url}/you`);
    await other.getByRole("button", { name: /^(Sign out|Salir)$/ }).first().click();
    await page.getByLabel(words.password).waitFor();
    expect(await banner().count()).toBe(0);
    await expect.poll(openSessions).toBe(0);
    await other.close();
    await page.bringToFront();
    await signIn(page, emailOf("admin"));
    await waitForState(page, "synced");
  });

  test("the way back of the browser ends it, and its addresses say afterwards that it is over", async () => {
    await begin();
    await page.locator(`main a[href="/courses/${course}"]`).first().click();
    await page.locator(`main a[href="/courses/${course}/items/${item}"]`).waitFor();
    await page.goBack();
    await page.locator("h1").filter({ hasText: "Sof" }).waitFor();
    await page.goBack();
    await ended("stopped");
    await page.goForward();
    await page.locator(".empty").waitFor();
    expect(await banner().count()).toBe(0);
    await expect.poll(openSessions).toBe(0);
  });

  test("loaded again it is over: nothing is left of it on this device, and the server knows", async () => {
    const own = await kept();
    await begin();
    expect(await openSessions()).toBe(1);
    await page.reload();
    await page.locator(".empty").waitFor();
    expect(await banner().count()).toBe(0);
    await lookAt("acting-over-1280-en");
    await expect.poll(openSessions).toBe(0);
    expect(await kept()).toEqual(own);
    await page.getByRole("main").getByRole("link").first().click();
    await page.locator(`[data-person="${emailOf("sofia")}"]`).waitFor();
  });

  test("loaded again where the page could not tell the server on its way out, the next one does", async () => {
    await begin();
    // A request on the way out passes by what a test may hold back.
    await page.evaluate(() => {
      const real = window.fetch.bind(window);
      window.fetch = (to, how) => (to === "/api/acting" ? new Promise<Response>(() => undefined) : real(to, how));
    });
    await page.locator(`main a[href="/courses/${course}"]`).first().click();
    await page.locator(`main a[href="/courses/${course}/items/${item}"]`).waitFor();
    await page.reload();
    await page.locator(".empty").waitFor();
    await expect.poll(openSessions).toBe(0);
  });

  test("after an hour it is over by itself, and says before that it will be", async () => {
    await page.clock.install();
    await begin();
    await page.clock.fastForward("55:30");
    await banner().getByRole("status").filter({ hasText: /ends in 5 minutes/ }).waitFor({ state: "attached" });
    await page.clock.fastForward("05:00");
    await ended("time");
    expect(new URL(page.url()).pathname).toBe("/admin/people");
    await expect.poll(openSessions).toBe(0);
  });

  test("a browser that is killed in the middle has nothing of the student on its disk", async () => {
    const own = await kept();
    await begin();
    await device.kill();
    page = await device.open(school.url);
    await page.locator("[data-sync-state]").first().or(page.getByLabel(words.email)).first().waitFor();
    expect((await kept()).databases).toEqual(own.databases);
    expect((await kept()).databases.filter((name) => name.includes(sofia.userId) || name.includes("acting"))).toEqual([]);
    expect(device.errors).toEqual([]);
  });

  test("axe finds nothing on these screens", () => {
    expect(found).toEqual([]);
  });
});
