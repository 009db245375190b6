import type { Member } from "@mochila/shared/courses/member.ts";
import { personScope } from "@mochila/shared/access/scope.ts";
import type { ProfileChange } from "@mochila/shared/users/typed.ts";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import type * as z from "zod/mini";
import { type AuditActor, writeAudit } from "../audit/audit.ts";
import type { Database, Transaction } from "../db/database.ts";
import type { Hints } from "../sync/hints.ts";
import { readDocuments, writeDocuments } from "../sync/write-documents.ts";
import type { PersonRow } from "./people.ts";
import { checkTimeZone } from "./time-zone.ts";

interface Parts {
  readonly database: Database;
  readonly clock: Clock;
  readonly hints: Pick<Hints, "publish">;
}

/**
 * Changes a person's own name, language or time zone. A name is also what the others in their courses read, so those rows follow it, and another one stands in the log:
 * that it changed, not what it was, for what is in the chain cannot be erased (PERSON.md C4).
 */
export async function changeProfile({ database, clock, hints }: Parts, by: AuditActor & { readonly userId: string }, change: z.infer<typeof ProfileChange>): Promise<PersonRow | null> {
  if (change.timeZone) checkTimeZone(change.timeZone);
  const { userId } = by;
  const { person, scopes } = await database.transaction(async (transaction) => {
    const [before] = await transaction<{ name: string }[]>`select name from person where id = ${userId} for update`;
    if (before && change.name !== undefined && change.name !== before.name) {
      await writeAudit(transaction, { clock }, { by, action: "person.change", object: { kind: "person", id: userId }, details: { field: "name" } });
    }
    const [row] = await transaction<PersonRow[]>`
      update person set name = coalesce(${change.name ?? null}, name), language = coalesce(${change.language ?? null}, language),
        time_zone = case when ${change.timeZone !== undefined} then ${change.timeZone ?? null} else time_zone end
      where id = ${userId} returning *`;
    return { person: row ?? null, scopes: row && change.name !== undefined ? await showInCourses(transaction, row) : [] };
  });
  hints.publish(scopes);
  return person;
}

/** A name as staff change it. Returns the scopes to publish after the commit. */
export async function changeName(transaction: Transaction, id: string, name: string): Promise<readonly string[]> {
  const [row] = await transaction<PersonRow[]>`update person set name = ${name} where id = ${id} returning *`;
  return row ? showInCourses(transaction, row) : [];
}

/** The picture that stands from now on; null: none. Returns the scopes to publish after the commit. */
export async function changePicture(transaction: Transaction, userId: string, picture: { readonly id: string; readonly hash: Uint8Array; readonly type: string } | null): Promise<readonly string[]> {
  const [row] = await transaction<PersonRow[]>`
    update person set picture_id = ${picture?.id ?? null}, picture_hash = ${picture ? Buffer.from(picture.hash) : null}, picture_type = ${picture?.type ?? null}
    where id = ${userId} returning *`;
  return row ? [...(await showInCourses(transaction, row)), personScope(userId)] : [];
}

/** What the others see of a person, in all their courses at once. */
async function showInCourses(transaction: Transaction, { id, name, picture_id: picture }: PersonRow): Promise<readonly string[]> {
  const rows = await transaction<{ id: string }[]>`select id from doc_members where owner_id = ${id} and not deleted order by id for update`;
  const members = (await readDocuments(transaction, "members", rows.map((row) => row.id))) as Map<string, Member>;
  return writeDocuments(transaction, [...members.values()].map((member) => ({ collection: "members", document: { ...member, name, picture: picture ?? undefined } })));
}
