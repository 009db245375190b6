import { AUDIT_PAGE_MAX, type AuditLine, type AuditPage } from "@mochila/shared/admin/school.ts";
import type { Sql } from "../db/database.ts";

interface Row {
  readonly id: string;
  readonly at: Date;
  readonly action: string;
  readonly by: string | null;
  readonly about: string | null;
  readonly details: AuditLine["details"];
}

/** A page of the log, newest first, with the names of now. Its cost is that of the page. */
export async function readAudit(sql: Sql, { person, before }: { person?: string | undefined; before?: string | undefined }): Promise<AuditPage> {
  const rows = await sql<Row[]>`
    select entry.id::text as id, entry.at, entry.action, actor.name as by, about.name as about, entry.details
    from audit_entry as entry
    left join person as actor on actor.id = entry.actor_id
    left join person as about on entry.object_kind = 'person' and about.id::text = entry.object_id
    where ${before === undefined ? sql`true` : sql`entry.id < ${before}::bigint`}
      and ${person === undefined ? sql`true` : sql`(entry.actor_id = ${person} or (entry.object_kind = 'person' and entry.object_id = ${person}))`}
    order by entry.id desc limit ${AUDIT_PAGE_MAX + 1}`;
  return { lines: rows.slice(0, AUDIT_PAGE_MAX).map((row) => ({ ...row, at: row.at.getTime() })), more: rows.length > AUDIT_PAGE_MAX };
}
