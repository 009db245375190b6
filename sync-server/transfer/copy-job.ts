import type { CourseCopy } from "@mochila/shared/courses/copy.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import type { Localized } from "@mochila/shared/kernel/schema.ts";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import type { Sql, Transaction } from "../db/database.ts";

export type PartKind = "file" | "module" | "page";

export interface CopyJob {
  readonly id: string;
  readonly source_id: string;
  readonly title: Localized<string>;
  readonly by_id: string | null;
  readonly instructor_id: string;
}

export interface CopyPart {
  readonly place: number;
  readonly kind: PartKind;
  readonly source_id: string;
  readonly new_id: string;
}

/** What a copy is made of: files, modules and pages that are not in the bin, in this order, each with the id that it gets. */
async function planParts(transaction: Transaction, { clock, random }: { clock: Clock; random: Random }, job: CopyJob): Promise<void> {
  const sources = await transaction<{ id: string; kind: PartKind }[]>`
    select id, 'file' as kind, 1 as turn from file_ref where course_id = ${job.source_id}
    union all select id, 'module', 2 from doc_modules where course_id = ${job.source_id} and not deleted and body ->> 'state' <> 'trashed'
    union all select page.id, 'page', 3 from doc_items as page join doc_modules as module on module.id = (page.body ->> 'moduleId')::uuid and not module.deleted and module.body ->> 'state' <> 'trashed'
      where page.course_id = ${job.source_id} and not page.deleted and page.body ->> 'kind' = 'page' and page.body ->> 'state' <> 'trashed'
    order by turn, id`;
  const ids = sources.map(() => newId({ clock, random }));
  await transaction`
    insert into course_copy_part (copy_id, place, kind, source_id, new_id)
    select ${job.id}, place, kind, source_id, new_id from unnest(${sources.map(({ kind }) => kind)}::text[], ${sources.map(({ id }) => id)}::uuid[], ${ids}::uuid[]) with ordinality as part (kind, source_id, new_id, place)`;
}

/** Asks for a copy. The same id again is the same copy. */
export async function addCopy(transaction: Transaction, parts: { clock: Clock; random: Random }, job: CopyJob): Promise<boolean> {
  const made = await transaction`
    insert into course_copy (id, source_id, title, by_id, instructor_id, created_at) values (${job.id}, ${job.source_id}, ${transaction.json(job.title)}, ${job.by_id}, ${job.instructor_id}, ${new Date(parts.clock.now())})
    on conflict (id) do nothing returning id`;
  if (made.length === 0) return false;
  await planParts(transaction, parts, job);
  return true;
}

export async function readCopy(sql: Sql, id: string): Promise<(CourseCopy & { readonly by: string | null; readonly source: string }) | null> {
  const [copy] = await sql<{ id: string; by: string | null; source: string; state: CourseCopy["state"]; done: number; total: number }[]>`
    select copy.id, copy.by_id as by, copy.source_id as source, copy.state, (count(*) filter (where part.done))::int as done, count(part.*)::int as total
    from course_copy as copy left join course_copy_part as part on part.copy_id = copy.id where copy.id = ${id} group by copy.id`;
  return copy ?? null;
}

/** The copy that has waited longest and that nobody works at, held until the end of the transaction. */
export async function takeCopy(transaction: Transaction): Promise<CopyJob | null> {
  const [job] = await transaction<CopyJob[]>`select id, source_id, title, by_id, instructor_id from course_copy where state = 'running' order by created_at limit 1 for update skip locked`;
  return job ?? null;
}

/** The next parts of one kind. */
export async function nextParts(transaction: Transaction, copyId: string, most: number): Promise<CopyPart[]> {
  const parts = await transaction<CopyPart[]>`select place, kind, source_id, new_id from course_copy_part where copy_id = ${copyId} and not done order by place limit ${most}`;
  return parts.filter(({ kind }) => kind === parts[0]?.kind);
}

export const noteParts = (transaction: Transaction, copyId: string, parts: readonly CopyPart[]) =>
  transaction`update course_copy_part set done = true where copy_id = ${copyId} and place = any(${parts.map(({ place }) => place)}::integer[])`;

/** What became of the ids of one kind. */
export async function newIdsOf(transaction: Transaction, copyId: string, kind: PartKind): Promise<Map<string, string>> {
  const rows = await transaction<{ source_id: string; new_id: string }[]>`select source_id, new_id from course_copy_part where copy_id = ${copyId} and kind = ${kind}`;
  return new Map(rows.map(({ source_id, new_id }) => [source_id, new_id]));
}

const KEPT_MS = 7 * 24 * 3_600_000;

/** Whoever asks how far it is has got the answer by then. */
export const sweepCopies = (sql: Sql, now: number) => sql`delete from course_copy where ended_at < ${new Date(now - KEPT_MS)}`;
