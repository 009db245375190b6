import type { Scope } from "@mochila/shared/access/scope.ts";
import { languages } from "@mochila/shared/kernel/schema.ts";
import { bodyId, type BodyItem, type EditionItem, editionId, type Item, type PageItem } from "@mochila/shared/pages/schema.ts";
import type { Transaction } from "../db/database.ts";
import type { DocumentChange, ServerRule } from "../sync/documents.ts";
import type { PublishParts } from "./publish.ts";

type Parts = Pick<PublishParts, "readDocuments" | "writeDocuments">;

/**
 * What is published in a module that students may not see is for staff only. Documents know only their own state, so the rows that the server
 * writes for a page say whether its module is shown, and follow it: hidden with it, and back with it, without a new publication.
 */
export const moduleStanding = (parts: Parts): ServerRule => ({
  collections: ["modules", "items"],
  async afterWrite(transaction, changes) {
    const moduleIds = changes.filter((change) => change.collection === "modules" && isShown(change.before) !== isShown(change.after)).flatMap(idOf);
    const moved = changes.filter((change) => change.collection === "items" && moduleOf(change.before) !== moduleOf(change.after)).flatMap(idOf);
    if (moduleIds.length + moved.length === 0) return [];
    const pages = await pagesOf(transaction, { moduleIds, pageIds: moved });
    return pages.length === 0 ? [] : settle(transaction, parts, pages);
  },
});

const isShown = (module: DocumentChange["after"]): boolean => module?.["state"] === "published";
const idOf = ({ after }: DocumentChange): string[] => (after ? [after.id] : []);
/** A page that was just made has no text yet. */
const moduleOf = (item: DocumentChange["after"]): unknown => item?.["moduleId"];

interface Page {
  readonly id: string;
  readonly moduleId: string;
}

const pagesOf = (transaction: Transaction, { moduleIds, pageIds }: { moduleIds: readonly string[]; pageIds: readonly string[] }) => transaction<Page[]>`
  select id, body ->> 'moduleId' as "moduleId" from doc_items
  where not deleted and body ->> 'kind' = 'page' and (id = any(${pageIds as string[]}::uuid[])
    or course_id in (select course_id from doc_modules where id = any(${moduleIds as string[]}::uuid[])) and body ->> 'moduleId' = any(${moduleIds as string[]}))`;

/**
 * Which of these modules are shown. Their rows stay locked until the end of the transaction: a module that is hidden while one of its pages is
 * published waits, and then finds the new rows.
 */
async function shownModules(transaction: Transaction, ids: readonly string[]): Promise<Set<string>> {
  const rows = await transaction<{ id: string }[]>`
    select id from doc_modules where id = any(${ids as string[]}::uuid[]) and not deleted and body ->> 'state' = 'published' order by id for share`;
  return new Set(rows.map(({ id }) => id));
}

async function settle(transaction: Transaction, { readDocuments, writeDocuments }: Parts, pages: readonly Page[]): Promise<readonly Scope[]> {
  const shown = await shownModules(transaction, [...new Set(pages.map(({ moduleId }) => moduleId))]);
  const withheld = new Set(pages.filter(({ moduleId }) => !shown.has(moduleId)).map(({ id }) => id));
  const stored = await readDocuments(transaction, "items", pages.flatMap(({ id }) => [editionId(id), ...languages.map((lang) => bodyId(id, lang))]));
  const rows = ([...stored.values()] as Item[]).filter((item) => item.kind !== "page").map((item) => standing(item, withheld.has(item.itemId)));
  return rows.length === 0 ? [] : writeDocuments(transaction, rows.map((document) => ({ collection: "items", document })));
}

/** The row as it stands in a module that is shown, or withheld from students. */
const standing = <Row extends Omit<BodyItem, "rev"> | Omit<EditionItem, "rev">>(row: Row, withheld: boolean) => ({ ...row, withheld: withheld ? (true as const) : undefined });

/** For rows that are written with a publication, in its transaction. */
export async function inModule<Row extends Omit<BodyItem, "rev"> | Omit<EditionItem, "rev">>(transaction: Transaction, { moduleId }: PageItem, rows: readonly Row[]) {
  const withheld = !(await shownModules(transaction, [moduleId])).has(moduleId);
  return rows.map((row) => standing(row, withheld));
}
