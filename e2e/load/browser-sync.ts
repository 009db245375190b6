import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { setTimeout as pause } from "node:timers/promises";
import type { Page } from "playwright-core";
import { longestBlockMs, watchBlocked } from "../browser/blocked.ts";
import { Device, signIn } from "../browser/device.ts";
import { documentsOnDevice } from "../browser/device-stores.ts";
import { median } from "./figure.ts";

/** The same library that the app stores with, by itself. */
const DEXIE = readFileSync(createRequire(createRequire(import.meta.url).resolve("rxdb/package.json")).resolve("dexie/dist/dexie.min.js"), "utf8");

/** The browser makes its own interface, itself a page, for a few seconds after it is there: not what a person who signs in waits for. */
const BROWSER_STARTS_MS = 8_000;

/** One by itself differs by a fifth from the next. */
const BARE_PUTS = 4;

export interface BrowserSync {
  /** From the answer to the sign-in until the app says that everything is here. */
  readonly ms: number;
  /** The longest time in which the page answered nobody. */
  readonly blockedMs: number;
  /** A bare `bulkPut` of the same documents into an empty table, by the same browser. */
  readonly bareMs: number;
}

interface Watch {
  syncedAt: number;
}

/** Runs in the page: notes when everything is here. */
function watchSync(): void {
  const watch: Watch = { syncedAt: Number.NaN };
  Object.assign(window, { watch });
  const seen = new MutationObserver(() => {
    if (!document.querySelector('[data-sync-state="synced"]')) return;
    watch.syncedAt = performance.now();
    seen.disconnect();
  });
  seen.observe(document, { childList: true, subtree: true, attributes: true });
}

/** Runs in the page, with Dexie in it. */
async function putBare(documents: readonly object[]): Promise<number> {
  interface Bare {
    version(number: number): { stores(schema: Record<string, string>): void };
    open(): Promise<unknown>;
    table(name: string): { bulkPut(documents: readonly object[]): Promise<unknown> };
    delete(): Promise<void>;
  }
  const { Dexie } = window as unknown as { Dexie: new (name: string) => Bare };
  const database = new Dexie("bare");
  database.version(1).stores({ docs: "id" });
  await database.open();
  const before = performance.now();
  await database.table("docs").bulkPut(documents);
  const ms = performance.now() - before;
  await database.delete();
  return ms;
}

const measured = (page: Page): Promise<Watch & { signedInAt: number }> =>
  page.evaluate(() => {
    const entries = performance.getEntriesByType("resource") as PerformanceResourceTiming[];
    const signedInAt = entries.find(({ name }) => name.endsWith("/api/auth/login"))?.responseEnd ?? Number.NaN;
    return { ...(window as unknown as { watch: Watch }).watch, signedInAt };
  });

/** A new browser signs a person in and receives `count` drafts of theirs among the rest. */
export async function syncInBrowser(url: string, { email, userId, count }: { email: string; userId: string; count: number }): Promise<BrowserSync> {
  const device = new Device();
  try {
    const page = await device.open(url);
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
    await pause(BROWSER_STARTS_MS);
    await page.evaluate(watchBlocked);
    await page.evaluate(watchSync);
    await signIn(page, email);
    await page.waitForFunction(() => !Number.isNaN((window as unknown as { watch: Watch }).watch.syncedAt), undefined, { polling: 1_000 });
    const { syncedAt, signedInAt } = await measured(page);
    const blockedMs = await longestBlockMs(page);
    const documents = [...(await documentsOnDevice(page, userId, "drafts")).values()];
    if (documents.length !== count) throw new Error(`${documents.length} documents on the device instead of ${count}`);
    await page.evaluate(DEXIE);
    const puts: number[] = [];
    for (let put = 0; put < BARE_PUTS; put += 1) puts.push(await page.evaluate(putBare, documents));
    // The first warms up: the app's own Dexie was warm too when the documents came.
    return { ms: syncedAt - signedInAt, blockedMs, bareMs: median(puts.slice(1)) };
  } finally {
    await device.remove();
  }
}
