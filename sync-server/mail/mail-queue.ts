import type { Clock } from "@mochila/shared/kernel/clock.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import type { Language } from "@mochila/shared/kernel/schema.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import type { Sql, Transaction } from "../db/database.ts";
import type { LetterName, LetterWords } from "./letters.ts";

export interface NewLetter {
  readonly recipient: string;
  readonly language: Language;
  readonly letter: LetterName;
  readonly words: LetterWords;
  /** Milliseconds after which its link opens nothing. */
  readonly usefulMs: number;
}

/** Puts a letter into the queue, in the transaction of what it tells of. */
export async function enqueueLetter(transaction: Transaction, { clock, random }: { clock: Clock; random: Random }, { recipient, language, letter, words, usefulMs }: NewLetter): Promise<string> {
  const id = newId({ clock, random });
  const now = clock.now();
  await transaction`
    insert into mail (id, recipient, person_id, language, letter, words, created_at, useless_at, next_try_at)
    values (${id}, ${recipient}, (select id from person where email = ${recipient}), ${language}, ${letter}, ${transaction.json(words as never)}, ${new Date(now)}, ${new Date(now + usefulMs)}, ${new Date(now)})`;
  return id;
}

export interface WaitingLetter {
  readonly id: string;
  readonly recipient: string;
  readonly language: Language;
  readonly letter: LetterName;
  readonly words: LetterWords;
  readonly tries: number;
}

/**
 * Takes the letter that has waited longest, for `leaseMs`: who dies while sending leaves it to the next. Null: none is due. Letters whose links open nothing
 * any more are given up on the way.
 */
export async function takeLetter(sql: Sql, now: number, leaseMs: number): Promise<WaitingLetter | null> {
  const at = new Date(now);
  await sql`update mail set state = 'given-up', ended_at = ${at}, words = null, problem = coalesce(problem, 'too late') where state = 'waiting' and next_try_at <= ${at} and useless_at <= ${at}`;
  const [row] = await sql<WaitingLetter[]>`
    update mail set tries = tries + 1, next_try_at = ${new Date(now + leaseMs)}
    where id = (select id from mail where state = 'waiting' and next_try_at <= ${at} order by next_try_at limit 1 for update skip locked)
    returning id, recipient, language, letter, words, tries`;
  return row ?? null;
}

export const noteSent = (sql: Sql, id: string, now: number) => sql`update mail set state = 'sent', ended_at = ${new Date(now)}, words = null, problem = null where id = ${id}`;

export const noteRefused = (sql: Sql, id: string, now: number, problem: string) =>
  sql`update mail set state = 'refused', ended_at = ${new Date(now)}, words = null, problem = ${problem} where id = ${id}`;

/** Not later than it is of use: then it is looked at once more, and given up. */
export const noteFailed = (sql: Sql, id: string, next: { at: number; problem: string }) =>
  sql`update mail set next_try_at = least(${new Date(next.at)}, useless_at), problem = ${next.problem} where id = ${id} and state = 'waiting'`;

/** When the next letter is due, milliseconds since 1970; null: none waits. */
export async function nextDue(sql: Sql): Promise<number | null> {
  const [row] = await sql<{ at: Date | null }[]>`select min(next_try_at) as at from mail where state = 'waiting'`;
  return row?.at?.getTime() ?? null;
}

/** Addresses are personal data: what ended so long ago goes. */
const KEPT_MS = 30 * 24 * 3_600_000;

export const sweepMail = (sql: Sql, now: number) => sql`delete from mail where state <> 'waiting' and ended_at < ${new Date(now - KEPT_MS)}`;
