import type { Sql } from "../db/database.ts";

/** Whoever comes later than that signs up anew. */
const KEPT_MS = 30 * 86_400_000;

/** Removes sign-ups that nobody has confirmed, once no link to them opens any more. */
export const sweepSignUps = (sql: Sql, now: number) => sql`
  delete from person where email_verified_at is null and state = 'active' and created_at < ${new Date(now - KEPT_MS)}
    and not exists (select 1 from account_link as link where link.person_id = person.id and link.used_at is null and link.expires_at > ${new Date(now)})`;
