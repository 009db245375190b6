import { setTimeout as pause } from "node:timers/promises";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import type { Database } from "../db/database.ts";
import type { Log } from "../log.ts";
import { writeLetter } from "./letters.ts";
import { LetterRefused, type Mailbox } from "./mailbox.ts";
import { nextDue, noteFailed, noteRefused, noteSent, takeLetter, type WaitingLetter } from "./mail-queue.ts";

/** Longer than a mail server may take for one letter. */
const LEASE_MS = 120_000;
const RETRY_MS = { first: 30_000, max: 30 * 60_000 };
/** Another instance may have queued something. */
const LOOK_MS_MAX = 15_000;

export interface MailerParts {
  readonly database: Database;
  readonly mailbox: Mailbox;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Duty: every queued letter leaves, or ends with a reason. No request ever waits for a mail server.
 * Invariant: a letter is taken for a time before it is sent and noted after: whoever dies in between leaves it to be sent again, under the same Message-ID.
 * Breaks: the mail server is away or refuses us. It tries again, less and less often, until the letter's link opens nothing any more.
 */
export class Mailer {
  readonly #parts: MailerParts;
  readonly #ending = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #woken = new AbortController();

  constructor(parts: MailerParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** A letter was queued. */
  wake(): void {
    this.#woken.abort();
  }

  /** Waits for the letter under way. */
  async stop(): Promise<void> {
    this.#ending.abort();
    this.#woken.abort();
    await this.#running;
    this.#parts.mailbox.close();
  }

  async #run(): Promise<void> {
    while (!this.#ending.signal.aborted) {
      this.#woken = new AbortController();
      // Whoever called between the look and this line is seen by the look that follows.
      const left = await this.sendDue().catch((error: unknown) => {
        this.#parts.log.warn("mail.queue.failed", { error });
        return LOOK_MS_MAX;
      });
      if (!this.#ending.signal.aborted) await pause(left, undefined, { signal: this.#woken.signal, ref: false }).catch(() => undefined);
    }
  }

  /** Sends what is due, one letter after the other. Resolves with the milliseconds until the next look. */
  async sendDue(): Promise<number> {
    const { database: { sql }, clock } = this.#parts;
    while (!this.#ending.signal.aborted) {
      const letter = await takeLetter(sql, clock.now(), LEASE_MS);
      if (!letter) break;
      await this.#send(letter);
    }
    const due = await nextDue(sql);
    return Math.max(0, Math.min(LOOK_MS_MAX, (due ?? Infinity) - clock.now()));
  }

  async #send({ id, recipient, language, letter, words, tries }: WaitingLetter): Promise<void> {
    const { database: { sql }, mailbox, clock, log } = this.#parts;
    try {
      await mailbox.send({ id, recipient, ...writeLetter(letter, language, words) });
      await noteSent(sql, id, clock.now());
    } catch (error) {
      const problem = problemOf(error);
      // Who is written to stays out of the log.
      log.warn("mail.not_sent", { id, letter, tries, problem });
      if (error instanceof LetterRefused) await noteRefused(sql, id, clock.now(), problem);
      else await noteFailed(sql, id, { at: clock.now() + Math.min(RETRY_MS.max, RETRY_MS.first * 2 ** (tries - 1)), problem });
    }
  }
}

/** A code or a class, never a sentence of the other side: it may hold the address. */
function problemOf(error: unknown): string {
  const { code, responseCode } = error as { code?: unknown; responseCode?: unknown };
  const parts = [typeof code === "string" ? code : error instanceof Error ? error.name : "unknown", ...(typeof responseCode === "number" ? [String(responseCode)] : [])];
  return parts.join(" ");
}
