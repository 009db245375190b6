import { createHmac } from "node:crypto";
import type { Random } from "@mochila/shared/kernel/random.ts";
import type { Sql, Transaction } from "../../db/database.ts";

const CODES = 10;
/** 80 bits in 16 signs: too many to guess from a copy of the database. */
const CODE_BYTES = 10;
/** Without signs that look alike (Crockford); what looks alike is read as what it was meant to be. */
const SIGNS = "0123456789abcdefghjkmnpqrstvwxyz";

function newCode(random: Random): string {
  const bits = [...random.bytes(CODE_BYTES)].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  const signs = (bits.match(/.{5}/g) ?? []).map((group) => SIGNS[Number.parseInt(group, 2)]).join("");
  return (signs.match(/.{4}/g) ?? []).join("-");
}

/** As it was meant: capitals, blanks and hyphens do not count. */
const normalCode = (typed: string): string => typed.toLowerCase().replaceAll(/[^0-9a-z]/g, "").replaceAll("o", "0").replaceAll(/[il]/g, "1");

export const hasCodeForm = (typed: string): boolean => normalCode(typed).length === (CODE_BYTES * 8) / 5;

const hashOf = (code: string, { personId, secret }: { personId: string; secret: Uint8Array }): Buffer =>
  createHmac("sha256", secret).update(`${personId}\0${normalCode(code)}`).digest();

/** Makes ten; earlier ones open nothing any more. */
export async function replaceCodes(transaction: Transaction, { personId, secret, random }: { personId: string; secret: Uint8Array; random: Random }): Promise<string[]> {
  const codes = Array.from({ length: CODES }, () => newCode(random));
  await transaction`delete from recovery_code where person_id = ${personId}`;
  await transaction`insert into recovery_code ${transaction(codes.map((code) => ({ person_id: personId, hash: hashOf(code, { personId, secret }) })))}`;
  return codes;
}

/** Uses a code up; of two at once one wins. */
export async function useRecoveryCode(sql: Sql, { personId, secret, code, now }: { personId: string; secret: Uint8Array; code: string; now: number }): Promise<boolean> {
  const used = await sql`update recovery_code set used_at = ${new Date(now)} where person_id = ${personId} and hash = ${hashOf(code, { personId, secret })} and used_at is null returning 1`;
  return used.length > 0;
}

export async function countCodes(sql: Sql, personId: string): Promise<number> {
  const [row] = await sql<{ count: number }[]>`select count(*)::int as count from recovery_code where person_id = ${personId} and used_at is null`;
  return row?.count ?? 0;
}
