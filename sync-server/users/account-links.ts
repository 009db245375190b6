import { CodedError } from "@mochila/shared/errors.ts";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import type { Transaction } from "../db/database.ts";
import type { PersonRow } from "./people.ts";
import { hashToken, newToken } from "./secret-token.ts";

export type LinkPurpose = "verify" | "reset" | "invitation" | "email";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** How long each link opens (SECURITY.md C.5; an invitation waits for people who look into their mail once a week). */
export const linkLifeMs: Readonly<Record<LinkPurpose, number>> = { verify: DAY_MS, reset: 30 * MINUTE_MS, invitation: 7 * DAY_MS, email: DAY_MS };

/** Behind the `#`: that part of an address reaches no server and no log. */
export const linkAddress = (origin: string, purpose: LinkPurpose, token: string): string => `${origin}/account#${purpose}=${token}`;

/** Makes a one-time link; earlier ones of the same purpose open nothing any more. */
export async function makeLink(
  transaction: Transaction,
  { clock, random }: { clock: Clock; random: Random },
  { person, purpose, email = person.email }: { person: Pick<PersonRow, "id" | "email" | "password_version">; purpose: LinkPurpose; email?: string },
): Promise<string> {
  const token = newToken(random);
  const now = clock.now();
  await transaction`delete from account_link where person_id = ${person.id} and purpose = ${purpose} and used_at is null`;
  await transaction`
    insert into account_link (hash, person_id, purpose, email, password_version, created_at, expires_at)
    values (${hashToken(token)}, ${person.id}, ${purpose}, ${email}, ${person.password_version}, ${new Date(now)}, ${new Date(now + linkLifeMs[purpose])})`;
  return token;
}

export interface UsedLink {
  readonly purpose: LinkPurpose;
  /** The e-mail that the letter went to. */
  readonly email: string;
  readonly person: PersonRow;
}

interface LinkRow extends PersonRow {
  readonly link_purpose: LinkPurpose;
  readonly link_email: string;
  readonly link_password_version: number;
  readonly expires_at: Date;
  readonly used_at: Date | null;
}

/**
 * Uses a link up, if it is one of these purposes and everything it was made for is still so. Of two at once the second waits and finds it used.
 * Throws `forbidden`, the same for a used, old, replaced or foreign one: the page says what to do next.
 */
export async function useLink(transaction: Transaction, clock: Clock, { token, purposes }: { token: string; purposes: readonly LinkPurpose[] }): Promise<UsedLink> {
  const refused = new CodedError("forbidden", "This link was used, is too old, or has been replaced by a newer one.");
  const hash = hashToken(token);
  if (!hash) throw refused;
  const [row] = await transaction<LinkRow[]>`
    select person.*, link.purpose as link_purpose, link.email as link_email, link.password_version as link_password_version, link.expires_at, link.used_at
    from account_link as link join person on person.id = link.person_id where link.hash = ${hash} for update`;
  const isTrue =
    row && purposes.includes(row.link_purpose) && row.used_at === null && row.expires_at.getTime() > clock.now() && row.state === "active" &&
    row.link_password_version === row.password_version && (row.link_purpose === "email" || row.link_email === row.email);
  if (!isTrue) throw refused;
  await transaction`update account_link set used_at = ${new Date(clock.now())} where hash = ${hash}`;
  return { purpose: row.link_purpose, email: row.link_email, person: row };
}
