import { personScope, type Scope } from "@mochila/shared/access/scope.ts";
import type { Member } from "@mochila/shared/courses/member.ts";
import { members } from "@mochila/shared/courses/member.ts";
import { drafts } from "@mochila/shared/drafts/schema.ts";
import { FORMER_MEMBER } from "@mochila/shared/users/former-member.ts";
import { lockRights } from "../access/lock-rights.ts";
import type { Transaction } from "../db/database.ts";
import { readDocuments, writeDocuments } from "../sync/write-documents.ts";
import type { PersonRow } from "../users/people.ts";

/** No e-mail: it has no @, so that nobody can type it anywhere. */
const noEmail = (id: string): string => `closed:${id}`;

/**
 * Erases who somebody was. What they did stays under an id that leads to nobody: progress, activity, what they wrote into courses (SPEC C4 lists it).
 * Their private words go. Safe to repeat. Returns the scopes to publish after the commit.
 */
export async function erasePerson(transaction: Transaction, person: Pick<PersonRow, "id" | "email">, now: Date): Promise<readonly Scope[]> {
  // What their devices push at this moment is waited for, and what comes after finds them closed.
  await lockRights(transaction, [person.id]);
  const touched = [...(await forgetName(transaction, person.id)), ...(await removeDrafts(transaction, person.id)), personScope(person.id)];
  await forgetAddresses(transaction, person);
  await transaction`delete from push_reject where user_id = ${person.id}`;
  await transaction`delete from collab_ticket where user_id = ${person.id}`;
  await removeBelongings(transaction, person.id);
  await transaction`
    update person set email = ${noEmail(person.id)}, name = ${FORMER_MEMBER}, system_role = 'student', language = 'en', password_hash = null, password_version = password_version + 1,
      email_verified_at = null, state = 'closed', closing_at = null,
      picture_id = null, picture_hash = null, picture_type = null, time_zone = null where id = ${person.id}`;
  await transaction`insert into closed_person (id, closed_at) values (${person.id}, ${now}) on conflict (id) do nothing`;
  return touched;
}

/** Out of every course; the others see that somebody was there, and not who. */
async function forgetName(transaction: Transaction, id: string): Promise<readonly Scope[]> {
  const rows = await transaction<{ id: string }[]>`select id from doc_members where owner_id = ${id} and not deleted order by id for update`;
  const ids = rows.map((row) => row.id);
  const known = (await readDocuments(transaction, members.name, ids)) as Map<string, Member>;
  const touched = await writeDocuments(transaction, [...known.values()].map((member) => ({ collection: members.name, document: { ...member, name: FORMER_MEMBER, state: "left", picture: undefined } })));
  await transaction`delete from doc_history where coll = ${members.number} and document = any(${ids}::uuid[])`;
  return touched;
}

/** What was private goes from every device of theirs that still listens, with all earlier versions. */
async function removeDrafts(transaction: Transaction, id: string): Promise<readonly Scope[]> {
  const rows = await transaction<{ id: string; deleted: boolean }[]>`
    select draft.id, draft.deleted from scope join scope_doc as entry on entry.scope_id = scope.id and entry.coll = ${drafts.number} join doc_drafts as draft on draft.id = entry.doc_id
    where scope.name = ${personScope(id)} and draft.owner_id = ${id}`;
  const touched = await writeDocuments(transaction, rows.filter(({ deleted }) => !deleted).map((row) => ({ collection: drafts.name, document: { id: row.id }, deleted: true })));
  await transaction`delete from doc_history where coll = ${drafts.number} and document = any(${rows.map((row) => row.id)}::uuid[])`;
  return touched;
}

/** Also an e-mail that they wanted to have: letters, limits of letters, and lines of imports that named them. */
async function forgetAddresses(transaction: Transaction, { id, email }: Pick<PersonRow, "id" | "email">): Promise<void> {
  const wanted = await transaction<{ email: string }[]>`select distinct email from account_link where person_id = ${id}`;
  // One that they asked for may have become somebody else's: that person's letters and limits stay.
  const others = await transaction<{ email: string }[]>`select email from person where email = any(${wanted.map((link) => link.email)}) and id <> ${id}`;
  const taken = new Set(others.map((other) => other.email));
  const addresses = [email, ...wanted.map((link) => link.email)].filter((address) => !taken.has(address));
  await transaction`update people_import_row set email = '', name = '' where person_id = ${id} or email = any(${addresses})`;
  await transaction`delete from mail where recipient = any(${addresses})`;
  await transaction`delete from rate_bucket where split_part(name, ' ', -1) = any(${addresses})`;
}

/** What would go with the person's row goes: a feature that keeps something of people says so with its foreign key, and is not forgotten here. */
async function removeBelongings(transaction: Transaction, id: string): Promise<void> {
  const keys = await transaction<{ table: string; column: string; action: "c" | "n" }[]>`
    select key.conrelid::regclass::text as table, attribute.attname as column, key.confdeltype as action
    from pg_constraint as key join pg_attribute as attribute on attribute.attrelid = key.conrelid and attribute.attnum = key.conkey[1]
    where key.contype = 'f' and key.confrelid = 'person'::regclass and key.confdeltype in ('c', 'n') order by 1, 2`;
  for (const { table, column, action } of keys) {
    const [name, field] = [transaction(table), transaction(column)];
    if (action === "c") await transaction`delete from ${name} where ${field} = ${id}`;
    else await transaction`update ${name} set ${field} = null where ${field} = ${id}`;
  }
}
