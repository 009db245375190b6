import { parseRoom } from "@mochila/shared/collab/room.ts";
import type { OutboxEntry } from "../person.ts";
import type { IconName } from "../ui/icons.ts";

/** Kinds of waiting work that people can tell apart; each is a key of the dictionary. */
export type WorkKind = "progress" | "note" | "page" | "module" | "course" | "text" | "picture" | "events" | "other";

const kindOfCollection: Readonly<Record<string, WorkKind>> = { progress: "progress", drafts: "note", items: "page", modules: "module", courses: "course" };

export function workKind(entry: Pick<OutboxEntry, "collection"> & { readonly kind?: OutboxEntry["kind"]; readonly key?: string }): WorkKind {
  // A rescued text has its room for a key.
  if (entry.kind === "room" || parseRoom(entry.key ?? "")) return "text";
  if (entry.collection === "files") return "picture";
  if (entry.kind === "events") return "events";
  return kindOfCollection[entry.collection] ?? "other";
}

export const iconOf: Readonly<Record<WorkKind, IconName>> = {
  progress: "check",
  note: "pencil",
  page: "file",
  module: "list",
  course: "book-open",
  text: "file",
  picture: "image",
  events: "chart",
  other: "file",
};

/** Why it was not taken, as a key of the dictionary. */
type Refusal = "forbidden" | "invalid" | "tooLarge" | "removed" | "deletion" | "restored" | "replaced" | "wrongType" | "noFile" | "other";

/** Codes of `shared/errors.ts` that refuse somebody's work, and those that the device gives itself. */
const refusals: Readonly<Record<string, Refusal>> = {
  row_forbidden: "forbidden",
  forbidden: "forbidden",
  row_invalid: "invalid",
  invalid_input: "invalid",
  too_large: "tooLarge",
  row_removed: "removed",
  row_deletion: "deletion",
  epoch_changed: "restored",
  // A conflict: what the server merged does not hold it.
  replaced: "replaced",
  wrong_type: "wrongType",
  // A picture that the browser had dropped before it was sent.
  not_found: "noFile",
};

export const refusalOf = (code: string): Refusal => refusals[code] ?? "other";
