// The whole application over a test cluster, as `main.ts` puts it together, called in this process.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openAnalytics } from "@mochila/analytics/engine.ts";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import { systemRandom } from "@mochila/shared/kernel/random.ts";
import { type App, createApp } from "../app.ts";
import type { Database } from "../db/database.ts";
import { openDatabase } from "../db/pool.ts";
import { createTestDatabase } from "../db/test-database.ts";
import { FolderBlobStore } from "../files/blob-store.ts";
import type { Route } from "../http/route.ts";
import { type Log, silentLog } from "../log.ts";
import { folderMailbox } from "../mail/mailbox.ts";
import type { HintCarrier } from "../sync/hint-carrier.ts";
import { notifyCarrier } from "../sync/notify-carrier.ts";
import { rolledBack, type RolledBack } from "./test-rolled-back.ts";

export const ORIGIN = "http://localhost:8080";
export const OPERATOR_TOKEN = "operator-token-of-the-matrix";

/** The day stands still, so that no token ends by itself; what counts seconds sees ten between two cases, so that no cache carries over. */
class MatrixClock implements Clock {
  #seconds = 0;
  now = (): number => Date.UTC(2026, 10, 1);
  monotonic = (): number => this.#seconds * 1_000;
  nextCase(): void {
    this.#seconds += 10;
  }
}

export interface TestApplication {
  readonly app: App;
  readonly clock: MatrixClock;
  /** Without undoing: for what makes the school. */
  readonly database: Database;
  readonly undone: RolledBack["undone"];
  readonly blobs: FolderBlobStore;
  /** What the application said was its own fault. */
  readonly faults: string[];
  close(): Promise<void>;
}

interface Parts {
  readonly database: Database;
  readonly hintCarrier: HintCarrier;
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Log;
}

async function put({ database, hintCarrier, folder, clock, log }: Parts) {
  const blobs = new FolderBlobStore({ folder, random: systemRandom });
  // Without its library: reports are refused or not by who asks, and then say that there are none here.
  const analytics = await openAnalytics({ url: null, dataDir: folder, random: systemRandom, log: silentLog, library: "chdb-that-is-not-here" });
  const app = createApp({
    config: { publicUrl: null, operatorToken: OPERATOR_TOKEN, production: false, limits: false, trustedProxies: [], dataDir: folder }, origin: ORIGIN, database, blobs, analytics, clock, log, random: systemRandom, hintCarrier,
    mailbox: folderMailbox(join(folder, "mail"), "Mochila <mochila@localhost>"), letterFolder: join(folder, "mail"), handsOnLinks: true,
    files: { byAddress: new Map(), secure: false },
  });
  return { app, analytics, blobs };
}

/** The table of routes, without a database: nothing is asked of it. */
export async function readRoutes(): Promise<readonly Route[]> {
  const database = openDatabase("postgres://nobody@127.0.0.1:1/none");
  const { app } = await put({ database, hintCarrier: notifyCarrier(database), folder: tmpdir(), clock: new MatrixClock(), log: silentLog });
  return app.routes;
}

export async function openApplication(): Promise<TestApplication> {
  const { database, drop } = await createTestDatabase();
  const folder = await mkdtemp(join(tmpdir(), "mochila-matrix-"));
  const { database: undoable, undone } = rolledBack(database);
  const clock = new MatrixClock();
  const faults: string[] = [];
  const log: Log = { ...silentLog, error: (event, fields) => void faults.push(`${event} ${JSON.stringify({ ...fields, error: String(fields?.["error"]) })}`) };
  const { app, analytics, blobs } = await put({ database: undoable, hintCarrier: { ...notifyCarrier(database), alone: true }, folder, clock, log });
  await app.start();
  const close = async () => {
    await app.endLongAnswers();
    await app.stop();
    await analytics.stop();
    await drop();
    await rm(folder, { recursive: true });
  };
  return { app, clock, database, undone, blobs, faults, close };
}
