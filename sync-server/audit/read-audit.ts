import { AUDIT_PAGE_MAX, type AuditFilter, type AuditLine, type AuditPage } from "@mochila/shared/admin/school.ts";
import { isUuid } from "@mochila/shared/kernel/ids.ts";
import type { Sql } from "../db/database.ts";
import { holdsWords } from "../db/search.ts";

interface Row {
  readonly id: string;
  readonly at: Date;
  readonly action: string;
  readonly from: AuditLine["from"];
  readonly by: string | null;
  readonly about: string | null;
  readonly byEmail: string | null;
  readonly aboutEmail: string | null;
  readonly course_id: string | null;
  readonly file: string | null;
  readonly setting: string | null;
  readonly details: AuditLine["details"];
}

/** Of a name that many have: whoever looks for them writes more of it. */
const NAMED_MAX = 50;
/** Whom a filter names: people each word of it is in the name or the e-mail of; null: everybody. Nobody of that name: an empty list, and so no line. */
export async function peopleOf(sql: Sql, { person, who }: AuditFilter): Promise<readonly string[] | null> {
  if (person !== undefined) return [person];
  if (!who?.trim()) return null;
  const rows = await sql<{ id: string }[]>`
    select person.id from person where ${holdsWords(sql, sql`person.search_text`, who)} order by person.name, person.id limit ${NAMED_MAX}`;
  return rows.map(({ id }) => id);
}

/** The condition on `audit_entry as entry`. */
export const matching = (sql: Sql, { action, from, to }: AuditFilter, people: readonly string[] | null) => sql`
  ${people === null ? sql`true` : sql`(entry.actor_id = any(${people as string[]}::uuid[]) or entry.real_actor_id = any(${people as string[]}::uuid[]) or (entry.object_kind = 'person' and entry.object_id = any(${people as string[]}::text[])))`}
  and ${action === undefined ? sql`true` : sql`entry.action = ${action}`}
  and ${from === undefined ? sql`true` : sql`entry.at >= ${new Date(Number(from))}`} and ${to === undefined ? sql`true` : sql`entry.at < ${new Date(Number(to))}`}`;

/** The e-mail of a joined person; null: of nobody, or of whose account is closed, which has none any more. */
export const emailOf = (sql: Sql, person: ReturnType<Sql>) => sql`case when ${person}.state <> 'closed' then ${person}.email end`;

async function titlesOf(sql: Sql, ids: readonly string[]): Promise<Map<string, AuditLine["course"]>> {
  if (ids.length === 0) return new Map();
  const rows = await sql<{ id: string; title: AuditLine["course"] }[]>`select id, body -> 'title' as title from doc_courses where id = any(${[...new Set(ids)]}::uuid[]) and not deleted`;
  return new Map(rows.map(({ id, title }) => [id, title]));
}

/** A page of the log, newest first, with the names and e-mails of now. */
export async function readAudit(sql: Sql, { before, ...filter }: AuditFilter & { before?: string | undefined }): Promise<AuditPage> {
  const rows = await sql<Row[]>`
    select entry.id::text as id, entry.at, entry.action, coalesce(really.name, actor.name) as by, about.name as about, entry.details,
      case when really.id is null then ${emailOf(sql, sql`actor`)} else ${emailOf(sql, sql`really`)} end as "byEmail", ${emailOf(sql, sql`about`)} as "aboutEmail",
      case when coalesce(entry.real_actor_id, entry.actor_id) is not null then 'person' when entry.details ->> 'by' = 'command line' then 'command-line' when entry.network is null then 'school' else 'outside' end as from,
      case entry.object_kind when 'course' then entry.object_id else entry.details ->> 'course' end as course_id,
      coalesce(entry.details ->> 'file', import.file_name) as file, case entry.object_kind when 'setting' then entry.object_id end as setting
    from audit_entry as entry
    left join person as actor on actor.id = entry.actor_id
    left join person as really on really.id = entry.real_actor_id
    left join people_import as import on entry.object_kind = 'import' and import.id::text = entry.object_id
    left join person as about on entry.object_kind = 'person' and about.id::text = entry.object_id
    where ${before === undefined ? sql`true` : sql`entry.id < ${before}::bigint`} and ${matching(sql, filter, await peopleOf(sql, filter))}
    order by entry.id desc limit ${AUDIT_PAGE_MAX + 1}`;
  const titles = await titlesOf(sql, rows.flatMap(({ course_id }) => (course_id !== null && isUuid(course_id) ? [course_id] : [])));
  return { lines: rows.slice(0, AUDIT_PAGE_MAX).map(({ course_id, ...row }) => ({ ...row, at: row.at.getTime(), course: titles.get(course_id ?? "") ?? null })), more: rows.length > AUDIT_PAGE_MAX };
}
