import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { codeOf } from "./authenticator.ts";
import { look, lookInDark } from "./axe.ts";
import { desktop, Device, phone, signIn, waitForState, words } from "./device.ts";
import { emailOf, password, School } from "./school.ts";

const says = {
  add: /^(Add a second factor|Añadir un segundo factor)$/,
  own: /^(Your password|Tu contraseña)$/,
  app: /^(An authenticator app|Una app de autenticación)$/,
  aPasskey: /^(A passkey|Una llave de acceso)$/,
  firstCode: /^(Code that the app shows|Código que muestra la app)$/,
  code: /^(Code|Código)$/,
  goOn: /^(Continue|Continuar)$/,
  kept: /^(I have kept them|Ya los guardé)$/,
  wrong: /The code is not right|El código no es correcto/,
  useRecovery: /^(Use a recovery code|Usar un código de recuperación)$/,
  recovery: /^(Recovery code|Código de recuperación)$/,
  usePasskey: /^(Use a passkey|Usar una llave de acceso)$/,
  withPasskey: /^(Sign in with a passkey|Entrar con una llave de acceso)$/,
  setUp: /^(Set up a second factor|Configura un segundo factor)$/,
  cancel: /^(Cancel|Cancelar)$/,
  actions: /^(Actions for|Acciones para)/,
  removeFactor: /^(Remove the second factor|Quitar el segundo factor)$/,
  policy: /^(Second factor of staff|Segundo factor del personal)$/,
  remove: /^(Remove|Quitar)$/,
  removeIt: /^(Remove: |Quitar: )/,
};

