import { auditActions } from "@mochila/shared/admin/audit-actions.ts";
import { auditWords, wordOf } from "@mochila/shared/admin/audit-words.ts";
import { AUDIT_EXPORT_MAX, type AuditFilter } from "@mochila/shared/admin/school.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import { CSV_MARK, csvLine } from "@mochila/shared/kernel/csv.ts";
import type { Language } from "@mochila/shared/kernel/schema.ts";
import type { Sql } from "../db/database.ts";
import { CHAIN_START, chainedText } from "./audit-chain.ts";
import { entryColumns, type EntryRow, toChained } from "./audit.ts";
import { emailOf, matching, peopleOf } from "./read-audit.ts";

const PAGE = 500;
const COLUMNS = ["position", "at", "action", "actionInWords", "by", "byEmail", "byId", "realById", "about", "aboutEmail", "objectKind", "objectId", "details", "session", "network", "hash"] as const;

/** Null: not in the chain yet. */
interface Row extends EntryRow {
  readonly position: string | null;
  readonly hash: Buffer | null;
  readonly before: Buffer | null;
  readonly by: string | null;
  readonly about: string | null;
  readonly byEmail: string | null;
  readonly aboutEmail: string | null;
}

/** How many lines it would be. Throws `too_large`, with how many may be. */
export async function countAudit(sql: Sql, filter: AuditFilter): Promise<number> {
  const [row] = await sql<{ count: number }[]>`select count(*)::int as count from (select 1 from audit_entry as entry where ${matching(sql, filter, await peopleOf(sql, filter))} limit ${AUDIT_EXPORT_MAX + 1}) as found`;
  const count = row?.count ?? 0;
  if (count > AUDIT_EXPORT_MAX) throw new CodedError("too_large", "These are too many entries for one file.", { details: { linesMax: AUDIT_EXPORT_MAX } });
  return count;
}

/** The log as a file, oldest first, a page at a time: the memory of one page, however long it is. */
export async function* exportAudit(sql: Sql, { filter, format, language }: { filter: AuditFilter; format: "csv" | "lines"; language: Language }): AsyncGenerator<string> {
  const people = await peopleOf(sql, filter);
  // Without the mark a table program reads the words as if they were of another encoding.
  if (format === "csv") yield CSV_MARK + csvLine(COLUMNS);
  for (let last = "0", sent = 0; sent < AUDIT_EXPORT_MAX; sent += PAGE) {
    const rows = await sql<Row[]>`
      select ${entryColumns(sql)}, link.position::text as position, link.hash, before.hash as before, actor.name as by, about.name as about,
        ${emailOf(sql, sql`actor`)} as "byEmail", ${emailOf(sql, sql`about`)} as "aboutEmail"
      from audit_entry as entry left join audit_link as link on link.entry_id = entry.id left join audit_link as before on before.position = link.position - 1
      left join person as actor on actor.id = entry.actor_id left join person as about on entry.object_kind = 'person' and about.id::text = entry.object_id
      where entry.id > ${last}::bigint and ${matching(sql, filter, people)} order by entry.id limit ${PAGE}`;
    yield rows.map((row) => (format === "csv" ? lineOf(row, language) : chainLine(row))).join("");
    if (rows.length < PAGE) return;
    last = rows.at(-1)?.id ?? last;
  }
}

/** `hash` is the SHA-256 of the bytes of `before` and then of the text `entry`: whoever has the file needs nothing else to check a line, and the next one. */
function chainLine(row: Row): string {
  const { position, hash, before, by, byEmail, about, aboutEmail } = row;
  const linked = position === null || hash === null ? null : { entry: chainedText(toChained(row), BigInt(position)), before: (before ?? CHAIN_START).toString("hex"), hash: hash.toString("hex") };
  return `${JSON.stringify({ by, byEmail, about, aboutEmail, ...(linked ?? { entry: chainedText(toChained(row), 0n), before: null, hash: null }) })}\n`;
}

function inWords(action: string, language: Language): string {
  const known = auditActions.find((one) => one === action);
  return known ? auditWords[language][wordOf(known)] : "";
}

const lineOf = ({ position, at, action, by, byEmail, actor_id, real_actor_id, about, aboutEmail, object_kind, object_id, details, session_id, network, hash }: Row, language: Language): string =>
  csvLine([position, at.toISOString(), action, inWords(action, language), by, byEmail, actor_id, real_actor_id, about, aboutEmail, object_kind, object_id, details, session_id, network, hash?.toString("hex")].map((value) => value ?? ""));
