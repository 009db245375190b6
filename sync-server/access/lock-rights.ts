import type { Transaction } from "../db/database.ts";

/** Any constant: the class of these advisory locks. The second number is a hash of the person; a collision only makes someone wait. */
const RIGHTS_LOCK = 7_204;

/**
 * Until the end of the transaction a person's rights do not get less (`shared`, for who acts on them) or nobody acts on them
 * (`exclusive`, for who takes them away). Read the rights in a later statement: one that waited for a lock still sees what was before.
 */
export async function lockRights(transaction: Transaction, userId: string, mode: "shared" | "exclusive"): Promise<void> {
  if (mode === "shared") await transaction`select pg_advisory_xact_lock_shared(${RIGHTS_LOCK}, hashtext(${userId}::text))`;
  else await transaction`select pg_advisory_xact_lock(${RIGHTS_LOCK}, hashtext(${userId}::text))`;
}

/** `exclusive` for many people, in one order whoever asks, so that two who ask do not wait for each other. */
export async function lockRightsOfAll(transaction: Transaction, userIds: readonly string[]): Promise<void> {
  await transaction`
    select pg_advisory_xact_lock(${RIGHTS_LOCK}, key) from (select distinct hashtext(id) as key from unnest(${[...userIds]}::text[]) as id order by key) as keys`;
}
