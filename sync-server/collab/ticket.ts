import { createHash } from "node:crypto";
import type { Random } from "@mochila/shared/kernel/random.ts";
import { ROOM_TICKET_SECONDS } from "@mochila/shared/limits.ts";
import type { Sql } from "../db/database.ts";

/** Who a ticket lets in, and where. */
export interface TicketHolder {
  readonly userId: string;
  readonly sessionId: string;
  readonly room: string;
}

const TICKET_BYTES = 32;
const TICKET_PATTERN = /^[A-Za-z0-9_-]{43}$/;

const hashOf = (ticket: string): Buffer => createHash("sha256").update(ticket).digest();

/**
 * A ticket for one socket: it stands in an address, which is the one place where logs and screens may catch it, so it serves once, for
 * 30 seconds, for one person, session and room. Only its hash is kept.
 */
export async function issueTicket(sql: Sql, random: Random, holder: TicketHolder): Promise<string> {
  const ticket = Buffer.from(random.bytes(TICKET_BYTES)).toString("base64url");
  await sql`
    WITH swept AS (DELETE FROM collab_ticket WHERE expires_at < now() - interval '1 minute')
    INSERT INTO collab_ticket (hash, user_id, session_id, room, expires_at)
    VALUES (${hashOf(ticket)}, ${holder.userId}, ${holder.sessionId}, ${holder.room}, now() + make_interval(secs => ${ROOM_TICKET_SECONDS}))`;
  return ticket;
}

/** Takes a ticket: whoever held it, or null. It is spent even if it is late or shown at another room. */
export async function takeTicket(sql: Sql, { ticket, room }: { ticket: string; room: string }): Promise<TicketHolder | null> {
  if (!TICKET_PATTERN.test(ticket)) return null;
  const [row] = await sql<{ userId: string; sessionId: string; room: string; fresh: boolean }[]>`
    DELETE FROM collab_ticket WHERE hash = ${hashOf(ticket)}
    RETURNING user_id AS "userId", session_id AS "sessionId", room, expires_at > now() AS fresh`;
  return row?.fresh && row.room === room ? { userId: row.userId, sessionId: row.sessionId, room } : null;
}
