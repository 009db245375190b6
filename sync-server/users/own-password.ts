import type { Clock } from "@mochila/shared/kernel/clock.ts";
import type { Database } from "../db/database.ts";
import { type BucketLimit, takeFromBucket } from "../http/rate-bucket.ts";
import type { Accounts } from "./accounts.ts";
import type { PersonRow } from "./people.ts";

/** Whoever stands before an open device is not always its person: so many tries. */
const OWN_PASSWORD: BucketLimit = { size: 5, refillMs: 60_000 / 5 };

/** Throws `too_many_requests`. */
export const mayTryPassword = ({ database, clock }: { database: Database; clock: Clock }, userId: string): Promise<void> =>
  takeFromBucket(database.sql, `own password ${userId}`, OWN_PASSWORD, clock.now());

/** Asks once more for the password of who is signed in, before what is not easily undone. Answers who they are. Throws `wrong_credentials`, `too_many_requests`. */
export type ProveOwnPassword = (userId: string, password: string) => Promise<PersonRow>;

export const makeProvePassword =
  (parts: { database: Database; clock: Clock; accounts: Pick<Accounts, "proved"> }): ProveOwnPassword =>
  async (userId, password) => {
    await mayTryPassword(parts, userId);
    return parts.accounts.proved(userId, password);
  };
