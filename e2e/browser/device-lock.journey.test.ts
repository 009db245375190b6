import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { look, lookInDark } from "./axe.ts";
import { courseLinks, desktop, Device, phone, signIn, waitForState, words } from "./device.ts";
import { PersonOverHttp } from "./person.ts";
import { emailOf, password, School } from "./school.ts";

const says = {
  choosePin: /^(Choose a PIN|Elegir un PIN)$/,
  choosePictures: /^(Choose pictures|Elegir dibujos)$/,
  easy: /The others guess this one first|lo primero que prueban/,
  pin: /^PIN$/,
  pinAgain: /^(The PIN once more|El PIN otra vez)$/,
  save: /^(Save|Guardar)$/,
  unlike: /Both must be whole|Los dos deben estar/,
  lockNow: /^(Lock, switch person|Cerrar con llave, cambiar de persona)$/,
  open: /^(Open|Abrir)$/,
  wrong: /That was not it|No era eso/,
  waits: /^(Try again in|Inténtalo de nuevo en) 0:/,
  others: /^(Somebody else|Otra persona)$/,
  forgotten: /^(Forgotten\?|¿Lo olvidaste\?)/,
  signOut: /^(Sign out|Salir)$/,
  signInAgain: /^(Sign in|Entrar)$/,
};
const picture = { sun: /^(Sun|Sol)$/, fish: /^(Fish|Pez)$/, cat: /^(Cat|Gato)$/, boat: /^(Boat|Barco)$/ };
const TEN_MINUTES_MS = 10 * 60_000;

