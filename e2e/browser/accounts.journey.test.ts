import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Page } from "playwright-core";
import { look, lookInDark } from "./axe.ts";
import { desktop, Device, phone, signIn, waitForState, words } from "./device.ts";
import { emailOf, School } from "./school.ts";

const says = {
  make: /^(Make the account|Crear la cuenta)$/,
  letter: /^(Send me the letter|Enviarme la carta)$/,
  onItsWay: /on its way|en camino/,
  /** A new email, where no letter goes by mail. */
  byHand: /in the mail folder of the school’s machine|en la carpeta de correo de la máquina/,
  confirm: /^(Confirm my email|Confirmar mi correo)$/,
  goOn: /^(Go on|Continuar)$/,
  askAgain: /^(Ask for a new link|Pedir otro enlace)$/,
  save: /^(Save the password|Guardar la contraseña)$/,
  saved: /new password is saved|contraseña nueva está guardada/,
  signOut: /^(Sign out|Salir)$/,
  change: /^(Change the password|Cambiar la contraseña)$/,
  common: /Many people have this password|Mucha gente tiene esta contraseña/,
  same: /your password already|Ya es tu contraseña/,
  changedEmail: /If you changed your email|Si cambiaste de correo/,
  end: /^(Sign out: |Cerrar sesión: )/,
  add: /^(Add|Añadir)$/,
  close: /^(Close|Cerrar)$/,
  actions: /^(Actions for|Acciones para)/,
  suspend: /^(Suspend|Suspender)$/,
  resume: /^(Let in again|Dejar entrar otra vez)$/,
  names: /^(Name and email|Nombre y correo)$/,
  saveIt: /^(Save|Guardar)$/,
  export: /^(Export|Exportar)$/,
  cancel: /^(Cancel|Cancelar)$/,
  theirs: /theirs alone to change|solo lo cambia esa persona/,
  taken: /Somebody has this email already|Alguien ya tiene este correo/,
  search: /^(Search|Buscar)$/,
  turned: /before the first one|anterior al primero/,
  unreachable: /school cannot be reached|no se puede llegar a la escuela/,
  isSuspended: /Suspended|Suspendida/,
};

