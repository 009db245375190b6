import type { Clock } from "@mochila/shared/kernel/clock.ts";
import type { Language } from "@mochila/shared/kernel/schema.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import type { Analytics } from "@mochila/shared/reports/analytics.ts";
import type { Database } from "../db/database.ts";
import { onReadingConnection } from "../db/long-connection.ts";
import type { BlobStore } from "../files/blob-store.ts";
import type { Log } from "../log.ts";
import { enqueueLetter } from "../mail/mail-queue.ts";
import { findById } from "../users/people.ts";
import { WorkLoop } from "../work-loop.ts";
import { EXPORT_LIVES_MS, ExportGone, nextExportDue, noteExportFailed, noteReady, storePart, sweepExports, type TakenExport, takeExport, TRIES_MAX } from "./export-queue.ts";
import { writeCopy } from "./write-copy.ts";
import { ZipWriter } from "./zip-writer.ts";

/** Another instance may have taken a request and died. */
const LOOK_MS_MAX = 60_000;
/** For one kind of what the school has of a person. */
const COPY_MS_MAX = 30 * 60_000;

export interface ExporterParts {
  readonly database: Database;
  readonly blobs: Pick<BlobStore, "get">;
  readonly analytics: Pick<Analytics, "state" | "personEvents">;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly origin: string;
  readonly onLetter: () => void;
}

/**
 * Duty: every copy that a person asked for is prepared, one after the other in the whole school, and they get a letter.
 * Invariant: a copy is ready with all of its parts or not at all; its request says who is at it, and for how long that may be believed.
 * Breaks: this process ends, a store is away. Somebody begins anew; after a few tries in vain the person may ask again.
 */
export class Exporter {
  readonly #parts: ExporterParts;
  readonly #loop: WorkLoop;

  constructor(parts: ExporterParts) {
    this.#parts = parts;
    this.#loop = new WorkLoop({ name: "own-data", work: (ending) => this.prepareDue(ending), lookMsMax: LOOK_MS_MAX, log: parts.log });
  }

  start(): void {
    this.#loop.start();
  }

  wake(): void {
    this.#loop.wake();
  }

  stop(): Promise<void> {
    return this.#loop.stop();
  }

  /** Resolves with the milliseconds until the next look. */
  async prepareDue(ending?: AbortSignal): Promise<number> {
    const { database, clock } = this.#parts;
    await sweepExports(database.sql, clock.now());
    for (;;) {
      const taken = ending?.aborted ? null : await takeExport(database, clock.now());
      if (!taken) break;
      await this.#prepare(taken, ending);
    }
    return (await nextExportDue(database.sql)) - clock.now();
  }

  async #prepare(taken: TakenExport, ending: AbortSignal | undefined): Promise<void> {
    const { database, log, clock } = this.#parts;
    try {
      await this.#write(taken, ending);
    } catch (error) {
      if (error instanceof ExportGone) return;
      log.warn("own-data.not_prepared", { id: taken.id, tries: taken.tries, error });
      await noteExportFailed(database.sql, taken, { problem: error instanceof Error ? error.name : "unknown", now: clock.now() });
    }
  }

  async #write(taken: TakenExport, ending: AbortSignal | undefined): Promise<void> {
    const { database, blobs, clock } = this.#parts;
    const person = await findById(database.sql, taken.personId);
    if (!person) throw new ExportGone();
    let number = 0;
    const madeAt = new Date(clock.now());
    const zip = new ZipWriter(async (bytes) => {
      if (ending?.aborted) throw new Error("the server stops");
      await storePart(database, taken, { number, bytes, now: clock.now() });
      number += 1;
    }, madeAt);
    const language = person.language as Language;
    await onReadingConnection(database, COPY_MS_MAX, (sql) => writeCopy({ gathering: { sql, userId: person.id, counted: this.#counted(person.id, taken.tries) }, blobs, zip, madeAt, language, timeZone: person.time_zone ?? "UTC" }));
    await database.transaction(async (transaction) => {
      if (!(await noteReady(transaction, taken, { bytes: zip.bytes, now: clock.now() }))) throw new ExportGone();
      await enqueueLetter(transaction, this.#parts, { recipient: person.email, language, letter: "dataReady", words: { name: person.name, address: `${this.#parts.origin}/you/data` }, usefulMs: EXPORT_LIVES_MS });
    });
    this.#parts.onLetter();
  }

  /** A store that is away is waited for; at the last try the copy goes without it and says so. */
  #counted(userId: string, tries: number) {
    const { analytics } = this.#parts;
    const { kind } = analytics.state();
    if (kind === "none" || (kind === "away" && tries === TRIES_MAX)) return null;
    return (courseIds: readonly string[]) => analytics.personEvents({ userId, courseIds });
  }
}
