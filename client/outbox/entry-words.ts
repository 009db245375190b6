import type { OutboxEntry } from "../person.ts";
import type { IconName } from "../ui/icons.ts";

/** Kinds of waiting work that people can tell apart; each is a key of the dictionary. */
export type WorkKind = "progress" | "note" | "page" | "module" | "course" | "text" | "picture" | "events" | "other";

const kindOfCollection: Readonly<Record<string, WorkKind>> = { progress: "progress", drafts: "note", items: "page", modules: "module", courses: "course" };

export function workKind(entry: Pick<OutboxEntry, "collection"> & { readonly kind?: OutboxEntry["kind"] }): WorkKind {
  if (entry.kind === "room") return "text";
  if (entry.kind === "upload") return "picture";
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

/** Why the server did not take it, as a key of the dictionary. Codes are those of `shared/errors.ts`, and `conflict`. */
export type Refusal = "forbidden" | "invalid" | "removed" | "replaced" | "restored";

export function refusalOf(code: string): Refusal {
  if (code === "row_forbidden" || code === "row_deletion" || code === "forbidden") return "forbidden";
  if (code === "row_invalid" || code === "too_large" || code === "invalid_input") return "invalid";
  if (code === "row_removed") return "removed";
  return code === "epoch_changed" ? "restored" : "replaced";
}