describe("accounts, from the first letter to the last device", () => {
  let school: School;
  const found: string[] = [];
  const devices = { nora: new Device({ viewport: phone, language: "es" }), other: new Device({ viewport: desktop }), admin: new Device({ viewport: desktop }) };
  const email = "nora@lake.example";

  beforeAll(async () => {
    school = await School.open();
  });
  afterAll(async () => {
    for (const device of Object.values(devices)) await device.remove();
    await school.close();
  });

  /** Letters are files here, as on every server without a mail server. */
  const letters = (): string[] => {
    const folder = join(school.dataDir, "mail");
    return readdirSync(folder).filter((name) => name.endsWith(".txt")).toSorted().map((name) => readFileSync(join(folder, name), "utf8"));
  };
  async function linkOf(purpose: string, to = email): Promise<string> {
    const find = (): string | undefined => letters().findLast((letter) => letter.startsWith(`${to}\n`) && letter.includes(`/account#${purpose}=`));
    await expect.poll(find, { timeout: 10_000 }).toBeDefined();
    return /^http\S+$/m.exec(find() ?? "")?.[0] ?? "";
  }
  const lookAt = async (page: Page, name: string): Promise<void> => void found.push(...(await look(page, name)), ...(await lookInDark(page, `${name}-dark`)));
  const enter = async (page: Page, password: string, as = email): Promise<void> => {
    await page.goto(school.url);
    await page.getByLabel(words.email).fill(as);
    await page.getByLabel(words.password).fill(password);
    await page.getByRole("button", { name: words.signIn }).click();
  };

  test("an account is made and confirmed; its link works once, and says what to do when it does not", async () => {
    const page = await devices.nora.open(school.url);
    await page.locator('a[href="/account"]').click();
    const form = page.locator("form").filter({ has: page.getByRole("button", { name: says.make }) });
    await form.locator('input[name="name"]').fill("Nora Núñez");
    await form.locator('input[name="email"]').fill(email);
    await form.locator('input[name="password"]').fill("short");
    await form.getByRole("button", { name: says.make }).click();
    await form.locator('input[aria-invalid="true"]').waitFor();
    await lookAt(page, "account-360-es");
    await form.locator('input[name="password"]').fill("contraseña1");
    await form.getByRole("button", { name: says.make }).click();
    await form.getByText(says.common).waitFor();
    await lookAt(page, "account-common-360-es");
    await form.locator('input[name="password"]').fill("first password");
    await form.getByRole("button", { name: says.make }).click();
    await page.getByText(says.onItsWay).waitFor();
    const link = await linkOf("verify");
    await enter(page, "first password");
    await page.getByRole("alert").filter({ hasText: /confirm/i }).first().waitFor();
    // The sign-in has queued another letter, and with it the first link ends.
    await expect.poll(() => linkOf("verify"), { timeout: 10_000 }).not.toBe(link);
    const newer = await linkOf("verify");
    await page.goto(newer);
    await page.locator(`[data-owner="${email}"]`).getByText("Nora Núñez").waitFor();
    await lookAt(page, "confirm-360-es");
    await page.getByRole("button", { name: says.confirm }).click();
    await page.getByRole("link", { name: says.goOn }).waitFor();
    await page.goto("about:blank");
    await page.goto(newer);
    await page.getByRole("button", { name: says.askAgain }).waitFor();
    await lookAt(page, "bad-link-360-es");
    await enter(page, "first password");
    await waitForState(page, "synced");
  });

  test("a forgotten password is chosen anew by the letter; the devices of before are signed out, and one by one after that", async () => {
    const page = await devices.other.open(`${school.url}/account`);
    const form = page.locator("form").filter({ has: page.getByRole("button", { name: says.letter }) });
    await form.locator('input[name="email"]').fill(email);
    await form.getByRole("button", { name: says.letter }).click();
    await page.getByText(says.onItsWay).waitFor();
    await page.goto(await linkOf("reset"));
    await page.locator(`[data-owner="${email}"]`).waitFor();
    await lookAt(page, "choose-password-1280");
    await page.locator('input[name="password"]').fill("second password");
    await page.getByRole("button", { name: says.save }).click();
    await page.getByRole("heading", { name: says.saved }).waitFor();
    await enter(page, "second password");
    await waitForState(page, "synced");

    const phonePage = devices.nora.context.pages()[0];
    await phonePage?.locator(".top-banner").getByRole("button", { name: words.signIn }).click({ timeout: 30_000 });
    await phonePage?.locator('dialog input[name="password"]').fill("second password");
    await phonePage?.locator("dialog").getByRole("button", { name: words.signIn }).click();
    // Before that its new session is in no list.
    await phonePage?.locator(".top-banner").getByRole("button", { name: words.signIn }).waitFor({ state: "hidden", timeout: 30_000 });
    await page.goto(`${school.url}/you/account`);
    const own = page.locator("form").filter({ has: page.getByRole("button", { name: says.change }) });
    await own.locator('input[name="current"]').fill("second password");
    await own.locator('input[autocomplete="new-password"]').fill("second password");
    await own.getByRole("button", { name: says.change }).click();
    await own.getByText(says.same).waitFor();
    await expect.poll(() => page.getByRole("button", { name: says.end }).count()).toBe(1);
    await lookAt(page, "my-account-1280-es");
    await page.getByRole("button", { name: says.end }).click();
    await expect.poll(() => page.getByRole("button", { name: says.end }).count()).toBe(0);
    await phonePage?.locator(".top-banner").getByRole("button", { name: words.signIn }).waitFor({ timeout: 30_000 });
  });

  test("another e-mail that is confirmed on another device: the door here still shows the old one, and says what may be; in the browser of the letter it shows the new one", async () => {
    const page = devices.other.context.pages()[0];
    const phonePage = devices.nora.context.pages()[0];
    if (!page || !phonePage) throw new Error("both are open");
    // The phone was signed out by its person before that.
    await phonePage.locator(".top-banner").getByRole("button", { name: words.signIn }).click();
    await phonePage.locator('dialog input[name="password"]').fill("second password");
    await phonePage.locator("dialog").getByRole("button", { name: words.signIn }).click();
    await phonePage.locator(".top-banner").getByRole("button", { name: words.signIn }).waitFor({ state: "hidden", timeout: 30_000 });
    await phonePage.goto(`${school.url}/you`);
    await waitForState(phonePage, "synced");
    await phonePage.getByRole("button", { name: says.signOut }).first().click();
    await phonePage.locator(".known button").click();

    await page.goto(`${school.url}/you/account`);
    const form = page.locator("form").filter({ has: page.locator('input[name="new-email"]') });
    await form.locator('input[name="new-email"]').fill("new-nora@lake.example");
    await form.locator('input[name="current"]').fill("second password");
    await form.getByRole("button").click();
    await page.getByText(says.byHand).waitFor();
    await page.goto(await linkOf("email", "new-nora@lake.example"));
    await page.getByRole("button", { name: says.confirm }).click();
    await page.getByRole("link", { name: says.goOn }).click();
    await page.goto(`${school.url}/you`);
    await page.getByRole("button", { name: says.signOut }).first().click();
    await page.locator(".known").getByText("new-nora@lake.example").waitFor();
    await phonePage.getByLabel(words.password).fill("second password");
    await phonePage.getByRole("button", { name: words.signIn }).click();
    await phonePage.getByText(says.changedEmail).waitFor();
    await phonePage.getByLabel(words.email).fill("new-nora@lake.example");
    await phonePage.getByLabel(words.password).fill("second password");
    await phonePage.getByRole("button", { name: words.signIn }).click();
    await waitForState(phonePage, "synced");
    await enter(page, "second password", "new-nora@lake.example");
    await waitForState(page, "synced");
  });

  test("an administrator finds a person, adds one, and suspends one who is signed out by it and can be let in again", async () => {
    const page = await devices.admin.open(school.url);
    await signIn(page, emailOf("admin"));
    await waitForState(page, "synced");
    await page.goto(`${school.url}/admin/people`);
    await page.locator("[data-person]").first().waitFor();
    await lookAt(page, "people-1280-en");
    await page.getByRole("button", { name: says.add }).click();
    await page.locator('#add-person input[name="name"]').fill("Omar");
    await page.locator('#add-person input[name="email"]').fill("new-nora@lake.example");
    await page.locator("dialog[open]").getByRole("button", { name: says.add }).click();
    await page.locator("dialog[open] [role=alert] .banner").waitFor();
    await page.locator('#add-person input[name="email"]').fill("omar@lake.example");
    await lookAt(page, "add-person-1280-en");
    await page.locator("dialog[open]").getByRole("button", { name: says.add }).click();
    expect(await page.locator("dialog[open] .quote-box").innerText()).toContain("/account#invitation=");
    await page.getByRole("button", { name: says.close }).click();
    await page.locator('input[type="search"]').fill("NORA");
    const row = page.locator('[data-person="new-nora@lake.example"]');
    await expect.poll(() => page.locator("[data-person]").count()).toBe(1);
    await row.getByRole("button", { name: says.actions }).click();
    await row.getByRole("button", { name: says.suspend }).click();
    await page.locator("dialog[open]").getByRole("button", { name: says.suspend }).click();
    await row.getByText(says.isSuspended).waitFor();
    const other = devices.other.context.pages()[0];
    await other?.locator(".top-banner").getByRole("button", { name: words.signIn }).waitFor({ timeout: 30_000 });
    await row.getByRole("button", { name: says.actions }).click();
    await row.getByRole("button", { name: says.resume }).click();
    await row.getByText(says.isSuspended).waitFor({ state: "detached" });
    await page.setViewportSize(phone);
    await lookAt(page, "people-360-en");
    // Each of the roles can be seen and touched.
    for (const tab of await page.locator(".tab").all()) expect((await tab.boundingBox())?.x ?? 0).toBeLessThan(phone.width - 100);
    expect(Object.values(devices).flatMap(({ errors }) => errors)).toEqual([]);
  });

  test("a name and an e-mail that were typed wrong are put right as long as nobody has opened the account; then the name alone", async () => {
    const page = devices.admin.context.pages()[0];
    if (!page) throw new Error("it is open");
    const dialog = page.locator("dialog[open]");
    const open = async (of: string): Promise<void> => {
      const row = page.locator(`[data-person="${of}"]`);
      await row.getByRole("button", { name: says.actions }).click();
      if (of.startsWith("omar")) await lookAt(page, `menu-${page.viewportSize()?.width}-en`);
      await row.getByRole("button", { name: says.names }).click();
    };
    await page.setViewportSize(desktop);
    // What only administrators have is behind "You".
    expect(await page.locator('.nav-link[aria-current="page"]').getAttribute("href")).toBe("/you");
    await page.locator('input[type="search"]').fill("OMAR");
    await open("omar@lake.example");
    await dialog.locator('input[name="name"]').fill("Omar Sy");
    await dialog.locator('input[name="email"]').fill("new-nora@lake.example");
    await dialog.getByRole("button", { name: says.saveIt }).click();
    await dialog.getByText(says.taken).waitFor();
    await dialog.locator('input[name="email"]').fill("omar.sy@lake.example");
    await lookAt(page, "name-and-email-1280-en");
    await page.setViewportSize(phone);
    await lookAt(page, "name-and-email-360-en");
    await dialog.getByRole("button", { name: says.saveIt }).click();
    const link = await dialog.locator(".quote-box").innerText();
    await dialog.getByRole("button", { name: says.close }).click();
    await page.locator('[data-person="omar.sy@lake.example"]').getByText("Omar Sy").waitFor();
    const other = devices.other.context.pages()[0];
    await other?.goto(link);
    await other?.locator('[data-owner="omar.sy@lake.example"]').getByText("Omar Sy").waitFor();
    await page.locator('input[type="search"]').fill("NORA");
    await open("new-nora@lake.example");
    await dialog.getByText(says.theirs).waitFor();
    expect(await dialog.locator('input[name="email"]').count()).toBe(0);
    await dialog.locator('input[name="name"]').fill("Nora N.");
    await lookAt(page, "name-alone-360-en");
    await dialog.getByRole("button", { name: says.saveIt }).click();
    await page.locator('[data-person="new-nora@lake.example"]').getByText("Nora N.").waitFor();
  });

  test("without a network an administrator is told that it needs one, in dialogs, menus and settings; and of days of the log that are the wrong way round", async () => {
    const page = devices.admin.context.pages()[0];
    if (!page) throw new Error("it is open");
    const told = page.locator(".toast").getByText(says.unreachable);
    await devices.admin.offline(true);
    await page.getByRole("button", { name: says.add }).click();
    await page.locator('#add-person input[name="name"]').fill("Pia");
    await page.locator('#add-person input[name="email"]').fill("pia@lake.example");
    await page.locator("dialog[open]").getByRole("button", { name: says.add }).click();
    await page.locator("dialog[open] [role=alert]").getByText(says.unreachable).first().waitFor();
    await lookAt(page, "add-person-away-360-en");
    await page.locator("dialog[open]").getByRole("button", { name: says.cancel }).click();
    await page.getByRole("button", { name: says.export }).click();
    await told.waitFor();
    await devices.admin.offline(false);
    await page.goto(`${school.url}/admin/school`);
    const setting = page.locator('section[aria-labelledby="settings"] select').first();
    await setting.waitFor();
    await page.locator('input[name="since"]').fill("2026-11-02");
    await page.locator('input[name="until"]').fill("2026-11-01");
    await page.getByRole("button", { name: says.search }).click();
    await page.locator("form").getByText(says.turned).waitFor();
    await lookAt(page, "log-turned-360-en");
    await devices.admin.offline(true);
    await setting.selectOption("closed");
    await told.waitFor();
    await expect.poll(() => setting.inputValue()).toBe("open");
    await devices.admin.offline(false);
    expect(Object.values(devices).flatMap(({ errors }) => errors)).toEqual([]);
  });

  test("axe finds nothing on these screens", () => {
    expect(found).toEqual([]);
  });
});
