import { randomBytes } from "node:crypto";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TcpProxy } from "../faults/tcp-proxy.ts";
import { makeDrafts } from "../load/drafts.ts";
import { pushBodies, pushBody } from "../load/sync-client.ts";
import { seeded } from "../simulation/seeded.ts";
import { Device, signIn, waitForState } from "./device.ts";
import { documentsOnDevice } from "./device-stores.ts";
import { PersonOverHttp } from "./person.ts";
import { emailOf, School } from "./school.ts";

const long = Boolean(process.env["TEST_LONG"]);
const KB = 1_024;
const BYTES = (long ? 1_024 : 300) * KB;
const LINE = long ? { bitsPerSecond: 32_000, delayMs: 1_500, jitterMs: 1_000 } : { bitsPerSecond: 64_000, delayMs: 300, jitterMs: 200 };
/** Of the requests for pages. */
const CUT_SHARE = 0.2;
/** Where the answer breaks off. */
const CUT_AFTER_BYTES = 20 * KB;
const DOCUMENT_BYTES = 2 * KB;
/** By the wire alone, and as much again for what is cut and asked for again. */
const MS_MAX = ((BYTES * 8 * 1_000) / LINE.bitsPerSecond) * 3;

interface PullBody {
  readonly pulls: readonly { collection: string; checkpoint: string | null }[];
}

/** Runs in the page: every word of the status. */
function watchStatus(): void {
  const states: string[] = [];
  Object.assign(window, { states });
  const look = () => {
    const state = document.querySelector("[data-sync-state]")?.getAttribute("data-sync-state");
    if (state && state !== states.at(-1)) states.push(state);
  };
  new MutationObserver(look).observe(document, { childList: true, subtree: true, attributes: true });
}

/** A minute of waiting for a line. */
describe.skipIf(!long)("a slow and broken line (D-05)", () => {
  let school: School;
  let line: TcpProxy;
  let url = "";
  let person: PersonOverHttp;
  /** Changed under the line: the app itself comes over a good one. */
  const shape: { bitsPerSecond?: number | null; delayMs?: number; jitterMs?: number } = {};
  const device = new Device();

  beforeAll(async () => {
    const target = { host: "127.0.0.1", port: 0 };
    line = new TcpProxy(target, shape);
    url = `http://localhost:${await line.open()}`;
    school = await School.open({ PUBLIC_URL: url });
    target.port = school.port;
    person = await PersonOverHttp.signIn(url, emailOf("sofia"));
    const [courseId = ""] = (await person.pullAll("courses")).keys();
    // Nothing that a gzip could shorten.
    const drafts = makeDrafts(BYTES / DOCUMENT_BYTES, { userId: person.userId, courseId }).map((draft) => ({ ...draft, body: randomBytes((DOCUMENT_BYTES * 3) / 4).toString("base64") }));
    for (const body of pushBodies(drafts)) await pushBody(url, person, body);
  });
  afterAll(async () => {
    await device.remove();
    await line.close();
    await school.close();
  });

  const held = async (page: Page) => (await documentsOnDevice(page, person.userId, "drafts")).size;

  test(`brings ${BYTES / KB} KB at ${LINE.bitsPerSecond / 1_000} kbit/s with ${CUT_SHARE * 100} % of the answers cut: goes on where it was, and never says synced before it is`, async () => {
    const random = seeded(Math.floor(Math.random() * 2 ** 31));
    let cuts = 0;
    line.faultOf = (head) => {
      if (!head.includes("/api/sync/pull") || random.fraction() >= CUT_SHARE) return;
      cuts += 1;
      return { cutAnswerAfter: CUT_AFTER_BYTES };
    };
    const asked: (string | null)[] = [];
    const listen = (page: Page) =>
      page.on("request", (request) => {
        if (!request.url().endsWith("/api/sync/pull")) return;
        for (const { collection, checkpoint } of (request.postDataJSON() as PullBody).pulls) if (collection === "drafts") asked.push(checkpoint);
      });
    let page = await device.open(url);
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
    listen(page);
    await page.evaluate(watchStatus);
    Object.assign(shape, LINE);
    const began = performance.now();
    await signIn(page, emailOf("sofia"));
    await expect.poll(() => held(page), { timeout: MS_MAX, interval: 200 }).toBeGreaterThan(0);
    // Read in this order: what was said, then what is here.
    const saidSynced = await page.evaluate(() => (window as unknown as { states: string[] }).states.includes("synced"));
    expect(saidSynced && (await held(page)) < BYTES / DOCUMENT_BYTES).toBe(false);

    // In the middle of it the person closes the app, and opens it again.
    await device.shut();
    page = await device.open("about:blank");
    listen(page);
    const before = asked.length;
    await page.goto(url);
    const kept = await held(page);
    expect(kept).toBeGreaterThan(0);
    await waitForState(page, "synced", MS_MAX);
    const ms = Math.round(performance.now() - began);
    // What the test asks for itself comes over a good line.
    line.faultOf = () => undefined;
    Object.assign(shape, { bitsPerSecond: null, delayMs: 0, jitterMs: 0 });
    expect(await documentsOnDevice(page, person.userId, "drafts")).toEqual(await person.pullAll("drafts"));
    console.log(`${ms} ms, ${cuts} answers cut, ${kept} documents kept over the restart, ${asked.length} questions, ${line.bytes.down} bytes down`);
    expect(asked.slice(before)).not.toContain(null);
    expect(device.errors).toEqual([]);
  }, MS_MAX * 2 + 120_000);
});
