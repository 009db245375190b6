import type { Transaction } from "../db/database.ts";

/** Any constant: the class of these advisory locks. The second number is a hash of the person; a collision only makes someone wait. */
const RIGHTS_LOCK = 7_204;

/**
 * For who acts on a person's rights: an expression of a statement after which, until the end of the transaction, they do not get less. Read the
 * rights in a later statement: one that waited for a lock still sees what was before.
 */
export const shareRights = (transaction: Transaction, userId: string) => transaction`pg_advisory_xact_lock_shared(${RIGHTS_LOCK}, hashtext(${userId}::text))`;

/** For who takes rights away: until the end of the transaction nobody acts on them. In one order whoever asks, so that two who ask do not wait for each other. */
export async function lockRights(transaction: Transaction, userIds: readonly string[]): Promise<void> {
  await transaction`
    select pg_advisory_xact_lock(${RIGHTS_LOCK}, key) from (select distinct hashtext(id) as key from unnest(${[...userIds]}::text[]) as id order by key) as keys`;
}
