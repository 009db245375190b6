import type { Clock } from "@mochila/shared/kernel/clock.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import type { Sql } from "../../db/database.ts";
import { hashToken, newToken } from "../secret-token.ts";

/** `app`: a key waits for its first code. `passkey`: one is made. `prove`: one is asked for. `sign-in`: one comes in the place of a password. */
type StepPurpose = "app" | "passkey" | "prove" | "sign-in";

/** How long a person takes to find their phone. */
const LIFE_MS = 10 * 60_000;
/** What is over is taken away by those who come after; so many each, so that nobody waits for it. */
const SWEPT_MAX = 20;

/** Who began it: a session, or a pending sign-in. Nobody else ends it. */
export interface StepHolder {
  readonly holder: string;
  readonly personId: string | null;
}

interface Parts {
  readonly clock: Clock;
  readonly random: Random;
}

/** Begins something that has two halves. Answers what names it. */
export async function beginStep(sql: Sql, { clock, random }: Parts, { purpose, holder, personId, sealed = null }: StepHolder & { purpose: StepPurpose; sealed?: Uint8Array | null }): Promise<string> {
  const token = newToken(random);
  const now = clock.now();
  await sql`delete from factor_step where hash in (select hash from factor_step where expires_at < ${new Date(now)} limit ${SWEPT_MAX} for update skip locked)`;
  await sql`
    insert into factor_step (hash, purpose, person_id, holder, sealed_secret, expires_at)
    values (${hashToken(token)}, ${purpose}, ${personId}, ${holder}, ${sealed && Buffer.from(sealed)}, ${new Date(now + LIFE_MS)})`;
  return token;
}

/** Ends it: once, by whom it was begun, for what it was begun. Null: there is none. */
export async function endStep(sql: Sql, { clock }: Pick<Parts, "clock">, { token, purpose, holder, personId }: StepHolder & { token: string; purpose: StepPurpose }): Promise<{ sealed: Buffer | null } | null> {
  const [row] = await sql<{ sealed: Buffer | null }[]>`
    delete from factor_step where hash = ${hashToken(token) ?? Buffer.alloc(0)} and purpose = ${purpose} and holder = ${holder} and person_id is not distinct from ${personId}
      and expires_at > ${new Date(clock.now())} returning sealed_secret as sealed`;
  return row ?? null;
}

/** The key of an app that waits for its first code; a slip of the finger does not end it. */
export async function peekStep(sql: Sql, { clock }: Pick<Parts, "clock">, { token, purpose, holder, personId }: StepHolder & { token: string; purpose: StepPurpose }): Promise<{ sealed: Buffer | null } | null> {
  const [row] = await sql<{ sealed: Buffer | null }[]>`
    select sealed_secret as sealed from factor_step where hash = ${hashToken(token) ?? Buffer.alloc(0)} and purpose = ${purpose} and holder = ${holder}
      and person_id is not distinct from ${personId} and expires_at > ${new Date(clock.now())}`;
  return row ?? null;
}