describe("a device that several people use", () => {
  let school: School;
  const device = new Device({ viewport: phone, language: "es" });
  const wide = new Device({ viewport: desktop });
  const found: string[] = [];
  let sofia: PersonOverHttp;

  beforeAll(async () => {
    school = await School.open();
    sofia = await PersonOverHttp.signIn(school.url, emailOf("sofia"));
  });
  afterAll(async () => {
    await device.remove();
    await wide.remove();
    await school.close();
  });
  const lookAt = async (page: Page, name: string): Promise<void> => void found.push(...(await look(page, name)), ...(await lookInDark(page, `${name}-dark`)));
  const firstPage = (from: Device): Page => {
    const page = from.context.pages()[0];
    if (!page) throw new Error("the device has no page");
    return page;
  };
  const done = async (): Promise<number> => [...(await sofia.pullAll("progress")).values()].filter((row) => (row["done"] as { value: boolean } | undefined)?.value).length;

  async function openAccount(page: Page): Promise<void> {
    await page.goto(`${school.url}/you/account`);
    await page.locator("[data-device-lock]").waitFor();
  }
  async function choosePin(page: Page, pin: string, again = pin): Promise<void> {
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel(says.pin).fill(pin);
    await dialog.getByLabel(says.pinAgain).fill(again);
    await dialog.locator('input[name="current"]').fill(password);
    await dialog.getByRole("button", { name: says.save }).click();
  }
  async function lock(page: Page): Promise<void> {
    await page.goto(`${school.url}/you`);
    await page.getByRole("button", { name: says.lockNow }).click();
    await page.getByLabel(words.email).waitFor();
  }
  const choosePerson = (page: Page, name: RegExp) => page.getByRole("button", { name }).click();
  async function enterPin(page: Page, pin: string): Promise<void> {
    await page.getByLabel(says.pin).fill(pin);
    await page.getByRole("button", { name: says.open }).click();
  }
  async function enterPictures(page: Page, names: readonly RegExp[]): Promise<void> {
    for (const name of names) {
      await page.getByRole("button", { name }).first().focus();
      await page.keyboard.press("Enter");
    }
    await page.getByRole("button", { name: says.open }).click();
  }
  async function markDone(page: Page, index: number): Promise<void> {
    await page.goto(`${school.url}/courses`);
    await page.locator(courseLinks).first().click();
    await page.locator('main a[href*="/items/"]').nth(index).click();
    await page.getByRole("button", { name: words.markDone }).click();
    await page.getByRole("button", { name: words.done }).waitFor();
  }

  test("DL1 a PIN is chosen with the password; then the device is locked, and without a network the PIN alone opens it again", async () => {
    const page = await device.open(school.url);
    await signIn(page, emailOf("sofia"));
    await waitForState(page, "synced");
    await page.evaluate(() => navigator.serviceWorker.ready);
    await openAccount(page);
    await page.getByRole("button", { name: says.choosePin }).click();
    await lookAt(page, "lock-choose-pin-360");
    await choosePin(page, "4711", "4712");
    await page.getByText(says.unlike).waitFor();
    await choosePin(page, "1234");
    await page.getByText(says.easy).waitFor();
    await choosePin(page, "4711");
    await page.locator('[data-device-lock="pin"]').waitFor();
    await lookAt(page, "lock-account-360");
    await page.goto(`${school.url}/you`);
    await page.getByRole("button", { name: says.lockNow }).waitFor();
    await lookAt(page, "lock-you-360");
    await lock(page);
    // The cookie has gone: what is left in the browser opens nothing.
    await expect.poll(async () => (await device.context.cookies()).filter(({ name }) => name.startsWith("__Host-rt")), { timeout: 10_000 }).toEqual([]);
    await lookAt(page, "lock-door-360");

    await device.offline(true);
    await page.reload();
    await choosePerson(page, /Sof/);
    await page.getByLabel(says.pin).waitFor();
    await lookAt(page, "lock-pin-360");
    await enterPin(page, "4711");
    await page.locator("[data-sync-state]").first().waitFor();
    await markDone(page, 0);
    await lock(page);
  });

  test("DL2 wrong tries wait longer, through a new start too; nobody is locked out", async () => {
    const page = firstPage(device);
    await choosePerson(page, /Sof/);
    for (const wrong of ["0000", "1111", "2222"]) {
      await enterPin(page, wrong);
      await page.getByText(says.wrong).waitFor();
      await expect.poll(() => page.getByLabel(says.pin).inputValue()).toBe("");
    }
    await page.getByRole("button", { name: says.waits }).waitFor();
    await lookAt(page, "lock-wait-360");
    await page.reload();
    await choosePerson(page, /Sof/);
    // Also the right one.
    await enterPin(page, "4711");
    await page.getByRole("button", { name: says.waits }).waitFor();
    expect(await page.locator("[data-sync-state]").count()).toBe(0);
    await page.getByRole("button", { name: says.open }).waitFor({ timeout: 20_000 });
    await enterPin(page, "4711");
    await page.locator("[data-sync-state]").first().waitFor();
  });

  test("DL3 at the next contact the school has what was done, and nobody was asked for a password", async () => {
    const page = firstPage(device);
    await device.offline(false);
    await expect.poll(done, { timeout: 75_000 }).toBe(1);
    await waitForState(page, "synced");
    expect(await page.getByRole("button", { name: says.signInAgain }).count()).toBe(0);
    await lock(page);
  });

  test("DL1 another person has pictures there; neither opens what is the other's", async () => {
    const page = firstPage(device);
    await signIn(page, emailOf("ben"));
    await waitForState(page, "synced");
    await openAccount(page);
    await page.getByRole("button", { name: says.choosePictures }).click();
    const dialog = page.getByRole("dialog");
    for (const pad of [0, 1]) for (const name of [picture.sun, picture.fish, picture.fish]) await dialog.getByRole("button", { name }).nth(pad).click();
    await dialog.locator('input[name="current"]').fill(password);
    await lookAt(page, "lock-choose-pictures-360");
    await dialog.getByRole("button", { name: says.save }).click();
    await page.locator('[data-device-lock="pictures"]').waitFor();
    await lock(page);

    await choosePerson(page, /Sof/);
    await page.getByLabel(says.pin).waitFor();
    await page.getByRole("button", { name: says.others }).click();
    await choosePerson(page, /Ben/);
    await page.getByRole("button", { name: picture.sun }).waitFor();
    await lookAt(page, "lock-pictures-360");
    await enterPictures(page, [picture.sun, picture.fish, picture.cat]);
    await page.getByText(says.wrong).waitFor();
    await enterPictures(page, [picture.sun, picture.fish, picture.fish]);
    await waitForState(page, "synced");
    await page.goto(`${school.url}/you`);
    await page.getByRole("heading", { name: /Ben/ }).waitFor();
    await lock(page);
    const kept = await page.evaluate(
      () =>
        new Promise<string>((resolve) => {
          const opening = indexedDB.open("mochila-device");
          opening.onsuccess = () => {
            const all = opening.result.transaction("people").objectStore("people").getAll();
            all.onsuccess = () => {
              opening.result.close();
              resolve(JSON.stringify(all.result));
            };
          };
        }),
    );
    expect(kept).toContain('"lock"');
    for (const secret of ["4711", "sun fish"]) expect(kept).not.toContain(secret);
  });

  test("DL4 a browser that was closed, and ten minutes without a touch, lock it", async () => {
    const page = firstPage(device);
    await choosePerson(page, /Sof/);
    await enterPin(page, "4711");
    await waitForState(page, "synced");
    const again = await device.open(`${school.url}/courses`);
    await again.getByLabel(words.email).waitFor();
    expect(await again.locator(courseLinks).count()).toBe(0);
    await choosePerson(again, /Sof/);
    await enterPin(again, "4711");
    await again.locator(courseLinks).first().waitFor();
    await again.evaluate((ago) => {
      localStorage.setItem("mochila-touched", String(Date.now() - ago));
      window.dispatchEvent(new Event("focus"));
    }, TEN_MINUTES_MS + 1_000);
    await again.getByLabel(words.email).waitFor();
  });

  test("DL5 it ends where the school ends the session, at a sign-out, and where the password is used because it was forgotten", async () => {
    const page = firstPage(device);
    const elsewhere = await PersonOverHttp.signIn(school.url, emailOf("sofia"));
    expect((await fetch(`${school.url}/api/me/sessions`, { method: "DELETE", headers: { authorization: `Bearer ${elsewhere.token}` } })).status).toBe(204);
    await choosePerson(page, /Sof/);
    await enterPin(page, "4711");
    // Work goes on; for the school the password is asked for at once, in the place of the PIN.
    const again = page.locator(".top-banner").getByRole("button", { name: says.signInAgain });
    const dialog = page.getByRole("dialog");
    await again.click({ timeout: 75_000 });
    await dialog.getByLabel(words.password).waitFor();
    // The lock hides what is here all the same; whoever comes in by it once more, and loads the page again, is not sent back to it.
    await lock(page);
    await choosePerson(page, /Sof/);
    await enterPin(page, "4711");
    await again.waitFor({ timeout: 75_000 });
    await page.reload();
    await again.click({ timeout: 75_000 });
    await dialog.getByLabel(words.password).fill(password);
    await dialog.getByRole("button", { name: words.signIn }).click();
    await waitForState(page, "synced");
    await openAccount(page);
    await page.locator('[data-device-lock="none"]').waitFor();
    await page.goto(`${school.url}/you`);
    await page.getByRole("button", { name: says.signOut }).first().click();
    await choosePerson(page, /Sof/);
    expect(await page.getByLabel(words.email).inputValue()).toBe(emailOf("sofia"));

    await choosePerson(page, /Ben/);
    await page.getByRole("button", { name: says.forgotten }).click();
    expect(await page.getByLabel(words.email).inputValue()).toBe(emailOf("ben"));
    await page.getByLabel(words.password).fill(password);
    await page.getByRole("button", { name: words.signIn }).click();
    await waitForState(page, "synced");
    await page.goto(`${school.url}/you`);
    await page.getByRole("button", { name: says.signOut }).first().waitFor();
    expect(await page.getByRole("button", { name: says.lockNow }).count()).toBe(0);
  });

  test("DL5 where it ends while its person works, the first touch of the banner asks for the password", async () => {
    const page = firstPage(device);
    await openAccount(page);
    await page.getByRole("button", { name: says.choosePin }).click();
    await choosePin(page, "9035");
    await page.locator('[data-device-lock="pin"]').waitFor();
    const elsewhere = await PersonOverHttp.signIn(school.url, emailOf("ben"));
    expect((await fetch(`${school.url}/api/me/sessions`, { method: "DELETE", headers: { authorization: `Bearer ${elsewhere.token}` } })).status).toBe(204);
    await page.goto(`${school.url}/you`);
    await page.locator(".top-banner").getByRole("button", { name: says.signInAgain }).click({ timeout: 75_000 });
    const dialog = page.getByRole("dialog");
    await lookAt(page, "lock-ended-360");
    await dialog.getByLabel(words.password).fill(password);
    await dialog.getByRole("button", { name: words.signIn }).click();
    await waitForState(page, "synced");
  });

  test("DL3 a page that was loaded again before the contact has forgotten the key: there the banner leads to the lock, and the lock brings it", async () => {
    const page = firstPage(device);
    await openAccount(page);
    await page.getByRole("button", { name: says.choosePin }).click();
    await choosePin(page, "9035");
    await page.locator('[data-device-lock="pin"]').waitFor();
    await lock(page);
    await expect.poll(async () => (await device.context.cookies()).filter(({ name }) => name.startsWith("__Host-rt")), { timeout: 10_000 }).toEqual([]);
    await device.offline(true);
    await choosePerson(page, /Ben/);
    await enterPin(page, "9035");
    await page.locator("[data-sync-state]").first().waitFor();
    await page.reload();
    await device.offline(false);
    await page.locator(".top-banner").getByRole("button", { name: says.signInAgain }).click({ timeout: 75_000 });
    await choosePerson(page, /Ben/);
    await enterPin(page, "9035");
    await waitForState(page, "synced");
  });

  test("on a wide screen too", async () => {
    const page = await wide.open(school.url);
    await signIn(page, emailOf("mei"));
    await waitForState(page, "synced");
    await openAccount(page);
    await page.getByRole("button", { name: says.choosePictures }).click();
    const dialog = page.getByRole("dialog");
    for (const pad of [0, 1]) for (const name of [picture.boat, picture.cat, picture.sun, picture.fish]) await dialog.getByRole("button", { name }).nth(pad).click();
    await dialog.locator('input[name="current"]').fill(password);
    await lookAt(page, "lock-choose-pictures-1280");
    await dialog.getByRole("button", { name: says.save }).click();
    await page.locator('[data-device-lock="pictures"]').waitFor();
    await lock(page);
    await choosePerson(page, /Mei/);
    await page.getByRole("button", { name: picture.sun }).waitFor();
    await lookAt(page, "lock-pictures-1280");
    await enterPictures(page, [picture.boat, picture.cat, picture.sun, picture.fish]);
    await waitForState(page, "synced");
  });

  test("nothing is wrong for who sees or hears otherwise, and no page failed", () => {
    expect(found).toEqual([]);
    expect([...device.errors, ...wide.errors]).toEqual([]);
  });
});
