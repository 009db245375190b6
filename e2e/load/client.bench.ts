import type { Page } from "playwright-core";
import { Device, signIn, waitForState } from "../browser/device.ts";
import { emailOf, realData, School } from "../browser/school.ts";
import { TcpProxy } from "../faults/tcp-proxy.ts";
import { median, printFigures } from "./figure.ts";

const STARTS = 9;
const START_MS_AIM = 1_500;
const SYNCS = 3;
/** A phone on a busy cell: the figures. */
const LINK = { bitsPerSecond: 1_600_000, delayMs: 75 };
const SYNC_RATIO_AIM = 1.5;

async function openCourse(page: Page): Promise<void> {
  await page.locator('main a[href^="/courses/"]', { hasText: /shell/i }).first().click();
  await page.locator('main a[href*="/items/"]').first().waitFor();
}

/**
 * Marks when an element was first drawn, in the page itself: what the test's own script does there to look for it costs a sixth of the
 * time of a start, and it looks only every half second.
 */
function markWhenDrawn({ selector, mark }: { selector: string; mark: string }): void {
  const seen = new MutationObserver(() => {
    if (!document.querySelector(selector)) return;
    seen.disconnect();
    // The frame that draws it, and the one after that.
    requestAnimationFrame(() => requestAnimationFrame(() => performance.mark(mark)));
  });
  seen.observe(document, { childList: true, subtree: true, attributes: true });
}

/** When it was marked, in milliseconds since the page's navigation began. */
async function markedAt(page: Page, mark: string): Promise<number> {
  await page.waitForFunction((name) => performance.getEntriesByName(name).length > 0, mark, { polling: 1_000 });
  return page.evaluate((name) => performance.getEntriesByName(name)[0]?.startTime ?? Number.NaN, mark);
}

/** Offline, a quarter of the processor: from the address to the text of a page that can be read. Milliseconds, one a start. */
async function offlineStarts(school: School): Promise<number[]> {
  const device = new Device();
  let page = await device.open(school.url);
  await signIn(page, emailOf("sofia"));
  await waitForState(page, "synced");
  await openCourse(page);
  await page.locator('main a[href*="/items/"]').nth(3).click();
  await page.locator("article.read p").first().waitFor();
  const address = page.url();
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
  await waitForState(page, "synced");
  await device.shut();
  const times: number[] = [];
  // One start before the counted ones, as the system's caches of a phone in use are warm too.
  for (let start = 0; start <= STARTS; start += 1) {
    page = await device.open("about:blank");
    await device.offline(true);
    const session = await page.context().newCDPSession(page);
    await session.send("Emulation.setCPUThrottlingRate", { rate: 4 });
    await page.addInitScript(markWhenDrawn, { selector: "article.read p", mark: "readable" });
    await page.goto(address, { waitUntil: "commit" });
    const time = await markedAt(page, "readable");
    if (start > 0) times.push(time);
    await device.shut();
  }
  await device.remove();
  return times;
}

/** The first sync over a slow link, from the answer to the sign-in until everything is here, and how long its bytes take by themselves. */
async function firstSync(school: School): Promise<{ sync: number; own: number; bytes: number }> {
  const link = new TcpProxy({ host: "127.0.0.1", port: school.port }, LINK);
  const port = await link.open();
  const device = new Device();
  const page = await device.open(`http://localhost:${port}`);
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
  const answered = page.waitForResponse((response) => response.url().endsWith("/api/auth/login")).then(() => link.bytes);
  await page.evaluate(markWhenDrawn, { selector: '[data-sync-state="synced"]', mark: "synced" });
  await signIn(page, emailOf("sofia"));
  const before = await answered;
  const synced = await markedAt(page, "synced");
  const signedIn = await page.evaluate(() => (performance.getEntriesByType("resource") as PerformanceResourceTiming[]).find(({ name }) => name.endsWith("/api/auth/login"))?.responseEnd ?? Number.NaN);
  const sync = synced - signedIn;
  const bytes = link.bytes.down - before.down + (link.bytes.up - before.up);
  await device.remove();
  await link.close();
  // One round trip, then the wire does nothing but carry.
  const own = LINK.delayMs * 2 + (bytes * 8 * 1_000) / LINK.bitsPerSecond;
  return { sync, own, bytes };
}

if (realData === null) {
  console.error("This benchmark needs the real course: set MOCHILA_DATA to the folder that holds shell-novice.");
  process.exit(2);
}
const school = await School.open({ LIMITS: "off" });
try {
  await school.command("import-course", `${realData}/shell-novice`);
  const starts = await offlineStarts(school);
  console.log(`offline starts, ms: ${starts.map((time) => time.toFixed(0)).join(" ")}`);
  const syncs = [];
  for (let run = 0; run < SYNCS; run += 1) syncs.push(await firstSync(school));
  for (const { sync, own, bytes } of syncs) console.log(`first sync ${sync.toFixed(0)} ms, ${bytes} bytes on the wire, by themselves ${own.toFixed(0)} ms`);
  const own = median(syncs.map((one) => one.own));
  printFigures([
    { name: "offline start to a readable page, 4x CPU slowdown, median of 9", value: median(starts), unit: "ms", limit: START_MS_AIM },
    { name: "first sync of the imported course at 1.6 Mbit/s and 150 ms", value: median(syncs.map((one) => one.sync)), unit: "ms", limit: own * SYNC_RATIO_AIM },
  ]);
} finally {
  await school.close();
}
