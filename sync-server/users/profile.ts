import type { Member } from "@mochila/shared/courses/member.ts";
import type { ProfileChange } from "@mochila/shared/users/session.ts";
import type * as z from "zod/mini";
import type { Database, Transaction } from "../db/database.ts";
import type { Hints } from "../sync/hints.ts";
import { readDocuments, writeDocuments } from "../sync/write-documents.ts";
import type { PersonRow } from "./people.ts";

/** Changes a person's own name or language. A name is also what the others in their courses read, so those rows follow it. */
export async function changeProfile({ database, hints }: { database: Database; hints: Pick<Hints, "publish"> }, userId: string, change: z.infer<typeof ProfileChange>): Promise<PersonRow | null> {
  const { person, scopes } = await database.transaction(async (transaction) => {
    const [row] = await transaction<PersonRow[]>`
      update person set name = coalesce(${change.name ?? null}, name), language = coalesce(${change.language ?? null}, language)
      where id = ${userId} returning *`;
    return { person: row ?? null, scopes: row && change.name !== undefined ? await renameInCourses(transaction, row) : [] };
  });
  hints.publish(scopes);
  return person;
}

/** A name as staff change it. Returns the scopes to publish after the commit. */
export async function changeName(transaction: Transaction, id: string, name: string): Promise<readonly string[]> {
  const [row] = await transaction<PersonRow[]>`update person set name = ${name} where id = ${id} returning *`;
  return row ? renameInCourses(transaction, row) : [];
}

async function renameInCourses(transaction: Transaction, { id, name }: PersonRow): Promise<readonly string[]> {
  const rows = await transaction<{ id: string }[]>`select id from doc_members where owner_id = ${id} and not deleted order by id for update`;
  const members = (await readDocuments(transaction, "members", rows.map((row) => row.id))) as Map<string, Member>;
  return writeDocuments(transaction, [...members.values()].map((member) => ({ collection: "members", document: { ...member, name } })));
}
