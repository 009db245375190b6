import type { FactorLine, SecondFactorMethod } from "@mochila/shared/users/second-factor.ts";
import { assert } from "@mochila/shared/kernel/assert.ts";
import type { Sql, Transaction } from "../../db/database.ts";
import { countCodes } from "./recovery-codes.ts";

export interface AppRow {
  readonly id: string;
  readonly sealed_secret: Buffer;
  readonly last_step: string;
}

export interface PasskeyRow {
  readonly id: string;
  readonly person_id: string;
  readonly credential_id: string;
  readonly public_key: Buffer;
  readonly counter: string;
  readonly transports: string[];
}

interface LineRow {
  readonly id: string;
  readonly kind: "totp" | "passkey";
  readonly name: string;
  readonly created_at: Date;
  readonly used_at: Date | null;
}

/** More than anybody carries. */
export const FACTORS_MAX = 10;

export async function listFactors(sql: Sql, personId: string): Promise<FactorLine[]> {
  const rows = await sql<LineRow[]>`select id, kind, name, created_at, used_at from second_factor where person_id = ${personId} order by created_at, id`;
  return rows.map(({ id, kind, name, created_at: added, used_at: used }) => ({ id, kind, name, addedAt: added.getTime(), usedAt: used?.getTime() ?? null }));
}

export const appsOf = (sql: Sql, personId: string) => sql<AppRow[]>`select id, sealed_secret, last_step from second_factor where person_id = ${personId} and kind = 'totp'`;
export const passkeysOf = (sql: Sql, personId: string) => sql<PasskeyRow[]>`select id, person_id, credential_id, public_key, counter, transports from second_factor where person_id = ${personId} and kind = 'passkey'`;

export async function passkeyByCredential(sql: Sql, credentialId: string): Promise<PasskeyRow | null> {
  const [row] = await sql<PasskeyRow[]>`select id, person_id, credential_id, public_key, counter, transports from second_factor where credential_id = ${credentialId}`;
  return row ?? null;
}

/** How this person can do a second step; none: nothing is asked of them. */
export async function methodsOf(sql: Sql, personId: string): Promise<SecondFactorMethod[]> {
  const kinds = await sql<{ kind: "totp" | "passkey" }[]>`select distinct kind from second_factor where person_id = ${personId} order by kind desc`;
  if (kinds.length === 0) return [];
  const codes = await countCodes(sql, personId);
  return [...kinds.map(({ kind }) => kind), ...(codes > 0 ? (["recovery"] as const) : [])];
}

/** Locks the person: of two changes of their factors at once the second sees what the first left. */
export async function countFactorsLocked(transaction: Transaction, personId: string): Promise<number> {
  await transaction`select 1 from person where id = ${personId} for update`;
  const [row] = await transaction<{ count: number }[]>`select count(*)::int as count from second_factor where person_id = ${personId}`;
  assert(row, "a count is a row");
  return row.count;
}
