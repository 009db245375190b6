import type { Module } from "@mochila/shared/courses/module.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import type { Localized } from "@mochila/shared/kernel/schema.ts";
import { readDocuments, writeDocuments } from "../sync/write-documents.ts";
import type { PlannedModule } from "./course-plan.ts";
import { type ImportRun, newTally, type Tally } from "./import-run.ts";
import { isUntouched, partHash } from "./import-state.ts";
import { orderKeys } from "./order-keys.ts";

export const titleText = (title: Localized<string>): string => title.en ?? title.es ?? "";

const partOf = (module: PlannedModule): string => `module:${module.key}`;

function documentOf(module: PlannedModule, { id, courseId, order }: { id: string; courseId: string; order: string }): Omit<Module, "rev"> {
  const lists = Object.fromEntries((["questions", "objectives", "keyPoints"] as const).flatMap((name) => (Object.keys(module[name]).length > 0 ? [[name, module[name]]] : [])));
  return { id, courseId, title: module.title, order, state: "published", ...lists, ...(module.minutes === null ? {} : { minutes: module.minutes }) };
}

/** Makes or updates a module for each episode; one that somebody changed is left. Returns their ids by key. */
export async function writeModules(run: ImportRun): Promise<{ ids: Map<string, string>; tally: Tally }> {
  const { transaction, plan, before, courseId, deps, parts, scopes } = run;
  const known = new Map(plan.modules.map((module) => [module.key, before?.parts.get(partOf(module))]));
  const current = await readDocuments(transaction, "modules", [...known.values()].flatMap((part) => (part ? [part.documentId] : [])));
  const ids = new Map(plan.modules.map(({ key }) => [key, known.get(key)?.documentId ?? newId(deps)]));
  const orders = orderKeys(
    plan.modules.map(({ key }) => key),
    new Map(plan.modules.flatMap(({ key }) => [[key, (current.get(ids.get(key) ?? "") as Module | undefined)?.order] as const]).flatMap(([key, order]) => (order === undefined ? [] : [[key, order] as const]))),
  );
  const tally = newTally();
  const writes: Omit<Module, "rev">[] = [];
  for (const [index, module] of plan.modules.entries()) {
    const document = documentOf(module, { id: ids.get(module.key) ?? "", courseId, order: orders[index] ?? "V" });
    const part = known.get(module.key);
    const now = current.get(document.id);
    const hash = partHash(document);
    if (part && !isUntouched(part, now)) tally.left.push(titleText(module.title));
    else if (part?.hash === hash) tally.unchanged += 1;
    else {
      writes.push(document);
      if (part) tally.updated += 1;
      else tally.made += 1;
    }
    // The hash of what was written, or of what an earlier run wrote where somebody else has written since.
    const left = part !== undefined && !isUntouched(part, now);
    parts.set(partOf(module), { documentId: document.id, rev: part?.rev ?? null, hash: left ? part.hash : hash });
  }
  for (const scope of await writeDocuments(transaction, writes.map((document) => ({ collection: "modules", document })))) scopes.add(scope);
  const after = await readDocuments(transaction, "modules", writes.map(({ id }) => id));
  for (const [part, made] of parts) if (after.has(made.documentId)) parts.set(part, { ...made, rev: after.get(made.documentId)?.rev ?? null });
  return { ids, tally };
}
