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

/**
 * Notes are read by their id alone. Their indexes stay in RxDB's schema, which may not change without moving what devices hold, and are not
 * kept: two indexes take a quarter of the time in which a note is stored.
 */
const isReadById = (collection: string): boolean => collection === "drafts";

export const indexesOf = (collection: string): readonly (readonly string[])[] => indexes[collection] ?? [];

/** Those that nobody may query over: the storage leaves them out. As RxDB writes them. */
export const unkeptIndexesOf = (collection: string): string[] => (isReadById(collection) ? indexesOf(collection).map((fields) => `[${["_deleted", ...fields, "id"].join("+")}]`) : []);

/**
 * The index that a query shall run over, or null for RxDB's own choice. IndexedDB leaves a document that lacks a field out of that field's
 * index, and RxDB prefers the longest index whatever the query names: without this, "all items" would silently be "all items that
 * have a module". So an index is used only if the selector fixes its first field; else the one that holds every document.
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
  if (isReadById(collection)) return ["_deleted", "id"];
  if (!complete) return null;
  const best = others.reduce((found, index) => (fixedFields(index) > fixedFields(found) ? index : found), complete);
  // RxDB puts these two around every index.
  return ["_deleted", ...best, "id"];
}
