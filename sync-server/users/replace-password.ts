import { CodedError } from "@mochila/shared/errors.ts";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import type { Language } from "@mochila/shared/kernel/schema.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import type { Transaction } from "../db/database.ts";
import { enqueueLetter } from "../mail/mail-queue.ts";
import { greetedAs, type PersonRow } from "./people.ts";
import { endAllSessions } from "./session-list.ts";

interface Parts {
  readonly clock: Clock;
  readonly random: Random;
  /** Where links lead. */
  readonly origin: string;
}

/** A letter that only tells something. */
const NEWS_MS = 3 * 24 * 3_600_000;

/**
 * The one place where a password takes the place of another: its count ends every link that was made for the one before (U2), every session ends but `keep`,
 * and a letter tells of it (U4). `person`: as they were when they proved who they are; of two at once the second has proved nothing any more. Throws `wrong_credentials`.
 */
export async function replacePassword(transaction: Transaction, { clock, random, origin }: Parts, { person, passwordHash, keep }: { person: PersonRow; passwordHash: string; keep: string | null }): Promise<void> {
  const now = clock.now();
  const replaced = await transaction`update person set password_hash = ${passwordHash}, password_version = password_version + 1 where id = ${person.id} and password_version = ${person.password_version} returning 1`;
  if (replaced.length === 0) throw new CodedError("wrong_credentials", "Another password has taken its place meanwhile.");
  await endAllSessions(transaction, { userId: person.id, now, reason: "new password", keep });
  const words = { name: greetedAs(person), address: `${origin}/account#forgotten` };
  await enqueueLetter(transaction, { clock, random }, { recipient: person.email, language: person.language as Language, letter: "passwordChanged", words, usefulMs: NEWS_MS });
}
