import { createHash } from "node:crypto";
import type { SyncedDocument } from "@mochila/shared/sync/collection.ts";
import type { Transaction } from "../db/database.ts";

/** One thing that an import made: which document, and what it was then. */
export interface ImportedPart {
  readonly documentId: string;
  /** Of the document as the import left it. Null for a file. */
  readonly rev: string | null;
  /** Of what the folder held. */
  readonly hash: string;
}

export interface ImportState {
  readonly courseId: string;
  readonly parts: ReadonlyMap<string, ImportedPart>;
}

export const partHash = (value: unknown): string => createHash("sha256").update(JSON.stringify(value)).digest("hex");

/** What the material made before, or null. Holds the key until the end of the transaction: two imports of one folder come one after the other. */
export async function readImportState(transaction: Transaction, key: string): Promise<ImportState | null> {
  await transaction`select pg_advisory_xact_lock(9, hashtext(${key}))`;
  const [course] = await transaction<{ course_id: string }[]>`select course_id from import_course where source_key = ${key}`;
  if (!course) return null;
  const rows = await transaction<{ part: string; document_id: string; rev: string | null; hash: Uint8Array }[]>`
    select part, document_id, rev, hash from import_part where source_key = ${key}`;
  const parts = rows.map(({ part, document_id, rev, hash }): [string, ImportedPart] => [part, { documentId: document_id, rev, hash: Buffer.from(hash).toString("hex") }]);
  return { courseId: course.course_id, parts: new Map(parts) };
}

/** Remembers what the import left behind, so that the next one knows its own work from others'. */
export async function keepImportState(transaction: Transaction, key: string, { courseId, parts }: ImportState): Promise<void> {
  await transaction`insert into import_course (source_key, course_id) values (${key}, ${courseId}) on conflict (source_key) do update set at = now()`;
  const rows = [...parts].map(([part, { documentId, rev, hash }]) => ({ source_key: key, part, document_id: documentId, rev, hash: Buffer.from(hash, "hex") }));
  if (rows.length === 0) return;
  await transaction`
    insert into import_part ${transaction(rows, "source_key", "part", "document_id", "rev", "hash")}
    on conflict (source_key, part) do update set document_id = excluded.document_id, rev = excluded.rev, hash = excluded.hash`;
}

/** Whether the document is as the import left it. Absent: somebody removed it, which is an edit too. */
export const isUntouched = (part: ImportedPart, document: SyncedDocument | undefined): boolean => document !== undefined && document.rev === part.rev;
