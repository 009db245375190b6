/**
 * The indexes of each collection on the device, beside the primary key. The first is one that every document has; nothing is listed that
 * no query uses, for each costs at every write.
 */
const indexes: Readonly<Record<string, readonly (readonly string[])[]>> = {
  courses: [],
  members: [["courseId"]],
  modules: [["courseId"]],
  // Pages by module in their order; text and edition by their page.
  items: [["courseId"], ["moduleId", "order"], ["itemId"]],
  progress: [["courseId"], ["itemId"]],
  drafts: [["courseId"], ["itemId"]],
};

/** Notes are read by their id alone. */
const isReadById = (collection: string): boolean => collection === "drafts";

export const indexesOf = (collection: string): readonly (readonly string[])[] => indexes[collection] ?? [];

/** RxDB puts these two around every index. */
const inSchema = (fields: readonly string[]): string[] => ["_deleted", ...fields, "id"];

/**
 * Of those that RxDB's schema names, which may not change without moving what devices hold, the ones that no query runs over (`indexFor`). The
 * storage leaves them out: each takes an eighth of the time in which a document is stored. As RxDB writes them.
 */
export function unkeptIndexesOf(collection: string): string[] {
  const ofSchema = indexesOf(collection);
  if (ofSchema.length === 0) return [];
  return [[], ...(isReadById(collection) ? ofSchema : [])].map((fields) => `[${inSchema(fields).join("+")}]`);
}

/**
 * The index that a query shall run over, or null for RxDB's own choice. IndexedDB leaves a document that lacks a field out of that field's
 * index, and RxDB prefers the longest index whatever the query names: without this, "all items" would silently be "all items that
 * have a module". So an index is used only if the selector fixes its first field; else the one that holds every document.
 * Throws for a collection that is read by id alone.
 */
export function indexFor(collection: string, selector: Readonly<Record<string, unknown>>): string[] | null {
  const isFixed = (field: string): boolean => {
    const condition = selector[field];
    return typeof condition === "string" || (typeof condition === "object" && condition !== null && "$eq" in condition);
  };
  const fixedFields = (index: readonly string[]): number => {
    const open = index.findIndex((field) => !isFixed(field));
    return open === -1 ? index.length : open;
  };
  const [complete, ...others] = indexesOf(collection);
  if (isReadById(collection)) {
    // Named by the plan and not read: a document asked for by its id is looked up by it.
    if (isFixed("id")) return inSchema([]);
    throw new Error(`${collection} are read by their id alone: no index holds them for other questions`);
  }
  if (!complete) return null;
  const best = others.reduce((found, index) => (fixedFields(index) > fixedFields(found) ? index : found), complete);
  return inSchema(best);
}
