import type { Clock } from "@mochila/shared/kernel/clock.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import type { Language } from "@mochila/shared/kernel/schema.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import type { Sql, Transaction } from "../db/database.ts";
import { type Addressee, insertLinks, linkAddress, linkLife } from "./account-links.ts";
import { newToken } from "./secret-token.ts";

export interface InvitedPerson extends Addressee {
  readonly language: Language;
}

/** One a second: a mail server takes a thousand letters at once for an attack, and letters that somebody waits for go between them. */
const LETTER_EVERY_MS = 1_000;

/** When the next letter of a crowd may go: behind those that wait already. */
async function firstFree(sql: Sql, now: number): Promise<number> {
  const [row] = await sql<{ at: Date | null }[]>`select max(next_try_at) as at from mail where state = 'waiting' and letter = 'invitation' and tries = 0`;
  return Math.max(now, (row?.at?.getTime() ?? 0) + LETTER_EVERY_MS);
}

/** `Accounts.invite` for many whose accounts were just made, in a fixed number of statements; their letters leave one after the other. `by`: the name in the letter. */
export async function invitePeople(transaction: Transaction, { clock, random, origin }: { clock: Clock; random: Random; origin: string }, people: readonly InvitedPerson[], by: string): Promise<void> {
  if (people.length === 0) return;
  const now = clock.now();
  const first = await firstFree(transaction, now);
  const invited = people.map((person, index) => {
    const goesAt = first + index * LETTER_EVERY_MS;
    return { person, token: newToken(random), goesAt, expiresAt: goesAt + linkLife("invitation") };
  });
  await insertLinks(transaction, { clock }, "invitation", invited);
  const letters = invited.map(({ person, token, goesAt, expiresAt }) => ({
    id: newId({ clock, random }), recipient: person.email, person_id: person.id, language: person.language, goes_at: new Date(goesAt).toISOString(), ends_at: new Date(expiresAt).toISOString(),
    words: { name: person.name, address: linkAddress(origin, "invitation", token), about: by },
  }));
  await transaction`
    insert into mail (id, recipient, person_id, language, letter, words, created_at, useless_at, next_try_at)
    select id, recipient, person_id, language, 'invitation', words, ${new Date(now)}, ends_at, goes_at from jsonb_to_recordset(${transaction.json(letters)}) as row (id uuid, recipient text, person_id uuid, language text, goes_at timestamptz, ends_at timestamptz, words jsonb)`;
}
