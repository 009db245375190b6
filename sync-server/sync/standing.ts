import type { Actor } from "@mochila/shared/access/actor.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import { actorColumns, type ActorRow, actorTables, toActor } from "../access/actor.ts";
import type { Sql } from "../db/database.ts";

/** The same for one sign-in: throws `session_ended` also when that session is over. */
export async function heldInSession(sql: Sql, { userId, sessionId }: { userId: string; sessionId: string }): Promise<Set<string>> {
  const [open] = await sql`select 1 from open_session where id = ${sessionId}::uuid and person_id = ${userId}::uuid`;
  if (!open) throw new CodedError("session_ended", "This session has ended; sign in again.");
  return heldScopes(sql, userId);
}

/**
 * The scopes that a person holds now. Throws `session_ended` for someone who is suspended or gone: their devices keep what they
 * have and get nothing.
 */
async function heldScopes(sql: Sql, userId: string): Promise<Set<string>> {
  const rows = await sql<{ state: string; name: string | null }[]>`
    select person.state, scope.name from person
    left join user_scope on user_scope.user_id = person.id and user_scope.to_xid is null
    left join scope on scope.id = user_scope.scope_id
    where person.id = ${userId}::uuid`;
  if (rows[0]?.state !== "active") throw new CodedError("session_ended", "This account is not active.");
  return new Set(rows.flatMap(({ name }) => (name === null ? [] : [name])));
}

interface RightsRow extends ActorRow {
  readonly held: string[];
}

/** Who acts, and the names of the scopes that they hold, in one look. Throws `session_ended` as `heldScopes` does. */
export async function loadRights(sql: Sql, userId: string): Promise<{ actor: Actor; held: ReadonlySet<string> }> {
  const rows = await sql<RightsRow[]>`
    select ${actorColumns(sql)},
      array(select scope.name from user_scope join scope on scope.id = user_scope.scope_id where user_scope.user_id = person.id and user_scope.to_xid is null) as held
    from ${actorTables(sql)} where person.id = ${userId}::uuid`;
  const [first] = rows;
  if (first?.state !== "active") throw new CodedError("session_ended", "This account is not active.");
  return { actor: toActor(userId, rows), held: new Set(first.held) };
}
