import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { BrowserContext, Page, WebSocketRoute } from "playwright-core";
import { desktop, Device, signIn, waitForState } from "./device.ts";
import { PersonOverHttp } from "./person.ts";
import { emailOf, School } from "./school.ts";

const editor = '.ProseMirror[contenteditable="true"]';

/** What the line to the rooms does: carries everything, or is dead without either side knowing. */
type Line = "through" | "dead";

/** Stands between the browser and the rooms. Returns what changes the line. */
async function routeRooms(target: Page | BrowserContext, line: () => Line): Promise<void> {
  await target.routeWebSocket(/\/collab/, (socket: WebSocketRoute) => {
    const server = socket.connectToServer();
    server.onMessage((message) => {
      if (line() !== "dead") socket.send(message);
    });
    socket.onMessage((message) => {
      if (line() !== "dead") server.send(message);
    });
  });
}

async function write(page: Page, text: string): Promise<void> {
  await page.locator(editor).click();
  await page.keyboard.press("Control+End");
  await page.keyboard.press("Enter");
  await page.keyboard.type(text);
}

describe("text that the school does not have", () => {
  let school: School;
  const device = new Device({ viewport: desktop });
  const lines = { first: "through" as Line, all: "through" as Line };
  let editUrl = "";

  const openEditor = async (page: Page): Promise<void> => {
    await page.goto(editUrl);
    await page.locator(editor).waitFor();
  };

  beforeAll(async () => {
    school = await School.open();
    const ana = await PersonOverHttp.signIn(school.url, emailOf("ana"));
    const item = [...(await ana.pullAll("items")).values()].find((one) => one["kind"] === "page");
    editUrl = `${school.url}/courses/${String(item?.["courseId"])}/items/${String(item?.id)}/edit`;
  });

  afterAll(async () => {
    await device.remove();
    await school.close();
  });

  test("another tab's acknowledgement does not say that it is with the school; when the tab is gone, it is sent", async () => {
    const first = await device.open(school.url);
    await routeRooms(device.context, () => lines.all);
    await routeRooms(first, () => lines.first);
    await signIn(first, emailOf("ana"));
    await waitForState(first, "synced");
    await openEditor(first);
    await waitForState(first, "synced");
    const second = await device.context.newPage();
    await openEditor(second);

    lines.first = "dead";
    await write(first, "typed over a dead line");
    await waitForState(second, "syncing");
    await write(second, "typed over a living line");
    const luis = new Device({ viewport: desktop });
    const reader = await luis.open(school.url);
    await signIn(reader, emailOf("luis"));
    await openEditor(reader);
    await reader.locator(editor).getByText("typed over a living line").waitFor();
    expect(await reader.locator(editor).getByText("typed over a dead line").count()).toBe(0);
    await second.goto(`${school.url}/outbox`);
    await waitForState(second, "syncing");

    await first.close();
    await reader.locator(editor).getByText("typed over a dead line").waitFor({ timeout: 90_000 });
    await waitForState(second, "synced");
    await luis.remove();
  });
});
