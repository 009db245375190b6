import { sameValue } from "@mochila/shared/sync/change.ts";
import type { CollectionDefinition, SyncedDocument } from "@mochila/shared/sync/collection.ts";
import type { HistoryVersion } from "@mochila/shared/sync/history.ts";
import type { PageContent } from "@mochila/shared/pages/content.ts";
import { type FieldChange, fieldChanges } from "../fields/field-changes.ts";
import { contentText } from "./content-lines.ts";

type Fields = Readonly<Record<string, unknown>>;

export interface HistoryEntry {
  readonly version: HistoryVersion;
  readonly changes: readonly FieldChange[];
  /** What was changed cannot be read in words: the form of a text, or what only the engines need. */
  readonly unread: "form" | "other" | null;
  readonly isNow: boolean;
  /** Nothing is known of before. */
  readonly isEarliest: boolean;
}

/** A page's text in words; everything else as it is. */
const inWords = (fields: Fields): Fields => (fields["content"] === undefined ? fields : { ...fields, content: contentText(fields["content"] as PageContent) });

export const changesBetween = (before: Fields | null, after: Fields, nameOf?: (id: string) => string | undefined): FieldChange[] =>
  fieldChanges(before && inWords(before), inWords(after), nameOf);

interface Loaded {
  readonly versions: readonly HistoryVersion[];
  readonly more: string | null;
  readonly removed: boolean;
}

/** What each version changed in the one before it. The oldest one that is loaded waits for the one before it, if there is one. */
export function entriesOf({ versions, more, removed }: Loaded, nameOf?: (id: string) => string | undefined): HistoryEntry[] {
  const told = more === null ? versions : versions.slice(0, -1);
  return told.map((version, index) => {
    const before = versions[index + 1]?.fields ?? null;
    const changes = changesBetween(before, version.fields, nameOf);
    const unread = changes.length > 0 ? null : sameValue(before?.["content"], version.fields["content"]) ? "other" : "form";
    return { version, changes, unread, isNow: index === 0 && !removed, isEarliest: before === null };
  });
}

/** A wish to publish is a deed, not a state: the old one once more would publish another text. */
const NEVER_RESTORED: ReadonlySet<string> = new Set(["publish"]);

/**
 * The document with what people may change as it was in an old version: an ordinary change of today. `isHere`: whether a module still exists;
 * a page does not go back into one that does not.
 */
export function restoredDocument(definition: CollectionDefinition, current: SyncedDocument, old: Fields, isHere: (id: string) => boolean): SyncedDocument {
  const next: Record<string, unknown> = { ...current };
  for (const [name, { writer }] of Object.entries(definition.fields)) {
    if (writer !== "client" || NEVER_RESTORED.has(name) || (name === "moduleId" && !isHere(String(old[name])))) continue;
    if (old[name] === undefined) delete next[name];
    else next[name] = old[name];
  }
  return next as SyncedDocument;
}
