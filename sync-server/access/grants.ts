import { personScope, type Scope } from "@mochila/shared/access/scope.ts";
import type { Transaction } from "../db/database.ts";
import { lockRights } from "./lock-rights.ts";
import { ensureScopes } from "../sync/feed-entries.ts";

/**
 * Grants are facts of the server: what a pull sends and removes comes from here alone. Each function returns the scopes to publish
 * as hints after the commit, so that the person's open streams and sockets notice at once.
 */

/** From the next pull on the person receives these scopes, old documents included. Granting again what is held changes nothing. */
export const grantScopes = (transaction: Transaction, userId: string, scopes: readonly Scope[]): Promise<readonly Scope[]> => grantToAll(transaction, [userId], scopes);

/** A person, and what they receive or receive no more. */
export interface Grant {
  readonly userId: string;
  readonly scope: Scope;
}

const everyPair = (userIds: readonly string[], scopes: readonly Scope[]): Grant[] => userIds.flatMap((userId) => scopes.map((scope) => ({ userId, scope })));
const peopleOf = (grants: readonly Grant[]): string[] => [...new Set(grants.map(({ userId }) => userId))];

/** `grantScopes` for many people. */
export const grantToAll = (transaction: Transaction, userIds: readonly string[], scopes: readonly Scope[]): Promise<readonly Scope[]> => grantEach(transaction, everyPair(userIds, scopes));

/** `grantScopes` for many people, to each something else. */
export async function grantEach(transaction: Transaction, grants: readonly Grant[]): Promise<readonly Scope[]> {
  if (grants.length === 0) return [];
  await ensureScopes(transaction, grants.map(({ scope }) => scope));
  await transaction`
    insert into user_scope (user_id, scope_id)
    select distinct person_id, scope.id from unnest(${grants.map(({ userId }) => userId)}::uuid[], ${grants.map(({ scope }) => scope)}::text[]) as pair (person_id, name)
      join scope on scope.name = pair.name order by person_id, scope.id
    on conflict (user_id, scope_id) do update set from_xid = excluded.from_xid, to_xid = null where user_scope.to_xid is not null`;
  return peopleOf(grants).map(personScope);
}

/**
 * From the next pull on the person's devices are told to remove what only these scopes gave.
 * Waits for pushes of this person that are under way, and bounds the loss by the newest transaction that ended, not by its own number:
 * (1) this transaction gets a number, (2) a push that still saw the grant gets a higher one and commits a new document, (3) this one
 * commits. By number the document would have come after the loss, and would stay on the device for ever.
 */
export const revokeScopes = (transaction: Transaction, userId: string, scopes: readonly Scope[]): Promise<readonly Scope[]> => revokeFromAll(transaction, [userId], scopes);

/** `revokeScopes` for many people. */
export const revokeFromAll = (transaction: Transaction, userIds: readonly string[], scopes: readonly Scope[]): Promise<readonly Scope[]> => revokeEach(transaction, everyPair(userIds, scopes));

/** `revokeScopes` for many people, from each something else. */
export async function revokeEach(transaction: Transaction, grants: readonly Grant[]): Promise<readonly Scope[]> {
  if (grants.length === 0) return [];
  const userIds = peopleOf(grants);
  await lockRights(transaction, userIds);
  await transaction`
    update user_scope set to_xid = greatest(pg_current_xact_id(), (pg_snapshot_xmax(pg_current_snapshot())::text::bigint - 1)::text::xid8)
    from unnest(${grants.map(({ userId }) => userId)}::uuid[], ${grants.map(({ scope }) => scope)}::text[]) as pair (person_id, name) join scope on scope.name = pair.name
    where scope.id = user_scope.scope_id and user_scope.user_id = pair.person_id and to_xid is null`;
  return userIds.map(personScope);
}

/** What everybody holds: their own documents and what is for all. Called when a person is made; harmless again. */
export const ensurePersonScopes = (transaction: Transaction, userId: string): Promise<readonly Scope[]> =>
  grantScopes(transaction, userId, [personScope(userId), "all"]);
