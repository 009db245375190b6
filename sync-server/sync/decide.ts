import type { Actor } from "@mochila/shared/access/actor.ts";
import { fieldsOf, own, sameContent, sameValue } from "@mochila/shared/sync/change.ts";
import { type CollectionDefinition, ruleOf, type SyncedDocument } from "@mochila/shared/sync/collection.ts";
import type { ErrorCode } from "@mochila/shared/errors.ts";
import { mergeDocuments } from "@mochila/shared/sync/merge.ts";
import { withUnknownFields } from "@mochila/shared/sync/upgrade.ts";
import { checkDocument, type ReadRow } from "./read-row.ts";
import type { Stored } from "./store.ts";

export type Refusal = Extract<ErrorCode, `row_${string}`>;

/** What happens to one row of a push. */
export type Decision =
  /** It stands as the device has it; nothing to do, nothing to answer. */
  | { readonly kind: "accepted" }
  /** `answer`: what is stored differs from what was sent, so the device is told. */
  | { readonly kind: "write"; readonly document: SyncedDocument; readonly answer: boolean }
  | { readonly kind: "delete" }
  /** No write; the device takes the master. Nothing is lost by it. */
  | { readonly kind: "answer" }
  | { readonly kind: "reject"; readonly code: Refusal; readonly message: string };

export interface Situation {
  readonly definition: CollectionDefinition;
  readonly actor: Actor;
  readonly row: ReadRow;
  readonly current: Stored | undefined;
  /** The person holds a scope of the living master. */
  readonly visible: boolean;
  /** This revision was written before: a repeated push whose answer was lost. */
  readonly applied: boolean;
  readonly mintRev: () => string;
}

const reject = (code: Refusal, message: string): Decision => ({ kind: "reject", code, message });

/**
 * The rules of a push for one row, pure (shared/sync/SPEC.md, P1 to P9). What may be done is decided on the master, never on what
 * the device claims; whether an invisible master exists makes no difference to the answer.
 */
export function decide(situation: Situation): Decision {
  const { current, visible, row } = situation;
  const master = current && !current.deleted && visible ? current.document : null;
  if (row.kind === "invalid") return reject("row_invalid", row.message);
  if (row.kind === "deletion") return master === null ? { kind: "accepted" } : decideDeletion(situation, row, master);
  return master === null ? decideCreation(situation, row) : decideUpdate(situation, row, master);
}

function decideDeletion({ definition, actor, applied }: Situation, row: ReadRow & { kind: "deletion" }, master: SyncedDocument): Decision {
  if (!definition.mayDelete(actor, master)) return reject("row_deletion", "Only one's own drafts are deleted; other things move to the bin.");
  const wroteOnElsewhere = row.base !== null && row.base["rev"] !== master.rev;
  return applied || wroteOnElsewhere ? { kind: "answer" } : { kind: "delete" };
}

function decideCreation(situation: Situation, row: ReadRow & { kind: "document" }): Decision {
  const { definition, actor, applied, current } = situation;
  if (applied && current) return { kind: "answer" };
  const gone = reject("row_removed", "This was removed, or is no longer yours to see.");
  const forbidden = reject("row_forbidden", "You may not write this.");
  const may = definition.mayCreate(actor, row.next);
  if (!may || (current && !current.deleted)) return row.base === null ? forbidden : gone;
  if (current) return gone;
  const foreign = fieldsOf(definition.fields, row.next).filter((name) => writerOf(definition, name) === "server" && own(row.next, name) !== undefined);
  // What the server had added went with what it lost; features write it anew.
  if (row.again && foreign.length > 0) return { kind: "write", document: without(row.next, foreign, situation.mintRev()), answer: true };
  return foreign.length === 0 ? asWritten(situation, row) : reject("row_forbidden", `Only the server writes ${foreign.join(", ")}.`);
}

/** A revision is one content everywhere: what an upgrade has changed is another one, and the device is told (P6, W4). */
const asWritten = ({ mintRev }: Situation, { next, sent }: ReadRow & { kind: "document" }): Decision =>
  sameContent(next, sent) ? { kind: "write", document: next, answer: false } : { kind: "write", document: { ...next, rev: mintRev() }, answer: true };

const without = (document: SyncedDocument, fields: readonly string[], rev: string): SyncedDocument => ({
  ...Object.fromEntries(Object.entries(document).filter(([name]) => !fields.includes(name))),
  id: document.id,
  rev,
});

const writerOf = (definition: CollectionDefinition, field: string): string =>
  ruleOf(definition, field)?.writer ?? "server";

/** A copy of the master's value, old or new, is no change; nor is what another device happened to set when it made the same document. */
function forbiddenField({ definition }: Situation, { next, base, master, again }: { next: SyncedDocument; base: SyncedDocument | null; master: SyncedDocument; again: boolean }) {
  return fieldsOf(definition.fields, next, master).find((name) => {
    const value = own(next, name);
    // What the server had written meanwhile is in the copy of a device, rightly, and is not taken from it.
    if (again && writerOf(definition, name) === "server") return false;
    if (writerOf(definition, name) === "client" || sameValue(value, own(master, name))) return false;
    return base === null ? ruleOf(definition, name)?.firstStands !== true : !sameValue(value, own(base, name));
  });
}

function decideUpdate(situation: Situation, row: ReadRow & { kind: "document" }, master: SyncedDocument): Decision {
  const { definition, actor, applied } = situation;
  const { again } = row;
  const next = withUnknownFields(definition, row.version, { mine: row.next, theirs: master }) as SyncedDocument;
  if (next.rev === master.rev) return sameContent(next, master) ? { kind: "accepted" } : { kind: "answer" };
  if (applied) return { kind: "answer" };
  const base = row.base !== null && row.base["rev"] === master.rev ? master : (row.base as SyncedDocument | null);
  const merged = mergeDocuments(definition.fields, { base, mine: next, theirs: master, again });
  if (!definition.mayUpdate(actor, master, { ...merged, id: master.id, rev: next.rev })) return reject("row_forbidden", "You may not write this.");
  const field = forbiddenField(situation, { next, base, master, again });
  if (field !== undefined) return reject("row_forbidden", `You may not change ${field}.`);
  if (sameContent(merged, master)) return { kind: "answer" };
  if (sameContent(merged, row.sent)) return { kind: "write", document: next, answer: false };
  const checked = checkDocument(definition, { ...merged, rev: situation.mintRev() });
  return typeof checked === "string" ? reject("row_invalid", checked) : { kind: "write", document: checked, answer: true };
}
