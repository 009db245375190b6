import type { Actor } from "@mochila/shared/access/actor.ts";
import { own } from "@mochila/shared/sync/change.ts";
import { type CollectionDefinition, ruleOf, type SyncedDocument } from "@mochila/shared/sync/collection.ts";
import { mergeField } from "@mochila/shared/sync/merge.ts";
import type { RescuedWork } from "../person.ts";

/** Refused for what it is: the same once more would be refused once more. */
const NEVER: ReadonlySet<string> = new Set(["row_invalid", "row_deletion", "invalid_input", "too_large"]);

interface Now {
  readonly definition: CollectionDefinition;
  /** The person, as this device knows them. */
  readonly actor: Actor;
  /** The document as it is on this device; absent: it is not. */
  readonly current: SyncedDocument | undefined;
}

/**
 * A document with the rescued fields in it, to be sent once more; null where that cannot work, by the rules that the server decides by: the
 * person may not write it, it was removed, or it is refused for what it is. Texts are merged with what stands, so that nothing newer goes.
 */
export function againOf({ code, documentId, fields, made }: RescuedWork, { definition, actor, current }: Now): SyncedDocument | null {
  if (NEVER.has(code)) return null;
  if (!current) {
    // What is removed is not made again: its id is used up.
    if (code === "row_removed" || !made) return null;
    const next = { ...made, ...fields, id: documentId, rev: documentId };
    return definition.schema.safeParse(next).success && definition.mayCreate(actor, next) ? next : null;
  }
  const next = { ...current };
  for (const [name, mine] of Object.entries(fields)) {
    next[name] = mergeField(ruleOf(definition, name)?.merge, { based: false, again: true, base: undefined, mine, theirs: own(current, name) });
  }
  return definition.mayUpdate(actor, current, next) && definition.schema.safeParse(next).success ? next : null;
}