describe("a second factor, from the first code to the last way back", () => {
  let school: School;
  const found: string[] = [];
  const devices = { sofia: new Device({ viewport: phone, language: "es" }), ana: new Device({ viewport: desktop }), admin: new Device({ viewport: desktop }), other: new Device({ viewport: phone }) };
  let key = "";
  let codes: string[] = [];

  beforeAll(async () => {
    school = await School.open();
  });
  afterAll(async () => {
    for (const device of Object.values(devices)) await device.remove();
    await school.close();
  });

  const lookAt = async (page: Page, name: string): Promise<void> => void found.push(...(await look(page, name)), ...(await lookInDark(page, `${name}-dark`)));
  const enter = async (page: Page, email: string): Promise<void> => {
    await page.getByLabel(words.email).fill(email);
    await page.getByLabel(words.password).fill(password);
    await page.getByRole("button", { name: words.signIn }).click();
  };
  /** The same dialog within a session and within a sign-in. */
  async function addApp(page: Page, name: string): Promise<void> {
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: says.app }).click();
    await dialog.locator("[data-app-key]").waitFor();
    await lookAt(page, `factor-app-${name}`);
    key = (await dialog.locator("[data-app-key]").getAttribute("data-app-key")) ?? "";
    await dialog.getByLabel(says.firstCode).fill("000000");
    await dialog.getByRole("button", { name: says.goOn }).click();
    await dialog.getByText(says.wrong).waitFor();
    await dialog.getByLabel(says.firstCode).fill(codeOf(key));
    await dialog.getByRole("button", { name: says.goOn }).click();
    await dialog.locator("[data-recovery-codes] li").first().waitFor();
    await lookAt(page, `factor-codes-${name}`);
    codes = await dialog.locator("[data-recovery-codes] li").allTextContents();
    // They are shown once: neither Escape nor the back gesture, which asks twice, takes them away.
    for (let tries = 0; tries < 3; tries += 1) await page.keyboard.press("Escape");
    await dialog.locator("[data-recovery-codes] li").first().waitFor();
    expect(await dialog.locator("[data-recovery-codes] li").allTextContents()).toEqual(codes);
    await dialog.getByRole("button", { name: says.kept }).click();
  }
  async function signOut(device: Device): Promise<Page> {
    // A browser of its own that nobody is signed in on: what was opened stays theirs.
    await device.context.clearCookies();
    await device.remove();
    return device.open(school.url);
  }
  const letters = (): string => {
    const folder = join(school.dataDir, "mail");
    return readdirSync(folder).filter((name) => name.endsWith(".txt")).map((name) => readFileSync(join(folder, name), "utf8")).join("\n");
  };
  /** A device that makes passkeys: Chromium's own, over the protocol of its tools. */
  async function withAuthenticator(page: Page): Promise<void> {
    const session = await page.context().newCDPSession(page);
    await session.send("WebAuthn.enable");
    await session.send("WebAuthn.addVirtualAuthenticator", { options: { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true } });
  }

  test("a student adds an authenticator app; the next sign-in asks for its code and shows nothing before", async () => {
    const page = await devices.sofia.open(school.url);
    await signIn(page, emailOf("sofia"));
    await waitForState(page, "synced");
    await page.goto(`${school.url}/you/account`);
    await page.getByRole("button", { name: says.add }).click();
    await page.getByRole("dialog").getByLabel(says.own).fill(password);
    await lookAt(page, "factor-add");
    await addApp(page, "sofia");
    await page.locator('[data-factor="totp"]').waitFor();
    await lookAt(page, "factor-account");
    expect(codes).toHaveLength(10);

    const again = await signOut(devices.sofia);
    await enter(again, emailOf("sofia"));
    const dialog = again.getByRole("dialog");
    await dialog.getByLabel(says.code).fill("123456");
    await dialog.getByRole("button", { name: says.goOn }).click();
    await dialog.getByText(says.wrong).waitFor();
    await lookAt(again, "factor-step");
    expect(await again.locator("[data-sync-state]").count()).toBe(0);
    await dialog.getByLabel(says.code).fill(codeOf(key, 1));
    await dialog.getByRole("button", { name: says.goOn }).click();
    await waitForState(again, "synced");
  });

  test("a recovery code opens once on another device; giving the sign-in up leads back to the form", async () => {
    const page = await devices.other.open(school.url);
    await enter(page, emailOf("sofia"));
    await page.getByRole("dialog").getByRole("button", { name: says.cancel }).click();
    expect(await page.getByRole("dialog").count()).toBe(0);
    await page.getByRole("button", { name: words.signIn }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: says.useRecovery }).click();
    await dialog.getByLabel(says.recovery).fill(codes[0] ?? "");
    await dialog.getByRole("button", { name: says.goOn }).click();
    await waitForState(page, "synced");
    await expect.poll(letters, { timeout: 10_000 }).toMatch(/código de recuperación|recovery code/);
  });

  test("a passkey is added, opens the door alone, is a second step, and opens nothing once removed", async () => {
    const page = await devices.other.open(`${school.url}/you/account`);
    await withAuthenticator(page);
    await page.getByRole("button", { name: says.add }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel(says.own).fill(password);
    await dialog.getByRole("button", { name: says.aPasskey }).click();
    await page.locator('[data-factor="passkey"]').waitFor();
    // Signed out in this page: the authenticator lives as long as it.
    await page.goto(`${school.url}/you`);
    const leave = /^(Sign out|Salir)$/;
    await page.getByRole("button", { name: leave }).first().click();
    await page.getByRole("button", { name: says.withPasskey }).click();
    await waitForState(page, "synced");

    await page.goto(`${school.url}/you`);
    await page.getByRole("button", { name: leave }).first().click();
    await enter(page, emailOf("sofia"));
    await page.getByRole("dialog").getByRole("button", { name: says.usePasskey }).click();
    await waitForState(page, "synced");

    await page.goto(`${school.url}/you/account`);
    await page.locator('[data-factor="passkey"]').getByRole("button", { name: says.removeIt }).click();
    await page.getByRole("dialog").getByLabel(says.own).fill(password);
    await page.getByRole("dialog").getByRole("button", { name: says.remove }).click();
    await expect.poll(() => page.locator('[data-factor="passkey"]').count()).toBe(0);
    await page.goto(`${school.url}/you`);
    await page.getByRole("button", { name: leave }).first().click();
    await page.getByRole("button", { name: says.withPasskey }).click();
    await page.getByText(/opens no account here|no abre ninguna cuenta/).waitFor();
  });

  test("an administrator asks staff for one: an instructor sets it up before anything else; lost, it is removed for them", async () => {
    const admin = await devices.admin.open(school.url);
    await signIn(admin, emailOf("admin"));
    await admin.goto(`${school.url}/admin/school`);
    await admin.getByLabel(says.policy).selectOption("required");
    await lookAt(admin, "factor-policy");

    const ana = await devices.ana.open(school.url);
    await enter(ana, emailOf("ana"));
    await ana.getByRole("heading", { name: says.setUp }).waitFor();
    await lookAt(ana, "factor-first");
    expect(await ana.locator("[data-sync-state]").count()).toBe(0);
    await addApp(ana, "ana");
    await waitForState(ana, "synced");

    await admin.goto(`${school.url}/admin/people`);
    const row = admin.locator(`[data-person="${emailOf("ana")}"]`);
    await row.getByRole("button", { name: says.actions }).click();
    await row.getByRole("button", { name: says.removeFactor }).click();
    await lookAt(admin, "factor-remove");
    await admin.getByRole("dialog").getByRole("button", { name: says.removeFactor }).click();
    await expect.poll(letters, { timeout: 10_000 }).toMatch(/second factors were removed|segundos factores/);
    const again = await signOut(devices.ana);
    await enter(again, emailOf("ana"));
    await again.getByRole("heading", { name: says.setUp }).waitFor();
  });

  test("nothing is wrong for who sees or hears otherwise, and no page failed", () => {
    expect(found).toEqual([]);
    for (const device of Object.values(devices)) expect(device.errors).toEqual([]);
  });
});
