import type { Database } from "@mochila/sync-server/db/database.ts";
import type { SyncedDocument } from "@mochila/shared/sync/collection.ts";
import { registry } from "@mochila/shared/registry.ts";

interface Row {
  readonly person: string;
  readonly collection: string;
  readonly id: string;
  readonly rev: string;
  readonly body: Record<string, unknown>;
}

/**
 * The oracle: what each person sees, from the documents and who is in which course alone. It knows nothing of scopes, grants or feeds,
 * so that they cannot be wrong together. By person, then by collection.
 */
export async function visibleTo({ sql }: Database, people: readonly string[]): Promise<Map<string, Map<string, SyncedDocument[]>>> {
  const ofCourse = (name: string, shown = sql`true`) => sql`
    select sees.person, ${name} as collection, doc.id, doc.rev, doc.body from ${sql(`doc_${name}`)} as doc join sees on sees.course_id = doc.course_id where not doc.deleted and ${shown}`;
  const own = (name: string) => sql`select owner_id, ${name}, id, rev, body from ${sql(`doc_${name}`)} where owner_id = any(${[...people]}::uuid[]) and not deleted`;
  const published = sql`(sees.staff or doc.body ->> 'state' = 'published')`;
  const rows = await sql<Row[]>`
    with sees as (
      select member.owner_id as person, member.course_id, member.body ->> 'role' in ('instructor', 'assistant') as staff
      from doc_members as member join doc_courses as course on course.id = member.course_id
      where member.owner_id = any(${[...people]}::uuid[]) and not member.deleted and member.body ->> 'state' = 'active'
        and (course.body ->> 'state' in ('published', 'archived') or member.body ->> 'role' in ('instructor', 'assistant')))
    ${ofCourse("courses")} union all ${ofCourse("members")} union all ${ofCourse("modules", published)} union all ${ofCourse("items", published)}
    union all ${own("progress")} union all ${own("drafts")}`;
  const seen = new Map(people.map((person) => [person, new Map(registry.map(({ name }) => [name, [] as SyncedDocument[]]))]));
  for (const { person, collection, id, rev, body } of rows) seen.get(person)?.get(collection)?.push({ id, ...body, rev });
  return seen;
}
