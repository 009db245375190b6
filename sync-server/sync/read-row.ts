import { isUuid } from "@mochila/shared/kernel/ids.ts";
import { DOCUMENT_LEVELS_MAX } from "@mochila/shared/limits.ts";
import type { CollectionDefinition, SyncedDocument } from "@mochila/shared/sync/collection.ts";
import type { PushRow } from "@mochila/shared/sync/push-request.ts";
import { upgraded } from "@mochila/shared/sync/upgrade.ts";

type Fields = Readonly<Record<string, unknown>>;

/** A row of a push after its schema: what comes after works on typed documents only. */
export type ReadRow =
  | { readonly kind: "invalid"; readonly id: string; readonly rev: string; readonly message: string; readonly sent: Fields }
  | { readonly kind: "deletion"; readonly id: string; readonly rev: string; readonly base: Fields | null; readonly sent: Fields }
  | { readonly kind: "document"; readonly id: string; readonly rev: string; readonly base: Fields | null; readonly again: boolean; readonly next: SyncedDocument; readonly version: number; readonly sent: Fields };

/** NUL and halves of surrogate pairs, as JSON writes them: text that Postgres does not take. */
const UNSTORABLE = /(?:^|[^\\])(?:\\\\)*\\u(?:0000|d[89a-f][0-9a-f]{2})/;

function isDeeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((part) => isDeeperThan(levels - 1, part));
}

/** The document, or what is wrong with it in words. */
export function checkDocument(definition: CollectionDefinition, fields: Fields): SyncedDocument | string {
  // Before the schema: one that calls itself would end the stack, and with it the rows of everybody else in this request.
  if (isDeeperThan(DOCUMENT_LEVELS_MAX, fields)) return `document: more than ${DOCUMENT_LEVELS_MAX} levels`;
  const parsed = definition.schema.safeParse(fields);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return `${issue?.path.map(String).join(".").slice(0, 100) || "document"}: ${issue?.message.slice(0, 200) ?? "does not fit"}`;
  }
  const json = JSON.stringify(parsed.data);
  if (new TextEncoder().encode(json).length > definition.bytesMax) return `document: more than ${definition.bytesMax} bytes`;
  if (UNSTORABLE.test(json)) return "document: text with a character that cannot be stored";
  return parsed.data;
}

const textOf = (value: unknown): string => (typeof value === "string" ? value.slice(0, 100) : "");

/** Null: a device says that they are of this version, and they are not. What an upgrade reads has passed no schema. */
function inTodaysForm(definition: CollectionDefinition, version: number, { base, next }: { base: Fields | undefined; next: Fields | null }) {
  try {
    return {
      base: base === undefined || base["_deleted"] === true ? null : upgraded(definition, version, base),
      next: next && upgraded(definition, version, next),
    };
  } catch {
    return null;
  }
}

/** `version`: of the form in which the device writes. `_deleted` is the replication's own mark, not a field; a base that was deleted is no base. */
export function readRow(definition: CollectionDefinition, { newDocumentState, assumedMasterState, again: offeredAgain }: PushRow, version: number): ReadRow {
  const { _deleted: deleted, ...fields } = newDocumentState;
  const [id, rev] = [textOf(fields["id"]), textOf(fields["rev"])];
  const sent = newDocumentState;
  const again = offeredAgain === true;
  const invalid = (message: string): ReadRow => ({ kind: "invalid", id, rev, message, sent });
  if (!isUuid(id)) return invalid("id: must be a UUID");
  if (!isUuid(rev)) return invalid("rev: must be a UUID");
  if (deleted !== undefined && typeof deleted !== "boolean") return invalid("_deleted: must be true or false");
  const today = inTodaysForm(definition, version, { base: assumedMasterState, next: deleted === true ? null : fields });
  if (today === null) return invalid(`document: not one of version ${version}`);
  const { base } = today;
  if (today.next === null) return { kind: "deletion", id, rev, base, sent };
  const next = checkDocument(definition, today.next);
  return typeof next === "string" ? invalid(next) : { kind: "document", id, rev, base: again ? null : base, again, next, version, sent };
}
