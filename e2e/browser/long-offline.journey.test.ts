import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { openPostgres } from "@mochila/sync-server/stores.ts";
import { type DraftDocument, makeDrafts } from "../load/drafts.ts";
import { pushBodies, pushBody } from "../load/sync-client.ts";
import { longestBlockMs, watchBlocked } from "./blocked.ts";
import { Device, signIn, waitForState, words } from "./device.ts";
import { documentsOnDevice, marksOnDevice, multiplyDraft } from "./device-stores.ts";
import { PersonOverHttp } from "./person.ts";
import { emailOf, password, School } from "./school.ts";

const long = Boolean(process.env["TEST_LONG"]);
const students = long ? (["sofia", "ben", "mei"] as const) : (["sofia"] as const);
const DAYS_AWAY = 31;
const LOCAL_WRITES = 2_000;
const REMOTE_CHANGES = 10_000;
const COMPLETES_MS_MAX = 3 * 60_000;
const BLOCKED_MS_MAX = 200;
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Longer than a session lives: the school does not know the phone any more, and the person worked every day. */
describe(`a phone that was ${DAYS_AWAY} days without a network (D-28)`, () => {
  let school: School;

  beforeAll(async () => {
    school = await School.open();
  });
  afterAll(() => school.close());

  const endSessions = async (): Promise<void> => {
    const postgres = await openPostgres({ databaseUrl: null, dataDir: school.dataDir }, { log: silent, exclusive: false });
    await postgres.database.sql`update session set created_at = created_at - ${`${DAYS_AWAY} days`}::interval, rotated_at = rotated_at - ${`${DAYS_AWAY} days`}::interval`;
    await postgres.stop();
  };

  test.each(students)(`brings ${LOCAL_WRITES} writes and gets ${REMOTE_CHANGES} changes ≤ 3 min after the password, and answers every touch meanwhile: %s`, async (student) => {
    const person = await PersonOverHttp.signIn(school.url, emailOf(student));
    const { userId } = person;
    const item = [...(await person.pullAll("items")).values()].find(({ kind }) => kind === "page");
    const courseId = String(item?.["courseId"]);
    const address = `${school.url}/courses/${courseId}/items/${String(item?.id)}`;
    const device = new Device();
    onTestFinished(() => device.remove());
    let page = await device.open(school.url);
    await signIn(page, emailOf(student));
    await waitForState(page, "synced");
    await page.goto(address);
    await device.offline(true);
    await page.locator(".note-fold").evaluate((element: HTMLDetailsElement) => (element.open = true));
    await page.locator(".note-fold textarea").fill("written on the first day");
    await page.locator("#note-kept").getByText(/ at | a las /).waitFor();
    const written = makeDrafts(LOCAL_WRITES - 1, { userId, courseId });
    await multiplyDraft(page, userId, written);
    await device.shut();

    await endSessions();
    const elsewhere = await PersonOverHttp.signIn(school.url, emailOf(student));
    const others: readonly DraftDocument[] = makeDrafts(REMOTE_CHANGES, { userId, courseId });
    for (const body of pushBodies(others)) await pushBody(school.url, elsewhere, body);

    page = await device.open("about:blank");
    await page.addInitScript(watchBlocked);
    await page.goto(address);
    await page.locator(".top-banner").getByRole("button", { name: words.signIn }).click();
    // What waits is not sent in the name of somebody who may be anybody, and not lost either.
    expect((await marksOnDevice(page, userId)).length).toBeGreaterThanOrEqual(LOCAL_WRITES);
    await page.getByLabel(words.password).fill(password);
    await page.getByRole("dialog").getByRole("button", { name: words.signIn }).click();
    const began = performance.now();
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    await waitForState(page, "synced", COMPLETES_MS_MAX);
    const ms = performance.now() - began;
    const blockedMs = await longestBlockMs(page);
    console.log(`${Math.round(ms)} ms, the page blocked for ${Math.round(blockedMs)} ms at most`);

    expect(await marksOnDevice(page, userId)).toEqual([]);
    const onServer = await elsewhere.pullAll("drafts");
    expect([...onServer.keys()]).toEqual(expect.arrayContaining([...written, ...others].map(({ id }) => id)));
    expect([...onServer.values()].map(({ body }) => body)).toContain("written on the first day");
    expect(await documentsOnDevice(page, userId, "drafts")).toEqual(onServer);
    expect(await page.locator(".note-fold textarea").inputValue()).toBe("written on the first day");
    // Beside other programs a pause is theirs as well as ours: the long run, which is alone, holds it to the figure.
    if (long) expect(blockedMs).toBeLessThan(BLOCKED_MS_MAX);
    expect(device.errors).toEqual([]);
  }, COMPLETES_MS_MAX + 120_000);
});
