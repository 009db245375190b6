import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Page } from "playwright-core";
import { desktop, Device, signIn, waitForState } from "./device.ts";
import { PersonOverHttp } from "./person.ts";
import { emailOf, projectRoot, School } from "./school.ts";

const editor = '.ProseMirror[contenteditable="true"]';
const picture = { name: "icon.svg", mimeType: "image/svg+xml", buffer: readFileSync(join(projectRoot, "client", "public", "icon.svg")) };
const says = {
  notTaken: /could not be taken|No se pudo tomar/,
  tooLarge: /is too large: \d|es demasiado grande: \d/,
};

describe("pictures in a page that two people write", () => {
  let school: School;
  let address = "";
  const devices = { ana: new Device({ viewport: desktop }), luis: new Device({ viewport: desktop }) };

  beforeAll(async () => {
    school = await School.open();
    const ana = await PersonOverHttp.signIn(school.url, emailOf("ana"));
    const page = [...(await ana.pullAll("items")).values()].find(({ kind }) => kind === "page");
    address = `${school.url}/courses/${String(page?.["courseId"])}/items/${String(page?.id)}/edit`;
  });
  afterAll(async () => {
    for (const device of Object.values(devices)) await device.remove();
    await school.close();
  });

  const write = async (name: keyof typeof devices): Promise<Page> => {
    const screen = await devices[name].open(school.url);
    await signIn(screen, emailOf(name));
    await waitForState(screen, "synced");
    await screen.goto(address);
    await screen.locator(editor).click();
    return screen;
  };

  test("one that a colleague adds, also without a network, appears in the open page; what is no picture gets no place in it", async () => {
    const [ana, luis] = [await write("ana"), await write("luis")];
    const figures = (screen: Page) => screen.locator(`${editor} figure`);
    const before = await figures(luis).count();
    const choose = (file: typeof picture) => ana.locator('input[type="file"]').setInputFiles(file);
    await choose({ ...picture, name: "no-picture.png", mimeType: "image/png", buffer: Buffer.from("only words") });
    await ana.locator(".toast", { hasText: says.notTaken }).waitFor();
    await choose({ ...picture, name: "large.png", mimeType: "image/png", buffer: Buffer.alloc(26 * 1024 * 1024) });
    await ana.locator(".toast", { hasText: says.tooLarge }).waitFor();
    expect(await figures(ana).count()).toBe(before);

    await devices.ana.offline(true);
    await choose(picture);
    await expect.poll(() => figures(ana).count()).toBe(before + 1);
    await devices.ana.offline(false);
    const drawn = () => figures(luis).locator("img").evaluateAll((found) => found.filter((img) => (img as HTMLImageElement).naturalWidth > 0).length);
    await expect.poll(drawn, { timeout: 60_000 }).toBe(before + 1);
    expect([...devices.ana.errors, ...devices.luis.errors]).toEqual([]);
  });
});
