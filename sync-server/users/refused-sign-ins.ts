import { CodedError } from "@mochila/shared/errors.ts";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import { writeAudit } from "../audit/audit.ts";
import type { Database } from "../db/database.ts";
import { type BucketLimit, takeFromBucket } from "../http/rate-bucket.ts";

/** What a flood writes: so many at once, then six a minute; the rest is a number in the next entry. */
const ENTRIES: BucketLimit = { size: 100, refillMs: 10_000 };
/** The key of what was not written, in the table of tries: no hash has this form by chance. */
const UNLISTED = Buffer.alloc(32);

interface Refused {
  /** Null: nobody has this e-mail. Which one was typed is not kept: people type their password there. */
  readonly personId: string | null;
  readonly network: string;
  /** How many in a row. */
  readonly tries: number;
  readonly what: "password" | "suspended" | "code";
}

/** Duty: refused sign-ins stand in the audit log. Invariant: a flood makes it grow slowly: the 1st, 2nd, 4th, 8th … in a row is written, and few of many rows. */
export class RefusedSignIns {
  readonly #parts: { readonly database: Database; readonly clock: Clock };

  constructor(parts: { database: Database; clock: Clock }) {
    this.#parts = parts;
  }

  async note({ personId, network, tries, what }: Refused): Promise<void> {
    const { database, clock } = this.#parts;
    if ((tries & (tries - 1)) !== 0) return;
    const now = clock.now();
    const listed = await takeFromBucket(database.sql, "sign-in refused entries", ENTRIES, now).then(
      () => true,
      (error: unknown) => {
        if (error instanceof CodedError && error.code === "too_many_requests") return false;
        throw error;
      },
    );
    if (!listed) {
      await database.sql`
        insert into sign_in_tries as tries (key, wrong, at, open_at) values (${UNLISTED}, 1, ${new Date(now)}, 'infinity') on conflict (key) do update set wrong = tries.wrong + 1, at = excluded.at`;
      return;
    }
    await database.transaction(async (transaction) => {
      const [more] = await transaction<{ wrong: number }[]>`delete from sign_in_tries where key = ${UNLISTED} returning wrong`;
      const object = personId === null ? { kind: "network", id: network } : { kind: "person", id: personId };
      await writeAudit(transaction, { clock }, { by: { userId: null, network }, action: "sign-in.refused", object, details: { what, tries, unlisted: more?.wrong ?? 0 } });
    });
  }
}
