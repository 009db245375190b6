import type { Clock } from "@mochila/shared/kernel/clock.ts";
import type { Database } from "../db/database.ts";
import type { Log } from "../log.ts";
import { WorkLoop } from "../work-loop.ts";
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
  readonly #loop: WorkLoop;

  constructor(parts: MailerParts) {
    this.#parts = parts;
    this.#loop = new WorkLoop({ name: "mail.queue", work: (ending) => this.sendDue(ending), lookMsMax: LOOK_MS_MAX, log: parts.log });
  }

  start(): void {
    this.#loop.start();
  }

  /** A letter was queued. */
  wake(): void {
    this.#loop.wake();
  }

  /** Waits for the letter under way. */
  async stop(): Promise<void> {
    await this.#loop.stop();
    this.#parts.mailbox.close();
  }

  /** Sends what is due, one letter after the other. Resolves with the milliseconds until the next look. */
  async sendDue(ending?: AbortSignal): Promise<number> {
    const { database: { sql }, clock } = this.#parts;
    for (;;) {
      const letter = ending?.aborted ? null : await takeLetter(sql, clock.now(), LEASE_MS);
      if (!letter) break;
      await this.#send(letter);
    }
    return ((await nextDue(sql)) ?? Infinity) - clock.now();
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
