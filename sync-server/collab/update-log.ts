import { CodedError } from "@mochila/shared/errors.ts";
import type { Database } from "../db/database.ts";
import type { Log } from "../log.ts";
import { appendUpdates, type NewUpdate } from "./store.ts";

const RETRY_MS_MAX = 2_000;
/** A statement has at most 65,534 values, four a row. */
const ROWS_PER_STATEMENT = 5_000;
/** While Postgres is away updates wait here; past it clients are sent away and keep their text themselves. */
const WAITING_BYTES_MAX = 16 * 1024 * 1024;

/** Told once of each update. Must not throw. */
type Logged = (failure: Error | null) => void;

interface Waiting extends NewUpdate {
  readonly done: Logged;
}

/**
 * Duty: makes updates durable, in one statement what comes in one turn of the loop or while another statement runs (group commit).
 * `append` says "done" when the row is committed. By a function, not by a promise: of the work for a keystroke a twentieth were promises.
 * Invariant: nothing is done before its commit; updates are committed in the order of `append`.
 * What breaks: Postgres is away or refuses a statement.
 * How it recovers: the same rows again with growing pauses; a statement that was committed though its answer was lost writes its rows
 * twice, which merging ignores. What waits is bounded, and whoever is refused still has the text.
 */
export class UpdateLog {
  #waiting: Waiting[] = [];
  #bytes = 0;
  #cancel: (() => void) | null = null;
  #writing: Promise<void> | null = null;
  #failures = 0;
  #stopped = false;

  constructor(private readonly parts: { readonly database: Database; readonly log: Log; readonly instance: string; readonly onDurable: (rooms: ReadonlySet<string>) => void }) {}

  append({ room, actor, upd }: NewUpdate, done: Logged): void {
    if (this.#stopped || this.#bytes + upd.length > WAITING_BYTES_MAX) return done(new CodedError("unavailable", "updates cannot be stored now"));
    this.#bytes += upd.length;
    this.#waiting.push({ room, actor, upd, done });
    this.#schedule(0);
  }

  /** Resolves when nothing waits, or rejects the rest after one last try. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#flush();
    for (let before = Infinity; this.#waiting.length > 0 && this.#waiting.length < before; ) {
      before = this.#waiting.length;
      await this.#flush();
    }
    this.#cancel?.();
    for (const update of this.#waiting.splice(0)) update.done(new CodedError("unavailable", "the server stops"));
  }

  #schedule(ms: number): void {
    if (this.#cancel || this.#writing) return;
    const flush = () => void this.#flush();
    if (ms > 0) {
      const timer = setTimeout(flush, ms);
      this.#cancel = () => clearTimeout(timer);
    } else {
      // Not a timer of no time: it would wake the process once more.
      const turn = setImmediate(flush);
      this.#cancel = () => clearImmediate(turn);
    }
  }

  #flush(): Promise<void> {
    this.#cancel?.();
    this.#cancel = null;
    this.#writing ??= this.#write().finally(() => {
      this.#writing = null;
      if (this.#waiting.length > 0 && !this.#stopped) this.#schedule(this.#failures > 0 ? Math.min(RETRY_MS_MAX, 50 * 2 ** this.#failures) : 0);
    });
    return this.#writing;
  }

  async #write(): Promise<void> {
    const batch = this.#waiting.slice(0, ROWS_PER_STATEMENT);
    this.#waiting = this.#waiting.slice(ROWS_PER_STATEMENT);
    try {
      await appendUpdates(this.parts.database.sql, this.parts.instance, batch);
    } catch (error) {
      this.#failures = Math.min(this.#failures + 1, 10);
      this.#waiting = [...batch, ...this.#waiting];
      this.parts.log.warn("collab.log_failed", { updates: batch.length, error });
      return;
    }
    this.#failures = 0;
    for (const update of batch) this.#bytes -= update.upd.length;
    for (const update of batch) update.done(null);
    this.parts.onDurable(new Set(batch.map((update) => update.room)));
  }
}
