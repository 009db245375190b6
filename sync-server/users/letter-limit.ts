import { CodedError } from "@mochila/shared/errors.ts";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import type { Database } from "../db/database.ts";
import { type BucketLimit, leaseFromBucket } from "../http/rate-bucket.ts";
import type { Taken } from "../http/rate-limit.ts";

const HOUR_MS = 3_600_000;
/** To one address: three an hour, whoever asks and by whichever way (SECURITY.md C.5). */
const LETTERS: BucketLimit = { size: 3, refillMs: HOUR_MS / 3 };

interface Parts {
  readonly database: Database;
  readonly clock: Clock;
}

/** Whether a letter may go to this address now; it is counted. */
export const takeLetter = ({ database, clock }: Parts, email: string): Promise<Taken> => leaseFromBucket(database.sql, `letters ${email}`, LETTERS, { count: 1, now: clock.now() });

/** As `takeLetter`, for who asks by the address alone. Throws `too_many_requests`. */
export async function mayAskForLetter(parts: Parts, email: string): Promise<void> {
  const { allowed, retryAfterMs } = await takeLetter(parts, email);
  if (!allowed) throw new CodedError("too_many_requests", "Too many tries; wait a little.", { retryAfterMs });
}
