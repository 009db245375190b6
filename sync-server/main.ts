import { join } from "node:path";
import { openAnalytics } from "@mochila/analytics/engine.ts";
import { systemClock } from "@mochila/shared/kernel/clock.ts";
import { systemRandom } from "@mochila/shared/kernel/random.ts";
import { createApp } from "./app.ts";
import { type Config, readConfig } from "./config.ts";
import type { Database } from "./db/database.ts";
import { blobFolder, FolderBlobStore } from "./files/blob-store.ts";
import { listen, type WebServer } from "./http/server.ts";
import { readStaticFiles } from "./http/static-files.ts";
import { jsonLog, levelled, type Log } from "./log.ts";
import { folderMailbox, type Mailbox, smtpMailbox } from "./mail/mailbox.ts";
import { openHintCarrier, openPostgres } from "./stores.ts";
import { seedDemo } from "./transfer/seed-demo.ts";
import { Passwords } from "./users/password.ts";

// The start and the end of the server. The only reader of the environment, the clock and the source of randomness.

/** Together below the 10 s after which supervisors kill. */
const STOP_MS = { rooms: 1_200, answers: 1_200, work: 1_200, analytics: 1_500, postgres: 4_500 } as const;
const CLIENT = join(import.meta.dirname, "..", "client", "dist");
const DEMO_COURSES = join(import.meta.dirname, "..", "infra", "seed");

type Step = keyof typeof STOP_MS;

/** What was opened so far. Closed in the order of `STOP_MS`, also after a start that failed or was interrupted half-way. */
type Opened = { readonly [step in Step]?: () => Promise<unknown> };

async function closeAll(opened: Opened, log: Log): Promise<void> {
  for (const step of Object.keys(STOP_MS) as Step[]) {
    const late = new Promise<"late">((resolve) => setTimeout(resolve, STOP_MS[step], "late").unref());
    const outcome = await Promise.race([opened[step]?.(), late]).catch((error: unknown) => log.error("stop_failed", { step, error }));
    if (outcome === "late") log.error("stop_late", { step });
  }
}

async function start(config: Config, log: Log, { opened, interrupted }: { opened: { -readonly [step in Step]?: Opened[step] }; interrupted: AbortSignal }): Promise<void> {
  const web = await listen(config);
  opened.answers = () => web.stop(STOP_MS.answers - 200);
  const postgres = await openPostgres(config, { log, exclusive: true });
  opened.postgres = postgres.stop;
  interrupted.throwIfAborted();
  const hintCarrier = await openHintCarrier(config, { database: postgres.database, random: systemRandom, log, exclusive: true });
  const analytics = await openAnalytics({ url: config.clickhouseUrl, dataDir: config.dataDir, random: systemRandom, log });
  opened.analytics = () => analytics.stop();
  const files = await readStaticFiles(CLIENT, config.publicUrl?.startsWith("https:") ?? false);
  const blobs = new FolderBlobStore({ folder: blobFolder(config.dataDir), random: systemRandom });
  const origin = config.publicUrl ?? `http://localhost:${web.port}`;
  const mailbox = openMailbox(config, origin);
  const letterFolder = config.smtpUrl === null && config.publicUrl === null && !config.production ? lettersIn(config.dataDir) : null;
  const app = createApp({ config, origin, mailbox, letterFolder, handsOnLinks: config.smtpUrl === null, database: postgres.database, hintCarrier, analytics, blobs, files, clock: systemClock, random: systemRandom, log });
  opened.rooms = () => app.endLongAnswers();
  opened.work = () => app.stop();
  await app.start();
  if (config.seed === "demo") await seed(config, postgres.database, blobs);
  interrupted.throwIfAborted();
  announce(web, await app.newSetUpToken(), config.publicUrl);
  web.serve(app.hono);
  app.attachUpgrade(web.server);
  console.log(`ready http://localhost:${web.port}`);
  if (config.seed === "demo") console.log("sign in as sofia@demo.school or ana@demo.school, password mochila-demo; Ctrl-C ends");
}

const lettersIn = (dataDir: string): string => join(dataDir, "mail");

/** Where no mail server is named each letter is a file of the data folder. */
function openMailbox({ smtpUrl, mailFrom, dataDir }: Config, origin: string): Mailbox {
  const from = mailFrom ?? `Mochila <mochila@${new URL(origin).hostname}>`;
  return smtpUrl === null ? folderMailbox(lettersIn(dataDir), from) : smtpMailbox(smtpUrl, from);
}

/** Before the first request, so that nobody waits for a hint. */
async function seed({ production }: Config, database: Database, blobs: FolderBlobStore): Promise<void> {
  const passwords = new Passwords();
  const hints = { publish: () => undefined };
  const hashPassword = (password: string) => passwords.hash(password);
  await seedDemo({ database, blobs, hints, clock: systemClock, random: systemRandom, hashPassword, production, folder: DEMO_COURSES });
}

function announce(web: WebServer, setUpToken: string | null, publicUrl: string | null): void {
  if (setUpToken !== null) console.log(`No administrator yet. Open this link once: set up ${publicUrl ?? `http://localhost:${web.port}`}/setup#${setUpToken}`);
}

async function main(): Promise<number> {
  const config = readConfig(process.env);
  const log = levelled(jsonLog({ clock: systemClock, write: (line) => console.error(line) }), config.logLevel);
  // Somebody's forgotten promise must not end the school for everybody; it is a fault to be found in the log.
  process.on("unhandledRejection", (error) => log.error("unhandled_rejection", { error }));
  const interruption = new AbortController();
  // A second signal changes nothing: the first one keeps its promise within 10 s.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => interruption.abort());
  const interrupted = new Promise<void>((resolve) => interruption.signal.addEventListener("abort", () => resolve(), { once: true }));
  const opened: Opened = {};
  try {
    await start(config, log, { opened, interrupted: interruption.signal });
    await interrupted;
    return 0;
  } catch (error) {
    if (interruption.signal.aborted) return 0;
    throw error;
  } finally {
    await closeAll(opened, log);
  }
}

try {
  process.exit(await main());
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
