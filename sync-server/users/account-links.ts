import { CodedError } from "@mochila/shared/errors.ts";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import type { Sql, Transaction } from "../db/database.ts";
import type { PersonRow } from "./people.ts";
import { hashToken, newToken } from "./secret-token.ts";

export const linkPurposes = ["verify", "reset", "invitation", "email"] as const;
export type LinkPurpose = (typeof linkPurposes)[number];

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** How long each link of a letter opens (SECURITY.md C.5; an invitation waits for people who look into their mail once a week). */
const linkLifeMs: Readonly<Record<LinkPurpose, number>> = { verify: DAY_MS, reset: 30 * MINUTE_MS, invitation: 7 * DAY_MS, email: DAY_MS };
/** Of a link to a new password that goes through hands: it is carried to its person (decision 0448). */
const HANDED_ON_RESET_MS = DAY_MS;

/** How long a link opens. `handedOn`: through hands, and not in a letter. */
export const linkLife = (purpose: LinkPurpose, handedOn = false): number => (handedOn && purpose === "reset" ? HANDED_ON_RESET_MS : linkLifeMs[purpose]);

/** Behind the `#`: that part of an address reaches no server and no log. */
export const linkAddress = (origin: string, purpose: LinkPurpose, token: string): string => `${origin}/account#${purpose}=${token}`;

/** What somebody chose in a sign-up. */
export interface SignedUp {
  readonly name: string;
  readonly passwordHash: string;
}

/**
 * Makes a one-time link; earlier ones of the same purpose open nothing any more. Those of sign-ups stand side by side until one is used: whoever signs up with
 * an e-mail after its owner must not end the owner's letter. So do one of a letter and one that staff hand on: anybody may ask for a letter with any e-mail.
 */
export async function makeLink(
  transaction: Transaction,
  { clock, random }: { clock: Clock; random: Random },
  { person, purpose, email = person.email, signedUp, handedOn = false }: { person: Pick<PersonRow, "id" | "email" | "password_version">; purpose: LinkPurpose; email?: string; signedUp?: SignedUp; handedOn?: boolean },
): Promise<string> {
  const token = newToken(random);
  const now = clock.now();
  if (!signedUp) await transaction`delete from account_link where person_id = ${person.id} and purpose = ${purpose} and handed_on = ${handedOn} and used_at is null`;
  await transaction`
    insert into account_link (hash, person_id, purpose, email, password_version, created_at, expires_at, sign_up, handed_on)
    values (${hashToken(token)}, ${person.id}, ${purpose}, ${email}, ${person.password_version}, ${new Date(now)}, ${new Date(now + linkLife(purpose, handedOn))}, ${signedUp ? transaction.json({ ...signedUp }) : null}, ${handedOn})`;
  return token;
}

/** Whom a link is for. */
export type Addressee = Pick<PersonRow, "id" | "email" | "name">;

/** Links of `makeLink` to many, in a fixed number of statements. `expiresAt`: milliseconds since 1970. */
export async function insertLinks(transaction: Transaction, { clock }: { clock: Clock }, purpose: LinkPurpose, links: readonly { readonly person: Addressee; readonly token: string; readonly expiresAt: number }[]): Promise<void> {
  await transaction`delete from account_link where person_id = any(${links.map(({ person }) => person.id)}::uuid[]) and purpose = ${purpose} and used_at is null`;
  const rows = links.map(({ person, token, expiresAt }) => ({ person: person.id, email: person.email, hash: hashToken(token)?.toString("hex") ?? "", ends: new Date(expiresAt).toISOString() }));
  await transaction`
    insert into account_link (hash, person_id, purpose, email, password_version, created_at, expires_at)
    select decode(hash, 'hex'), person, ${purpose}, email, (select password_version from person as known where known.id = row.person), ${new Date(clock.now())}::timestamptz, ends
    from jsonb_to_recordset(${transaction.json(rows)}) as row (person uuid, email text, hash text, ends timestamptz)`;
}

export interface UsedLink {
  readonly purpose: LinkPurpose;
  /** The e-mail that the letter went to. */
  readonly email: string;
  readonly person: PersonRow;
  /** Null: it came from no sign-up. */
  readonly signedUp: SignedUp | null;
}

interface LinkRow extends PersonRow {
  readonly link_purpose: LinkPurpose;
  readonly link_email: string;
  readonly link_password_version: number;
  readonly link_sign_up: SignedUp | null;
  readonly expires_at: Date;
  readonly used_at: Date | null;
}

interface Use {
  readonly token: string;
  readonly purposes: readonly LinkPurpose[];
}

const refusedLink = () => new CodedError("forbidden", "This link was used, is too old, or has been replaced by a newer one.");

/** Whether the link still opens what it was made for, without using it up: before what costs more than a look. Throws as `useLink` does. */
export async function checkLink(sql: Sql, clock: Clock, use: Use): Promise<UsedLink> {
  return toUsed((await findLink(sql, clock, use, false)).row);
}

/**
 * Uses a link up, if it is one of these purposes and everything it was made for is still so. Of two at once the second waits and finds it used.
 * Throws `forbidden`, the same for a used, old, replaced or foreign one: the page says what to do next.
 */
export async function useLink(transaction: Transaction, clock: Clock, use: Use): Promise<UsedLink> {
  const { row, hash } = await findLink(transaction, clock, use, true);
  await transaction`update account_link set used_at = ${new Date(clock.now())}, sign_up = null where hash = ${hash}`;
  return toUsed(row);
}

const toUsed = (row: LinkRow): UsedLink => ({ purpose: row.link_purpose, email: row.link_email, person: row, signedUp: row.link_sign_up });

async function findLink(sql: Sql, clock: Clock, { token, purposes }: Use, locked: boolean): Promise<{ row: LinkRow; hash: Uint8Array }> {
  const hash = hashToken(token);
  if (!hash) throw refusedLink();
  const [row] = await sql<LinkRow[]>`
    select person.*, link.purpose as link_purpose, link.email as link_email, link.password_version as link_password_version, link.sign_up as link_sign_up, link.expires_at, link.used_at
    from account_link as link join person on person.id = link.person_id where link.hash = ${hash} ${locked ? sql`for update` : sql``}`;
  const isTrue =
    row && purposes.includes(row.link_purpose) && row.used_at === null && row.expires_at.getTime() > clock.now() && row.state === "active" &&
    row.link_password_version === row.password_version && (row.link_purpose === "email" || row.link_email === row.email);
  if (!isTrue) throw refusedLink();
  return { row, hash };
}
