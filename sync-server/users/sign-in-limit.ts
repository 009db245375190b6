import { createHash } from "node:crypto";
import { CodedError } from "@mochila/shared/errors.ts";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import type { Database, Sql, Transaction } from "../db/database.ts";
import { type BucketLimit, giveBack, takeFromBucket } from "../http/rate-bucket.ts";

/** Slips of the finger are free; after that each wrong try costs more, up to a minute. Never a lock: that would lock out the owner. */
const FREE_TRIES = 5;
const DELAY_MS_MAX = 60_000;
/** Without a wrong try for so long, all is forgotten. */
const FORGOTTEN_MS = 15 * 60_000;
/**
 * Wrong tries of a network, over any accounts: so many at once, then one each 1.2 s. A whole school sits behind one address, so that
 * somebody's guessing must cost the others seconds.
 */
const OF_NETWORK: BucketLimit = { size: 50, refillMs: 1_200 };
/** Wrong tries of everybody: below what two cores can hash, so that guessing from a thousand networks leaves room for those who know their password. */
const OF_ALL: BucketLimit = { size: 2_000, refillMs: 100 };
const ALL = "sign-in all";

interface Attempt {
  /** What is guessed at: the password of an e-mail, whether it has an account or not; the code of a person. */
  readonly target: string;
  readonly network: string;
  /** The session of this same account that the browser had before; null: none. */
  readonly ownSession: string | null;
}

export interface Attempted {
  /** How many tries in a row are counted now, this one included. */
  readonly tries: number;
  /** It was right: all is given back. */
  right(): Promise<void>;
  /** Nobody could look at it: this one is given back, and those before it stay counted. */
  unlooked(): Promise<void>;
}

const hashOf = (name: string): Buffer => createHash("sha256").update(name).digest();

/**
 * Duty: slow down guessing of passwords and codes, per target, per network and over all, before anything is hashed.
 * Invariant: a try is counted before its outcome is known, in PostgreSQL, so that many at once cannot slip through, on whichever instance; what is refused is
 * not counted. A right one is given back. A browser that was signed in as this person before has a count of its own: strangers' guesses do not keep the owner
 * waiting, and whoever stole the browser's cookie waits like any other.
 */
export class SignInLimit {
  readonly #database: Database;
  readonly #clock: Clock;

  constructor({ database, clock }: { database: Database; clock: Clock }) {
    this.#database = database;
    this.#clock = clock;
  }

  /** Throws `too_many_requests`. */
  async begin({ target, network, ownSession }: Attempt): Promise<Attempted> {
    const now = this.#clock.now();
    const key = hashOf(ownSession === null ? `target ${target}` : `session ${ownSession}`);
    const buckets = ownSession === null ? ([[`sign-in network ${network}`, OF_NETWORK], [ALL, OF_ALL]] as const) : [];
    // One transaction: what one of them refuses, none has counted. Always in this order, the busiest row last.
    const tries = await this.#database.transaction(async (transaction) => {
      const counted = await count(transaction, key, now);
      for (const [name, limit] of buckets) await takeFromBucket(transaction, name, limit, now);
      return counted;
    });
    const { sql } = this.#database;
    const giveAllBack = async () => {
      for (const [name, limit] of buckets) await giveBack(sql, name, limit);
    };
    return {
      tries,
      right: async () => {
        await sql`delete from sign_in_tries where key = ${key}`;
        await giveAllBack();
      },
      unlooked: async () => {
        // It was open when this try came; where others were counted since, theirs is the wait.
        await sql`update sign_in_tries set wrong = greatest(wrong - 1, 0), open_at = case when wrong = ${tries} then least(open_at, at) else open_at end where key = ${key}`;
        await giveAllBack();
      },
    };
  }
}

/**
 * One more try of a key, if it is open. One statement, so that of many at once each sees the one before. A clock that was set back must lock nobody out: a time
 * further away than the longest wait is none. Instances may be a minute apart: while tries are free no time is looked at, or of two devices that come in at once
 * the one whose clock was read first and whose statement came second would be told to wait.
 */
async function count(sql: Sql | Transaction, key: Buffer, now: number): Promise<number> {
  const at = new Date(now);
  const next = sql`case when tries.at > ${new Date(now - FORGOTTEN_MS)} then tries.wrong + 1 else 1 end`;
  const delay = sql`case when ${next} < ${FREE_TRIES} then 0 else least(${DELAY_MS_MAX}, 1000 * 2 ^ least(${next} - ${FREE_TRIES}, 10)) end * interval '1 millisecond'`;
  const [counted] = await sql<{ wrong: number }[]>`
    insert into sign_in_tries as tries (key, wrong, at, open_at) values (${key}, 1, ${at}, ${at})
    on conflict (key) do update set wrong = ${next}, at = ${at}, open_at = ${at}::timestamptz + ${delay}
    where tries.open_at <= ${at} or tries.wrong < ${FREE_TRIES} or tries.open_at > ${new Date(now + 2 * DELAY_MS_MAX)}
    returning wrong`;
  if (counted) return counted.wrong;
  const [row] = await sql<{ open_at: Date }[]>`select open_at from sign_in_tries where key = ${key}`;
  const waitMs = (row?.open_at.getTime() ?? now) - now;
  throw new CodedError("too_many_requests", "Too many tries; wait a little.", { retryAfterMs: Math.max(1, waitMs) });
}

export const sweepTries = (sql: Sql, now: number) => sql`delete from sign_in_tries where at < ${new Date(now - FORGOTTEN_MS)} and open_at < ${new Date(now)}`;
